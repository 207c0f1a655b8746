import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { Fault, systemCode } from "@hopline/fault";

/** A capture file that can be read as it is, and how to be rid of it. */
export interface UnpackedFile {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/**
 * Captures are shipped compressed: `*.gz` is unpacked into `folder` first.
 *
 * @throws Fault `CAPTURE_FILE_UNREADABLE`, `CAPTURE_FILE_FORMAT`
 */
export async function unpackFile(path: string, folder: string): Promise<UnpackedFile> {
  if (!path.endsWith(".gz")) return { path, remove: async () => undefined };
  await mkdir(folder, { recursive: true });
  const unpacked = join(folder, `replay-${process.pid}.capture`);
  const remove = () => rm(unpacked, { force: true });
  try {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(unpacked));
  } catch (thrown) {
    await remove();
    const code = systemCode(thrown) ?? "unknown error";
    const isFormat = code.startsWith("Z_");
    throw new Fault({
      code: isFormat ? "CAPTURE_FILE_FORMAT" : "CAPTURE_FILE_UNREADABLE",
      message: isFormat
        ? `The file ${path} ends in .gz and cannot be unpacked: ${code}.`
        : `The file ${path} cannot be read: ${code}.`,
      cause: thrown,
    });
  }
  return { path: unpacked, remove };
}
