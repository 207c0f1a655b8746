import type { PathSegment } from "@hopline/api";
import { describe, expect, it } from "vitest";
import { lossSentence, lossText } from "../../src/components/path/loss-text";

const segment = (loss: Partial<PathSegment["loss"]>, over: Partial<PathSegment> = {}): PathSegment => ({
  ...{ kind: "wire", from: 0, to: 1, fromNode: "node1", toNode: "node2" },
  latency: { handshakeUs: null, dataUs: null },
  loss: {
    ...{ basis: "both-ends", payload: null, empty: null, why: [] },
    ...{ sentPayloadBytes: 8360, missingPayloadBytes: 0, sentEmptyPackets: 5, missingEmptyPackets: 0 },
    ...{ measuredWindows: 1, leftOutWindows: 0 },
    ...loss,
  },
  ...over,
});
const TOO_FEW = [{ code: "too-little", text: "too few packets for a figure" }];

describe("what a segment lost, in words", () => {
  it("says how much is missing also where it is too little for a share", () => {
    const lossy = segment({ why: TOO_FEW, missingPayloadBytes: 4180 });
    expect(lossText(lossy)).toEqual({
      ...{ text: "4.18 kB fewer came out", detail: "too few packets for a figure", level: "some" },
    });
    expect(lossSentence(lossy, "client")).toBe(
      "4.18 kB of 8.36 kB payload to the client went missing on the wire from node1 to node2.",
    );
  });

  it("names the node where it was lost inside one", () => {
    const payload = { ratio: 0.5, low: 0.4, high: 0.6 };
    const inside = segment({ payload, missingPayloadBytes: 4180 }, { kind: "source node", toNode: "node1" });
    expect(lossSentence(inside, "server")).toBe(
      "4.18 kB of 8.36 kB payload to the server went missing inside node1, the source node.",
    );
    const empty = segment({ empty: payload, missingEmptyPackets: 2 });
    expect(lossSentence(empty, "server")).toBe(
      "2 of 5 packets without payload to the server went missing on the wire from node1 to node2.",
    );
  });

  it("says nothing where nothing is known to be lost", () => {
    expect(lossText(segment({ why: TOO_FEW }))).toMatchObject({ text: "Loss unknown", level: "unknown" });
    expect(lossSentence(segment({ why: TOO_FEW }), "server")).toBeUndefined();
    const perhaps = segment({ payload: { ratio: 0.01, low: 0, high: 0.05 }, missingPayloadBytes: 84 });
    expect(lossSentence(perhaps, "server")).toBeUndefined();
    const bound = { ratio: 0.1, low: 0.05, high: 0.2 };
    expect(lossSentence(segment({ basis: "single-ended", payload: bound }), "server")).toBeUndefined();
  });
});
