import { formatAddress } from "@hopline/packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RECORD_DESTROY, RECORD_DUMPED, RECORD_NEW } from "../src/conntrack-record.js";
import { emptyFound, TranslationTable } from "../src/translation-table.js";
import { copyReversed, emptyTuple, type Tuple } from "../src/tuple.js";
import { record, tuple } from "./records.js";

const SECOND_US = 1_000_000;
const T0 = 1_795_000_000 * SECOND_US;

const client = "10.244.1.5:40000";
const vip = "10.96.0.10:80";
const backend = "10.244.2.7:8080";
const masked = "172.18.0.2:61000";

function find(table: TranslationTable, seen: Tuple, atUs = T0 + SECOND_US) {
  const found = emptyFound();
  if (!table.find(seen, atUs, atUs, found)) return undefined;
  return {
    isReply: found.isReply,
    translation: found.translation,
    original: text(found.original),
    serverSeen: text(found.serverSeen),
  };
}

function text(one: Tuple): string {
  return `${formatAddress(one.source)}:${one.sourcePort}>${formatAddress(one.destination)}:${one.destinationPort}`;
}

function reversed(one: Tuple): Tuple {
  const turned = emptyTuple();
  copyReversed(one, turned);
  return turned;
}

describe("TranslationTable", () => {
  it("names a Service's connection alike by every tuple that is seen on its way", () => {
    const table = new TranslationTable();
    table.apply(record(RECORD_NEW, T0, 1, tuple(client, vip), tuple(backend, client)));
    const name = { translation: "dnat", original: `${client}>${vip}`, serverSeen: `${client}>${backend}` };
    expect(find(table, tuple(client, vip))).toEqual({ ...name, isReply: false });
    expect(find(table, tuple(client, backend))).toEqual({ ...name, isReply: false });
    expect(find(table, tuple(backend, client))).toEqual({ ...name, isReply: true });
    expect(find(table, tuple(vip, client))).toEqual({ ...name, isReply: true });
    expect(find(table, tuple(client, vip, 17))).toBeUndefined();
    expect(find(table, tuple("10.244.1.5:40001", vip))).toBeUndefined();
  });

  it("finds a NodePort's connection between its DNAT and its SNAT too, as a bridge sees it", () => {
    const table = new TranslationTable();
    const nodePort = "172.18.0.2:30080";
    table.apply(record(RECORD_NEW, T0, 1, tuple(client, nodePort), tuple(backend, masked)));
    const name = {
      translation: "dnat+snat",
      original: `${client}>${nodePort}`,
      serverSeen: `${masked}>${backend}`,
    };
    expect(find(table, tuple(masked, backend))).toEqual({ ...name, isReply: false });
    expect(find(table, tuple(client, backend))).toEqual({ ...name, isReply: false });
    expect(find(table, tuple(backend, client))).toEqual({ ...name, isReply: true });
    expect(find(table, tuple(nodePort, client))).toEqual({ ...name, isReply: true });
  });

  it("tells masquerade, and a pinged address whose identifier was rewritten, as source translation", () => {
    const table = new TranslationTable();
    table.apply(record(RECORD_NEW, T0, 1, tuple(client, "1.1.1.1:443"), tuple("1.1.1.1:443", masked)));
    expect(find(table, tuple(masked, "1.1.1.1:443"))).toMatchObject({ translation: "snat", isReply: false });
    const ping = tuple("10.244.1.5:9", "1.1.1.1:9", 1);
    table.apply(record(RECORD_NEW, T0, 2, ping, tuple("1.1.1.1:77", "172.18.0.2:77", 1)));
    expect(find(table, ping)).toMatchObject({ translation: "snat", serverSeen: "172.18.0.2:77>1.1.1.1:77" });
  });

  it("decides by time which life of a reused tuple a row belongs to", () => {
    const table = new TranslationTable();
    const other = "10.244.2.8:8080";
    table.apply(record(RECORD_NEW, T0, 1, tuple(client, vip), tuple(backend, client)));
    table.apply(record(RECORD_DESTROY, T0 + 10 * SECOND_US, 1, tuple(client, vip), tuple(backend, client)));
    table.apply(record(RECORD_NEW, T0 + 10.01 * SECOND_US, 2, tuple(client, vip), tuple(other, client)));
    const backendAt = (seconds: number) =>
      find(table, tuple(client, vip), T0 + seconds * SECOND_US)?.serverSeen.split(">")[1];
    expect(backendAt(3)).toBe(backend);
    // The new entry's SYN passes a moment before its event is stamped.
    expect(backendAt(10.005)).toBe(other);
    expect(backendAt(15)).toBe(other);
  });

  it("does not name a row by an entry that was over long before, nor by one long after", () => {
    const table = new TranslationTable();
    table.apply(record(RECORD_NEW, T0, 1, tuple(client, vip), tuple(backend, client)));
    table.apply(record(RECORD_DESTROY, T0 + SECOND_US, 1, tuple(client, vip), tuple(backend, client)));
    expect(find(table, tuple(client, vip), T0 + 2 * SECOND_US)).toBeDefined();
    expect(find(table, tuple(client, vip), T0 + 5 * SECOND_US)).toBeUndefined();
    expect(find(table, tuple(client, vip), T0 - 5 * SECOND_US)).toBeUndefined();
  });

  it("keeps an ended entry for two minutes", () => {
    const table = new TranslationTable();
    table.apply(record(RECORD_NEW, T0, 1, tuple(client, vip), tuple(backend, client)));
    table.apply(record(RECORD_DESTROY, T0 + SECOND_US, 1, tuple(client, vip), tuple(backend, client)));
    table.expire(T0 + 120 * SECOND_US);
    expect(find(table, tuple(backend, client))).toBeDefined();
    table.expire(T0 + 122 * SECOND_US);
    expect(find(table, tuple(backend, client))).toBeUndefined();
    expect(table.size).toBe(0);
  });

  it("ends what a dump no longer holds, and not what began after the dump did", () => {
    const table = new TranslationTable();
    const [a, b, c] = ["10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3"].map((end) => tuple(end, vip));
    const life = (one: Tuple) => reversed(one);
    table.apply(record(RECORD_NEW, T0, 1, a!, life(a!)));
    table.apply(record(RECORD_NEW, T0, 2, b!, life(b!)));
    table.beginDump();
    table.apply(record(RECORD_NEW, T0 + 2 * SECOND_US, 3, c!, life(c!)));
    table.apply(record(RECORD_DUMPED, T0 + SECOND_US, 1, a!, life(a!)));
    table.endDump(T0 + SECOND_US);
    expect(table.counters).toMatchObject({ added: 3, ended: 1, missedEnds: 1 });
    const later = T0 + 10 * SECOND_US;
    expect(find(table, a!, later)).toBeDefined();
    expect(find(table, b!, later)).toBeUndefined();
    expect(find(table, c!, later)).toBeDefined();
  });

  it("replaces an entry whose DESTROY was lost, and counts a DESTROY of what it never had", () => {
    const table = new TranslationTable();
    table.apply(record(RECORD_NEW, T0, 1, tuple(client, vip), tuple(backend, client)));
    table.apply(record(RECORD_NEW, T0 + SECOND_US, 2, tuple(client, vip), tuple("10.244.2.9:8080", client)));
    table.apply(
      record(RECORD_DESTROY, T0 + SECOND_US, 9, tuple(client, "9.9.9.9:1"), tuple("9.9.9.9:1", client)),
    );
    expect(table.counters).toMatchObject({ added: 2, ended: 1, missedEnds: 1, unknownEnds: 1 });
  });

  it("keeps equal tuples of two zones apart", () => {
    const table = new TranslationTable();
    table.apply(record(RECORD_NEW, T0, 1, tuple(client, vip), tuple(vip, client), 1));
    table.apply(record(RECORD_NEW, T0, 2, tuple(client, vip), tuple(backend, client), 2));
    expect(table.counters.missedEnds).toBe(0);
    expect(table.size).toBe(2);
  });

  it("is bounded: ended entries go first, then living ones, both counted", () => {
    const table = new TranslationTable({ maxEntries: 100 });
    for (let port = 1; port <= 100; port++) {
      const one = tuple(`10.0.0.1:${port}`, vip);
      table.apply(record(RECORD_NEW, T0, port, one, reversed(one)));
    }
    const first = tuple("10.0.0.1:50", vip);
    table.apply(record(RECORD_DESTROY, T0 + 1, 50, first, reversed(first)));
    for (let port = 101; port <= 110; port++) {
      const one = tuple(`10.0.0.1:${port}`, vip);
      table.apply(record(RECORD_NEW, T0 + 2, port, one, reversed(one)));
    }
    expect(table.size).toBe(100);
    expect(table.counters).toMatchObject({ evictedEnded: 1, evictedLive: 9 });
    expect(find(table, tuple("10.0.0.1:110", vip))).toBeDefined();
  });

  it("agrees with a plain list of entries under random lives of random tuples", () => {
    const step = fc.record({
      port: fc.integer({ min: 1, max: 12 }),
      backend: fc.integer({ min: 1, max: 3 }),
      nat: fc.constantFrom("none", "dnat", "snat", "dnat+snat"),
      act: fc.constantFrom("new", "new", "end", "expire"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const table = new TranslationTable({ keepEndedMs: 3_600_000 });
        const model = new Map<number, { id: number; original: Tuple; reply: Tuple }>();
        let nowUs = T0;
        let id = 0;
        for (const { port, backend: number, nat, act } of steps) {
          nowUs += 10 * SECOND_US;
          const living = model.get(port);
          if (act === "expire") table.expire(nowUs);
          if (act === "end" && living !== undefined) {
            table.apply(record(RECORD_DESTROY, nowUs, living.id, living.original, living.reply));
            model.delete(port);
          }
          if (act === "new" && living === undefined) {
            const original = tuple(`10.1.0.1:${port}`, vip);
            const server = nat.includes("dnat") ? `10.2.0.${number}:8080` : vip;
            const seenClient = nat.includes("snat") ? `172.18.0.2:${60000 + port}` : `10.1.0.1:${port}`;
            const reply = tuple(server, seenClient);
            table.apply(record(RECORD_NEW, nowUs, ++id, original, reply));
            model.set(port, { id, original, reply });
          }
          const atUs = nowUs + 5 * SECOND_US;
          for (let each = 1; each <= 12; each++) {
            const entry = model.get(each);
            const answer = find(table, tuple(`10.1.0.1:${each}`, vip), atUs);
            expect(answer?.serverSeen).toBe(entry && text(reversed(entry.reply)));
            if (entry === undefined) continue;
            expect(find(table, entry.reply, atUs)).toEqual({ ...answer, isReply: true });
            expect(find(table, reversed(entry.reply), atUs)).toEqual({ ...answer, isReply: false });
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
