import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, Fault } from "@hopline/fault";
import { type ExportedFile, SUMS_FILE } from "./archive-files.js";

/**
 * Before an export is asked for, since that is written down at the collector.
 *
 * @throws Fault `EXPORT_EXISTS`
 */
export async function requireNoExport(folder: string): Promise<void> {
  try {
    await access(join(folder, SUMS_FILE));
  } catch {
    return;
  }
  throw new Fault({
    code: "EXPORT_EXISTS",
    message: `${folder} holds an export already.`,
    hint: "Choose another folder with -o; an export is never written over.",
  });
}

/**
 * Writes an export into a folder; makes the folder where it is not there.
 *
 * @throws Fault `EXPORT_EXISTS`, `EXPORT_UNWRITABLE`
 */
export async function writeExport(folder: string, files: readonly ExportedFile[]): Promise<void> {
  await requireNoExport(folder);
  try {
    await mkdir(folder, { recursive: true });
    for (const { name, content } of files) await writeFile(join(folder, name), content);
  } catch (thrown) {
    throw new Fault({
      code: "EXPORT_UNWRITABLE",
      message: `The export can't be written into ${folder}: ${describe(thrown)}.`,
      hint: "Choose another folder with -o, or free some space.",
      cause: thrown,
    });
  }
}
