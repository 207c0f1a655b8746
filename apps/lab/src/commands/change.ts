import { readFile } from "node:fs/promises";
import { describe, Fault, systemCode } from "@hopline/fault";
import { type Outcome, readSettings } from "@hopline/process";
import { z } from "zod";
import type { ObjectChange } from "../cluster.js";
import { labNameSchema, labNameSource } from "./lab-name.js";
import { controlOf } from "./running-lab.js";

/** `lab apply -f FILE` and `lab delete -f FILE`: changes a running lab's objects, and waits until it has come about. */
export async function change(verb: "apply" | "delete", argv: readonly string[]): Promise<Outcome> {
  const answer = readSettings({
    command: `hopline lab ${verb}`,
    about:
      verb === "apply"
        ? "creates or changes Kubernetes objects of a running lab."
        : "deletes Kubernetes objects of a running lab.",
    schema: z.object({
      name: labNameSchema,
      filename: z.string("take a YAML file, or - for standard input"),
    }),
    sources: {
      name: labNameSource,
      filename: { flag: "filename", about: "YAML file, - for standard input; also -f" },
    },
    argv: argv.map((word) => (word === "-f" ? "--filename" : word)),
    env: process.env,
  });
  if (answer.kind === "help") return { print: answer.text };
  const { name, filename } = answer.settings;
  const text = await readText(filename);
  const control = await controlOf(name);
  const changes = await control[verb](text, filename);
  return { print: changes.map((entry) => `${describeChange(entry)}\n`).join("") };
}

function describeChange({ kind, namespace, name, action }: ObjectChange): string {
  const where = namespace === undefined ? "" : ` in ${namespace}`;
  return `${kind.toLowerCase()} ${name}${where} ${action}`;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file === "-" ? "/dev/stdin" : file, "utf8");
  } catch (thrown) {
    const why = systemCode(thrown) === "ENOENT" ? "there is no such file" : describe(thrown);
    throw new Fault({ code: "FILE_UNREADABLE", message: `${file} cannot be read: ${why}.`, cause: thrown });
  }
}
