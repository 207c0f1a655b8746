import { expect, test } from "vitest";
import { type Capture, pcapngFile, snapped } from "../corpus/capture.js";
import { corpus, DEFAULT_SEED, protocolCaptures } from "../corpus/corpus.js";
import { compareFrames, type Difference, judge } from "./comparison.js";
import { decodedRecords } from "./decoded-record.js";
import { decoderUnderTest } from "./decoder-under-test.js";
import { DELIBERATE_FRAME_DIFFERENCES } from "./deliberate-differences.js";
import { dissectedRecord } from "./dissected-record.js";
import type { DissectedLayer } from "./pdml.js";
import { dissect, withFile } from "./tshark.js";

/** From "not even an IP header" to "all headers of a tunnel, and little more". */
const SNAP_LENGTHS = [40, 54, 60, 64, 78, 96, 128, 160];
const SEEDS = [DEFAULT_SEED, 1];

function differencesIn(captures: readonly Capture[]): Difference[] {
  return withFile(pcapngFile(captures), (path) =>
    compareFrames(captures, decodedRecords(path, decoderUnderTest()), dissect(path).map(dissectedRecord)),
  );
}

test("decoder and tshark agree on every frame, but for what is listed with its reason", () => {
  const differences = SEEDS.flatMap((seed) => differencesIn(corpus(seed)));
  for (const length of SNAP_LENGTHS)
    differences.push(...differencesIn(protocolCaptures().map((capture) => snapped(capture, length))));
  expect(judge(differences, DELIBERATE_FRAME_DIFFERENCES)).toEqual({ unexplained: [], idle: [] });
});

test("the corpus' checksums are right, and tshark finds nothing malformed in its sound frames", () => {
  // Its inner packet goes on in the next fragment.
  const captures = protocolCaptures().filter(({ name }) => !MALFORMED_ON_PURPOSE.has(name));
  const packets = withFile(pcapngFile(captures), dissect);
  const wrong = captures
    .flatMap(({ name, frames }) => frames.map((_, i) => `${name}, frame ${i + 1}`))
    .filter((_, i) => packets[i]?.some(isWrong));
  expect(wrong).toEqual([]);
});

/** The inner packet of a fragment goes on in the next one; random bytes on a port or EtherType that tshark knows. */
const MALFORMED_ON_PURPOSE = new Set([
  "VXLAN, outer packet in fragments",
  "no tunnel, by its ports",
  "no IP",
]);
const LAYERS = new Set([
  "ip",
  "ipv6",
  "tcp",
  "udp",
  "sctp",
  "icmp",
  "icmpv6",
  "dns",
  "vxlan",
  "geneve",
  "gre",
]);
/** tshark's numbers for a checksum: 0 is bad, 1 good, 2 not verified. */
const BAD_CHECKSUM = "0";

function isWrong(layer: DissectedLayer): boolean {
  const isBad = layer.fields.some(
    ([name, value]) => name.endsWith(".checksum.status") && value === BAD_CHECKSUM,
  );
  return LAYERS.has(layer.name) && (isBad || layer.within.some(({ name }) => name === "_ws.malformed"));
}
