import { expect, test } from "vitest";
import { pcapngFile } from "../corpus/capture.js";
import { conversationCaptures } from "../corpus/conversation-captures.js";
import { DEFAULT_SEED, protocolCaptures } from "../corpus/corpus.js";
import { SeededRandom } from "../corpus/seeded-random.js";
import { compareRecords, judge } from "./comparison.js";
import { decoderUnderTest } from "./decoder-under-test.js";
import { DELIBERATE_FLOW_DIFFERENCES } from "./deliberate-differences.js";
import { dissectedRecord } from "./dissected-record.js";
import { tcpAnalysis } from "./dissected-transport.js";
import { countedTotals, dissectedTotals, type FlowTotals } from "./flow-totals.js";
import { dissect, withFile } from "./tshark.js";

const conversations = conversationCaptures(new SeededRandom(DEFAULT_SEED));
/** Their TCP segments are no conversations, and tshark tells no interfaces apart: nothing to conclude about retransmissions. */
const protocols = protocolCaptures();

test("flows and tshark's conversations add up to the same, but for what is listed with its reason", () => {
  const captures = [...conversations, ...protocols];
  const { ours, theirs, counters, rowPackets } = withFile(pcapngFile(captures), (path) => {
    const { totals, counters, rowPackets } = countedTotals(path, decoderUnderTest());
    const isConversation = conversations.flatMap(({ frames }) => frames).length;
    const records = dissect(path).map((layers, i) =>
      i < isConversation ? { ...dissectedRecord(layers), ...tcpAnalysis(layers) } : dissectedRecord(layers),
    );
    return { ours: totals, theirs: dissectedTotals(captures, records), counters, rowPackets };
  });
  const frames = captures.reduce((sum, capture) => sum + capture.frames.length, 0);
  const notCounted = Object.values(counters.notCounted).reduce((sum, count) => sum + count, 0);
  expect(counters.seen).toBe(frames);
  expect(counters.counted + notCounted).toBe(counters.seen);
  expect(rowPackets).toBe(counters.counted);
  expect(judge(differences(ours, theirs), DELIBERATE_FLOW_DIFFERENCES)).toEqual({
    unexplained: [],
    idle: [],
  });
});

function differences(ours: FlowTotals, theirs: FlowTotals) {
  const captures = new Set([...ours.keys(), ...theirs.keys()]);
  return [...captures].flatMap((capture) => {
    const ourFlows = ours.get(capture);
    const theirFlows = theirs.get(capture);
    const flows = new Set([...(ourFlows?.keys() ?? []), ...(theirFlows?.keys() ?? [])]);
    return [...flows].flatMap((where) =>
      compareRecords({ capture, where }, totalsOf(ourFlows, where), totalsOf(theirFlows, where)),
    );
  });
}

function totalsOf(
  flows: ReadonlyMap<string, Readonly<Record<string, number | string>>> | undefined,
  flow: string,
) {
  // A flow that the other side does not know at all differs in everything.
  return { source: flow, ...(flows?.get(flow) ?? {}) };
}
