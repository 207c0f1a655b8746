import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { openPcapFile } from "@hopline/capture";
import { expect, test } from "vitest";
import { type Capture, type PcapVariant, pcapFile, pcapngFile } from "../corpus/capture.js";
import { conversationCaptures } from "../corpus/conversation-captures.js";
import { join } from "../corpus/layer.js";
import { SeededRandom } from "../corpus/seeded-random.js";
import { withFile } from "./tshark.js";

const FIELDS = [
  "frame.time_epoch",
  "frame.cap_len",
  "frame.len",
  "frame.interface_name",
  "frame.packet_flags_direction",
];
/** tshark's numbers for a direction (pcapng's epb_flags) by ours. */
const DIRECTIONS = ["0x00000001", "0x00000002", ""];

const captures = conversationCaptures(new SeededRandom(3));
const [first, second] = captures;

/** Time in nanoseconds, captured and wire length, interface and direction of each frame, in tshark's words. */
function linesOfTshark(path: string): string[] {
  const fields = FIELDS.flatMap((field) => ["-e", field]);
  const { status, stdout, stderr } = spawnSync("tshark", ["-r", path, "-n", "-T", "fields", ...fields], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`tshark ended with ${status}: ${stderr}`);
  return stdout.replace(/\n$/, "").split("\n");
}

function linesOfOurs(path: string, isPcapng: boolean): string[] {
  const lines: string[] = [];
  const source = openPcapFile(path);
  try {
    while (
      source.poll(0, (block) => {
        for (let i = 0; i < block.count; i++) {
          const [timeUs = 0, captured, wire] = [
            block.timesUs[i],
            block.capturedLengths[i],
            block.wireLengths[i],
          ];
          const seconds = Math.floor(timeUs / 1e6);
          const nanoseconds = Math.round((timeUs - seconds * 1e6) * 1e3);
          const named = source.interfaces.find(({ index }) => index === block.interfaceIndexes[i]);
          const direction = DIRECTIONS[block.directions[i] ?? 2] ?? "";
          const time = `${seconds}.${String(nanoseconds).padStart(9, "0")}`;
          lines.push(
            [time, captured, wire, isPcapng ? named?.name : "", isPcapng ? direction : ""].join("\t"),
          );
        }
      }) >= 0
    );
    expect(source.warnings).toEqual([]);
  } finally {
    source.close();
  }
  return lines;
}

function expectSame(bytes: Uint8Array, frames: number, isPcapng: boolean): void {
  withFile(bytes, (path) => {
    const ours = linesOfOurs(path, isPcapng);
    expect(ours).toHaveLength(frames);
    expect(ours).toEqual(linesOfTshark(path));
  });
}

function framesOf(...of: readonly Capture[]): number {
  return of.reduce((sum, { frames }) => sum + frames.length, 0);
}

const VARIANTS: readonly PcapVariant[] = [
  { littleEndian: true },
  { littleEndian: false },
  { littleEndian: true, nanoseconds: true },
  { littleEndian: false, nanoseconds: true },
];

test.each(VARIANTS)("pcap %j: times and lengths are those that tshark reads", (variant) => {
  if (first === undefined) throw new RangeError("no captures");
  expectSame(pcapFile(first, variant), framesOf(first), false);
});

test("pcapng of many interfaces: names and directions too", () => {
  expectSame(pcapngFile(captures), framesOf(...captures), true);
});

test("pcapng of two sections, each with its own interfaces", () => {
  if (first === undefined || second === undefined) throw new RangeError("no captures");
  const file = join(pcapngFile([first]), pcapngFile([second]));
  withFile(file, (path) => {
    const theirs = linesOfTshark(path).map((line, i) =>
      // tshark 4.0 counts interfaces through the whole file, and so calls the second section's by the first one's name.
      i < first.frames.length ? line : line.replace(first.name, second.name),
    );
    const ours = linesOfOurs(path, true);
    expect(ours).toHaveLength(framesOf(first, second));
    expect(ours).toEqual(theirs);
  });
});

test("gzip, of one member and of two", () => {
  if (first === undefined) throw new RangeError("no captures");
  const plain = pcapFile(first);
  expectSame(gzipSync(plain), framesOf(first), false);
  expectSame(join(gzipSync(plain.subarray(0, 999)), gzipSync(plain.subarray(999))), framesOf(first), false);
});
