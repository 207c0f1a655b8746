import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { type Assembly, compileAssembly, room } from "./assembly.js";

/** assembly/flow-index.ts and entry.ts; an entry and a packet are their addresses. */
interface FlowIndex extends Assembly {
  reserveEntries(capacity: number): void;
  allocateEntry(): number;
  freeEntry(entry: number): void;
  reserveIndex(capacity: number): void;
  insertEntry(entry: number): void;
  removeEntry(entry: number): void;
  findEntry(packet: number): number;
}

const CAPACITY = 4_096;
const ENTRY_IN_USE = 1;
/** Words of an entry (assembly/entry.ts) and of a packet (assembly/packet.ts). */
const ENTRY = { ports: 8, state: 11, hash: 15 };
const PACKET = { ports: 8, hash: 59 };
const PACKET_BYTES = 256;

let instantiate: () => FlowIndex;

beforeAll(async () => {
  instantiate = await compileAssembly<FlowIndex>("flow-index.ts", "entry.ts");
});

/** An index whose keys differ by their ports alone, hashed by `hashOf`. */
function indexOf(capacity: number, hashOf: (port: number) => number) {
  const index = instantiate();
  index.reserveEntries(capacity);
  index.reserveIndex(capacity);
  const packet = room(index, PACKET_BYTES);
  const words = new Int32Array(index.memory.buffer);
  return {
    /** @returns the entry's address; 0 where there is none left */
    insert(port: number): number {
      const entry = index.allocateEntry();
      if (entry === 0) return 0;
      words[(entry >> 2) + ENTRY.ports] = port;
      words[(entry >> 2) + ENTRY.hash] = hashOf(port);
      index.insertEntry(entry);
      words[(entry >> 2) + ENTRY.state] = ENTRY_IN_USE;
      return entry;
    },
    remove(entry: number): void {
      index.removeEntry(entry);
      words[(entry >> 2) + ENTRY.state] = 0;
      index.freeEntry(entry);
    },
    find(port: number): number {
      words[(packet >> 2) + PACKET.ports] = port;
      words[(packet >> 2) + PACKET.hash] = hashOf(port);
      return index.findEntry(packet);
    },
  };
}

it("finds what was put in and not taken out, whatever collides", () => {
  const operation = fc.tuple(fc.constantFrom("insert", "insert", "insert", "remove"), fc.nat(3_000));
  // Few bits of hash: long chains, over the end of the slots too.
  fc.assert(
    fc.property(
      fc.array(operation, { maxLength: 400 }),
      fc.constantFrom(0x3, 0xff, -1, 0xfffffff0),
      (operations, mask) => {
        const index = indexOf(CAPACITY, (port) => Math.imul(port, 0x9e3779b1) & mask);
        const present = new Map<number, number>();
        for (const [kind, port] of operations) {
          const entry = present.get(port);
          if (kind === "insert" && entry === undefined) present.set(port, index.insert(port));
          else if (kind === "remove" && entry !== undefined) {
            index.remove(entry);
            present.delete(port);
          }
        }
        for (let port = 0; port <= 3_000; port += 7) expect(index.find(port)).toBe(present.get(port) ?? 0);
      },
    ),
    { numRuns: 300 },
  );
});

it("grows", () => {
  const ports = 20_000;
  const index = indexOf(ports, (port) => Math.imul(port, 0x9e3779b1));
  const entries = Array.from({ length: ports }, (_, port) => index.insert(port));
  expect(index.insert(ports)).toBe(0);
  expect(entries.map((_, port) => index.find(port))).toEqual(entries);
});
