import fc from "fast-check";
import { expect, it } from "vitest";
import { HOT_WORDS, KEY_PORTS } from "../src/entry-layout.js";
import { FlowEntries } from "../src/flow-entries.js";
import { FlowIndex } from "../src/flow-index.js";
import { FlowKey } from "../src/flow-key.js";
import { packetOf } from "./packets.js";

const CAPACITY = 4_096;

it("finds what was put in and not taken out, whatever collides", () => {
  const operation = fc.tuple(fc.constantFrom("insert", "insert", "insert", "remove"), fc.nat(3_000));
  // Few bits of hash: long chains, over the end of the slots too.
  fc.assert(
    fc.property(
      fc.array(operation, { maxLength: 400 }),
      fc.constantFrom(0x3, 0xff, -1, 0xfffffff0),
      (operations, mask) => {
        const entries = new FlowEntries(CAPACITY);
        const index = new FlowIndex();
        const present = new Map<number, number>();
        const packet = packetOf({ source: "::", destination: "::", interfaceIndex: 0 });
        const key = new FlowKey();
        const hashOf = (port: number) => Math.imul(port, 0x9e3779b1) & mask;
        for (const [kind, port] of operations) {
          const at = present.get(port);
          if (kind === "insert" && at === undefined) {
            const entry = entries.allocate();
            entries.hot[entry * HOT_WORDS + KEY_PORTS] = port;
            index.insert(hashOf(port), entry);
            present.set(port, entry);
          } else if (kind === "remove" && at !== undefined) {
            index.remove(hashOf(port), at);
            entries.free(at);
            present.delete(port);
          }
        }
        for (let port = 0; port <= 3_000; port += 7) {
          key.ports = port;
          key.hash = hashOf(port);
          expect(index.find(entries, key, packet)).toBe(present.get(port) ?? -1);
        }
      },
    ),
    { numRuns: 300 },
  );
});

it("grows", () => {
  const entries = new FlowEntries(20_000);
  const index = new FlowIndex();
  const packet = packetOf({ source: "::", destination: "::", interfaceIndex: 0 });
  const key = new FlowKey();
  for (let port = 0; port < 20_000; port++) {
    const entry = entries.allocate();
    entries.hot[entry * HOT_WORDS + KEY_PORTS] = port;
    index.insert(Math.imul(port, 0x9e3779b1), entry);
  }
  expect(entries.allocate()).toBe(-1);
  for (let port = 0; port < 20_000; port++) {
    key.ports = port;
    key.hash = Math.imul(port, 0x9e3779b1);
    expect(index.find(entries, key, packet)).toBe(port);
  }
});
