import type { FocusTuple } from "@hopline/capture";
import { formatAddress } from "@hopline/packet";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConnectionWatches } from "../src/watch/connection-watches.js";

const order = (id: string, remainingMs: number) => ({
  ...({ kind: "watch", id, protocol: 6, client: "10.1.1.2", remainingMs } as const),
  servers: [
    { address: "10.96.0.5", port: 80 },
    { address: "10.1.2.3", port: 8080 },
  ],
});

const text = (tuples: readonly FocusTuple[]) =>
  tuples.map(
    ({ addressA, portA, addressB, portB }) =>
      `${formatAddress(addressA)}:${portA} ${formatAddress(addressB)}:${portB}`,
  );

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test("a watch begins when it is heard of, from any port of the client, and ends by itself", async () => {
  const seen: string[][] = [];
  const watches = new ConnectionWatches({
    ask: async () => [],
    onChange: (tuples) => seen.push(text(tuples)),
    nowMs: Date.now,
  });
  watches.start();
  watches.heard([order("a", 10_000)]);
  watches.heard([order("a", 9000)]);
  const both = ["10.1.1.2:0 10.96.0.5:80", "10.1.1.2:0 10.1.2.3:8080"];
  expect(seen).toEqual([both]);
  // That it is not mentioned any more ends nothing: another collector may not know of it yet.
  watches.heard([]);
  await vi.advanceTimersByTimeAsync(9900);
  expect(seen).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(600);
  expect(seen).toEqual([both, []]);
  watches.stop();
});

test("the collector is asked where it has said nothing for two seconds", async () => {
  let asked = 0;
  const watches = new ConnectionWatches({
    ask: async () => {
      asked++;
      return undefined;
    },
    onChange: () => undefined,
    nowMs: Date.now,
  });
  watches.start();
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toBe(1);
  const acknowledged = setInterval(() => watches.heard([]), 1000);
  await vi.advanceTimersByTimeAsync(10_000);
  clearInterval(acknowledged);
  expect(asked).toBe(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toBeGreaterThanOrEqual(4);
  watches.stop();
});
