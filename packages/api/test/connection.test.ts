import { describe, expect, it } from "vitest";
import { type Connection, isCounted } from "../src/index.js";

const counters = (packets: number): Connection["forward"] => ({
  ...{ packets, bytes: 60 * packets, payloadBytes: 0, retransmittedBytes: 0, outOfOrderBytes: 0 },
});
const counted = (outcome: Connection["outcome"], hops: number, forward: number, reply: number) => {
  const connection = { outcome, hops, forward: counters(forward), reply: counters(reply) };
  return [isCounted(connection, "forward"), isCounted(connection, "reply")];
};

describe("what the reporting hop has not told of yet", () => {
  it("is not taken for nothing", () => {
    // The server's node was first, of both directions or of one.
    expect(counted("delivered", 4, 0, 0)).toEqual([false, false]);
    expect(counted("unanswered", 4, 0, 0)).toEqual([false, false]);
    expect(counted("delivered", 8, 1, 0)).toEqual([true, false]);
    expect(counted("delivered", 8, 1, 1)).toEqual([true, true]);
  });

  it("is told from what did not pass", () => {
    expect(counted("unanswered", 8, 1, 0)).toEqual([true, true]);
    // Dropped before any hop saw it: a rule says so.
    expect(counted("dropped", 0, 0, 0)).toEqual([true, true]);
  });
});
