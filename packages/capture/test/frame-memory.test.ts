import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import type { FrameMemory } from "../src/frame-rows.js";
import { pcapFile, readFrames, withCaptureFile } from "./capture-file.js";

const BYTES = 1 << 20;
const ROWS = 64;

/** All in one buffer, as a consumer has it whose memory is WebAssembly's: nothing begins at 0. */
function consumersMemory(): FrameMemory {
  const buffer = new ArrayBuffer(2 * BYTES);
  const column = (slot: number) => BYTES + 4096 + slot * 8 * ROWS;
  return {
    bytes: new Uint8Array(buffer, 4096, BYTES),
    offsets: new Uint32Array(buffer, column(0), ROWS),
    capturedLengths: new Uint32Array(buffer, column(1), ROWS),
    wireLengths: new Uint32Array(buffer, column(2), ROWS),
    timesUs: new Float64Array(buffer, column(3), ROWS),
    interfaceIndexes: new Int32Array(buffer, column(4), ROWS),
    directions: new Uint8Array(buffer, column(5), ROWS),
    vlanTags: new Int32Array(buffer, column(6), ROWS),
    gsoSizes: new Uint16Array(buffer, column(7), ROWS),
  };
}

/** More than two windows' worth. */
const plain = pcapFile(
  {},
  Array.from({ length: 2_000 }, (_, i) => ({
    seconds: 1000 + i,
    fraction: 0,
    bytes: Uint8Array.from({ length: 1_400 }, (_, at) => (at * 7 + i) & 0xff),
  })),
);

it.each([
  ["as it is", plain],
  ["compressed", gzipSync(plain)],
])("reads a file into the consumer's memory, %s", (_, file) => {
  const memory = consumersMemory();
  const expected = withCaptureFile(plain, readFrames);
  withCaptureFile(
    file,
    (source) => {
      while (
        source.poll(0, (block) => {
          expect(block.bytes).toBe(memory.bytes);
          expect(block.offsets).toBe(memory.offsets);
        }) >= 0
      );
    },
    { memory },
  );
  expect(withCaptureFile(file, readFrames, { memory: consumersMemory() })).toEqual(expected);
});
