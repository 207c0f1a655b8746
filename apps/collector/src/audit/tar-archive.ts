/** A file to be put into an archive. */
export interface ArchivedFile {
  /** Path in the archive, ASCII, up to 100 characters. */
  readonly name: string;
  readonly content: Uint8Array;
}

const BLOCK = 512;

/**
 * A tar archive (POSIX.1-1988, ustar) of plain files.
 *
 * @param madeAtMs all files' modification time, milliseconds since the Unix epoch.
 */
export function tarArchive(files: readonly ArchivedFile[], madeAtMs: number): Buffer {
  const blocks = files.flatMap(({ name, content }) => [
    header(name, content.length, Math.floor(madeAtMs / 1000)),
    content,
    Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, size: number, modifiedAt: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "ascii");
  block.write(name, 0, 100, "ascii");
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(modifiedAt, 136, 12);
  block.write("0", 156, "ascii");
  block.write("ustar\0" + "00", 257, "ascii");
  // The sum is over a header whose sum is eight blanks.
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "ascii");
  return block;
}
