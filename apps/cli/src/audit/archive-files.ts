import { createHash } from "node:crypto";
import { Fault } from "@hopline/fault";

/** A file of an export. */
export interface ExportedFile {
  readonly name: string;
  readonly content: Uint8Array;
}

export const SUMS_FILE = "SHA256SUMS";
const BLOCK = 512;

/**
 * The files of an export's tar archive, checked against its sums; its folder is left out of their names.
 *
 * @throws Fault `EXPORT_DAMAGED`
 */
export function archiveFiles(archive: Uint8Array): ExportedFile[] {
  const files = unpack(archive);
  const sums = files.find(({ name }) => name === SUMS_FILE);
  if (sums === undefined) throw damaged(`it holds no ${SUMS_FILE}`);
  const expected = new Map(
    Buffer.from(sums.content)
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  for (const { name, content } of files) {
    if (name === SUMS_FILE) continue;
    if (createHash("sha256").update(content).digest("hex") !== expected.get(name))
      throw damaged(`${name} does not have the sum that ${SUMS_FILE} says`);
    expected.delete(name);
  }
  const [lacking] = expected.keys();
  if (lacking !== undefined) throw damaged(`${lacking} lacks`);
  return files;
}

/** Plain files only (POSIX.1-1988, ustar), each in one folder. */
function unpack(archive: Uint8Array): ExportedFile[] {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const text = (at: number, length: number) =>
    bytes.toString("ascii", at, at + length).split("\0", 1)[0] ?? "";
  const files: ExportedFile[] = [];
  let at = 0;
  while (at + BLOCK <= bytes.length && bytes[at] !== 0) {
    const path = text(at, 100);
    const size = Number.parseInt(text(at + 124, 12), 8);
    const begin = at + BLOCK;
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (!/^[\w-][\w.-]*$/.test(name) || Number.isNaN(size) || begin + size > bytes.length)
      throw damaged("it ends too early, or is none");
    files.push({ name, content: bytes.subarray(begin, begin + size) });
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function damaged(what: string): Fault {
  return new Fault({
    code: "EXPORT_DAMAGED",
    message: `The archive that the collector sent is damaged: ${what}.`,
    hint: "Export once more; if it stays so, look for a proxy on the way that changes or cuts answers.",
  });
}
