import { describe, Fault } from "@hopline/fault";
import { z } from "zod";
import type { CommandRunner } from "./command-runner.js";
import { type NodeDescription, nodeDescriptionSchema, type Rule } from "./description.js";

const { links, addresses, routes, neighbours, forwarding, rules } = nodeDescriptionSchema.shape;

/**
 * Asks the kernel for all that describes the node's network.
 *
 * @throws Fault from the runner, or `TOPOLOGY_UNREADABLE` where a program's answer is not what is expected of it.
 */
export async function readDescription(run: CommandRunner): Promise<NodeDescription> {
  const parts = await Promise.all([
    ask(run, ["ip", "-j", "-d", "link"], links),
    ask(run, ["ip", "-j", "addr"], addresses),
    ask(run, ["ip", "-j", "route", "show", "table", "all"], routes),
    ask(run, ["ip", "-j", "neigh"], neighbours),
    ask(run, ["bridge", "-j", "fdb"], forwarding),
    readRules(run, "-4"),
    readRules(run, "-6"),
  ]);
  return {
    links: parts[0],
    addresses: parts[1],
    routes: parts[2],
    neighbours: parts[3],
    forwarding: parts[4],
    rules: [...parts[5], ...parts[6]],
  };
}

/** A kernel without policy routing, or without IPv6, has no rules and says so by failing. */
async function readRules(run: CommandRunner, family: "-4" | "-6"): Promise<Rule[]> {
  try {
    const asked = await ask(run, ["ip", family, "-j", "rule"], rules);
    return asked.map((rule) => ({ ...rule, family: family === "-4" ? "inet" : "inet6" }));
  } catch {
    return [];
  }
}

async function ask<Schema extends z.ZodType>(
  run: CommandRunner,
  command: readonly [string, ...string[]],
  schema: Schema,
): Promise<z.output<Schema>> {
  const [program, ...args] = command;
  const text = await run(program, args);
  try {
    // Nothing to tell (no bridge, no neighbour) is an empty answer in some versions.
    const value: unknown = text.trim() === "" ? [] : JSON.parse(text);
    return schema.parse(Array.isArray(value) ? value.filter(isFilled) : value);
  } catch (thrown) {
    const why = thrown instanceof z.ZodError ? issueOf(thrown) : describe(thrown);
    throw new Fault({
      code: "TOPOLOGY_UNREADABLE",
      message: `"${command.join(" ")}" answers what cannot be read: ${why}.`,
      hint: "iproute2 5.10 or later is expected.",
      cause: thrown,
    });
  }
}

function isFilled(element: unknown): boolean {
  return typeof element !== "object" || element === null || Object.keys(element).length > 0;
}

function issueOf(error: z.ZodError): string {
  const issue = error.issues[0];
  return `${issue?.path.join(".")}: ${issue?.message}`;
}
