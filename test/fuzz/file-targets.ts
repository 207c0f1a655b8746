import { ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { openPcapFile } from "@hopline/capture";
import { describe, Fault } from "@hopline/fault";
import type { Layer } from "../corpus/layer.js";
import type { SeededRandom } from "../corpus/seeded-random.js";
import { gzipSamples, pcapngSamples, pcapSamples, zstdSamples } from "./file-samples.js";
import { mutate } from "./mutation.js";
import { type FuzzTarget, promise } from "./target.js";

/** The least that a frame takes in a file: its record's header. */
const RECORD_BYTES = 16;
/** No compressed file of a few kilobytes that we make holds more. */
const LONGEST_DECOMPRESSED_BYTES = 64 * 2 ** 20;

/** Files by the format that their readers are for: each ends, or ends in a Fault, and hands over only frames that are in it. */
export const fileTargets: readonly FuzzTarget[] = [
  fileTarget("pcap", pcapSamples, (input) => input),
  fileTarget("pcapng", pcapngSamples, (input) => input),
  fileTarget("gzip", gzipSamples, decompressedByZlib),
  fileTarget("zstd", zstdSamples, () => undefined),
];

/** @param plain what the file holds when it is decompressed, by somebody else, or undefined where nobody can tell */
function fileTarget(
  name: string,
  samples: () => Layer[],
  plain: (input: Uint8Array) => Uint8Array | undefined,
): FuzzTarget {
  let pool: readonly Layer[] | undefined;
  return {
    name,
    make(random: SeededRandom) {
      pool ??= samples();
      return random.once(50) ? random.pick(pool).bytes : mutate(random.pick(pool), pool, random);
    },
    check(input) {
      const { frames, frameBytes, outcome } = readFile(input);
      const decompressed = plain(input);
      if (decompressed !== undefined) {
        const records = frames * RECORD_BYTES + frameBytes;
        promise(
          records <= decompressed.length,
          `${frames} frames of ${frameBytes} bytes in ${decompressed.length} bytes`,
        );
      }
      if (outcome !== "read" || decompressed === undefined || decompressed === input) return outcome;
      const again = readFile(decompressed);
      promise(again.frames === frames, `${frames} frames, but ${again.frames} when decompressed by zlib`);
      return outcome;
    },
  };
}

function decompressedByZlib(input: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(input, { maxOutputLength: LONGEST_DECOMPRESSED_BYTES });
  } catch {
    return undefined;
  }
}

let scratch: { readonly fd: number; readonly path: string } | undefined;

/** Reads a file as the agent does. The outcome is `read`, the code of a warning, or that of the Fault in which it ended. */
function readFile(input: Uint8Array): { frames: number; frameBytes: number; outcome: string } {
  scratch ??= newScratch();
  ftruncateSync(scratch.fd, 0);
  writeSync(scratch.fd, input, 0, input.length, 0);
  let frames = 0;
  let frameBytes = 0;
  try {
    const source = openPcapFile(scratch.path);
    try {
      for (let polls = 0; ; polls++) {
        promise(polls <= LONGEST_DECOMPRESSED_BYTES / RECORD_BYTES, "reading does not end");
        const polled = source.poll(0, (block) => {
          for (let i = 0; i < block.count; i++) {
            const [offset = 0, captured = 0] = [block.offsets[i], block.capturedLengths[i]];
            const [wire = 0, timeUs = Number.NaN] = [block.wireLengths[i], block.timesUs[i]];
            promise(offset + captured <= block.bytes.length, "a frame reaches outside its block");
            promise(wire >= captured, `${captured} bytes captured of ${wire}`);
            promise(Number.isFinite(timeUs), `a frame at ${timeUs}`);
            frameBytes += captured;
          }
          frames += block.count;
        });
        if (polled < 0) break;
      }
      return { frames, frameBytes, outcome: source.warnings[0]?.code ?? "read" };
    } finally {
      source.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    promise(!describe(thrown).includes("\n"), "a Fault of several lines");
    return { frames, frameBytes, outcome: thrown.code };
  }
}

/** A file without a name, so that nothing of it stays, however the process ends. */
function newScratch() {
  const path = join(tmpdir(), `hopline-fuzz-${process.pid}-${process.hrtime.bigint()}`);
  const fd = openSync(path, "w+");
  rmSync(path);
  return { fd, path: `/proc/self/fd/${fd}` };
}
