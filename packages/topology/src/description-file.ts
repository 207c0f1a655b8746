import { readFile, writeFile } from "node:fs/promises";
import { describe, Fault, systemCode } from "@hopline/fault";
import { z } from "zod";
import { type NodeDescription, nodeDescriptionSchema } from "./description.js";

const fileSchema = z.object({
  version: z.literal(1),
  /** The node's name. */
  node: z.string(),
  description: nodeDescriptionSchema,
});

/** A node's description as a file keeps it, for captures that are looked at on another machine. */
export type DescriptionFile = z.output<typeof fileSchema>;

/** @throws Fault `NODE_DESCRIPTION_UNWRITABLE` */
export async function saveDescription(
  path: string,
  node: string,
  description: NodeDescription,
): Promise<void> {
  const file: DescriptionFile = { version: 1, node, description };
  try {
    await writeFile(path, `${JSON.stringify(file, undefined, 1)}\n`);
  } catch (thrown) {
    throw new Fault({
      code: "NODE_DESCRIPTION_UNWRITABLE",
      message: `${path} cannot be written: ${systemCode(thrown)}.`,
      cause: thrown,
    });
  }
}

/** @throws Fault `NODE_DESCRIPTION_UNREADABLE`, `NODE_DESCRIPTION_INVALID` with file and field. */
export async function loadDescription(path: string): Promise<DescriptionFile> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (thrown) {
    throw new Fault({
      code: "NODE_DESCRIPTION_UNREADABLE",
      message: `The node description ${path} cannot be read: ${systemCode(thrown)}.`,
      cause: thrown,
    });
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (thrown) {
    const issue = thrown instanceof z.ZodError ? thrown.issues[0] : undefined;
    const why = issue === undefined ? describe(thrown) : `${issue.path.join(".")}: ${issue.message}`;
    throw new Fault({
      code: "NODE_DESCRIPTION_INVALID",
      message: `${path} is no node description: ${why}.`,
      hint: "It takes the file that the agent writes with --record.",
      cause: thrown,
    });
  }
}
