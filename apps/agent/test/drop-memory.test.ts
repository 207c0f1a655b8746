import { emptyFound, emptyTuple, TranslationTable, type Tuple } from "@hopline/conntrack";
import { formatAddress, parseAddress } from "@hopline/packet";
import { describe, expect, it } from "vitest";
import { DropMemory } from "../src/drops/drop-memory.js";

const T0 = 1_795_000_000_000_000;
const SECOND = 1_000_000;
const UDP = 17;
const CLIENT = "10.244.1.5:40000";
const SERVICE = "10.96.0.10:80";
const BACKEND = "10.244.1.7:8080";
const OTHER_BACKEND = "10.244.1.8:8080";
const SEQUENCE = 4_000_000_001;

function tuple(source: string, destination: string, protocol = 6): Tuple {
  const made = emptyTuple();
  made.protocol = protocol;
  for (const [end, port, text] of [
    ["source", "sourcePort", source],
    ["destination", "destinationPort", destination],
  ] as const) {
    made[end].set(parseAddress(text.split(":")[0] ?? "") ?? []);
    made[port] = Number(text.split(":")[1]);
  }
  return made;
}

const textOf = ({ source, sourcePort, destination, destinationPort }: Tuple) =>
  `${formatAddress(source)}:${sourcePort} ${formatAddress(destination)}:${destinationPort}`;

function memoryAndTable() {
  const table = new TranslationTable();
  const memory = new DropMemory(table);
  const found = emptyFound();
  /** What a row that was seen at this time is named, as the agent's row namer does it. */
  const nameOf = (seen: Tuple, timeUs: number): string | undefined => {
    if (!table.find(seen, timeUs, timeUs, found)) {
      if (!memory.explain(seen, timeUs, timeUs) || !table.find(seen, timeUs, timeUs, found)) return undefined;
    }
    return `${textOf(found.original)} -> ${textOf(found.serverSeen)} ${found.translation}`;
  };
  return { memory, table, nameOf };
}

describe("DropMemory", () => {
  it("takes a drop for the translation of what its client sent at that time to a Service", () => {
    const { memory, nameOf } = memoryAndTable();
    expect(nameOf(tuple(CLIENT, SERVICE), T0)).toBeUndefined();
    memory.note(tuple(CLIENT, BACKEND), SEQUENCE, T0);
    const name = `${CLIENT} ${SERVICE} -> ${CLIENT} ${BACKEND} dnat`;
    expect(nameOf(tuple(CLIENT, SERVICE), T0 - 20)).toBe(name);
    // Packets behind the translation, too, and what is sent again much later.
    expect(nameOf(tuple(CLIENT, BACKEND), T0)).toBe(name);
    expect(nameOf(tuple(CLIENT, SERVICE), T0 + 31 * SECOND)).toBe(name);
  });

  it("leaves other clients, other ports and other times alone", () => {
    const { memory, nameOf } = memoryAndTable();
    memory.note(tuple(CLIENT, BACKEND), SEQUENCE, T0);
    expect(nameOf(tuple("10.244.1.5:40001", SERVICE), T0)).toBeUndefined();
    expect(nameOf(tuple("10.244.1.6:40000", SERVICE), T0)).toBeUndefined();
    expect(nameOf(tuple(CLIENT, SERVICE, UDP), T0)).toBeUndefined();
    expect(nameOf(tuple(CLIENT, SERVICE), T0 - 1.1 * SECOND)).toBeUndefined();
  });

  it("is no translation of anything else once its own flow has been seen", () => {
    const { memory, nameOf } = memoryAndTable();
    memory.note(tuple(CLIENT, BACKEND), SEQUENCE, T0);
    expect(nameOf(tuple(CLIENT, BACKEND), T0)).toBe(`${CLIENT} ${BACKEND} -> ${CLIENT} ${BACKEND} none`);
    expect(nameOf(tuple(CLIENT, SERVICE), T0)).toBeUndefined();
  });

  it("keeps an attempt that another backend gets next time one connection, by its first segment", () => {
    const { memory, nameOf } = memoryAndTable();
    memory.note(tuple(CLIENT, BACKEND), SEQUENCE, T0);
    const again = tuple(CLIENT, OTHER_BACKEND);
    memory.note(again, SEQUENCE, T0 + SECOND);
    expect(textOf(again)).toBe(`${CLIENT} ${BACKEND}`);
    expect(memory.size).toBe(1);
    // A new attempt from the same port.
    const next = tuple(CLIENT, OTHER_BACKEND);
    memory.note(next, SEQUENCE + 1, T0 + 2 * SECOND);
    expect(textOf(next)).toBe(`${CLIENT} ${OTHER_BACKEND}`);
    expect(nameOf(tuple(CLIENT, SERVICE), T0)).toContain(BACKEND);
  });

  it("keeps datagrams to a Service one connection, and those to pods apart", () => {
    const { memory, nameOf } = memoryAndTable();
    memory.note(tuple(CLIENT, BACKEND, UDP), undefined, T0);
    const early = tuple(CLIENT, OTHER_BACKEND, UDP);
    memory.note(early, undefined, T0);
    expect(textOf(early)).toBe(`${CLIENT} ${OTHER_BACKEND}`);
    expect(nameOf(tuple(CLIENT, SERVICE, UDP), T0)).toContain(`${BACKEND} dnat`);
    const late = tuple(CLIENT, "10.244.1.9:8080", UDP);
    memory.note(late, undefined, T0 + SECOND);
    expect(textOf(late)).toBe(`${CLIENT} ${BACKEND}`);
    const elsewhere = tuple(CLIENT, "10.244.1.9:53", UDP);
    memory.note(elsewhere, undefined, T0 + SECOND);
    expect(textOf(elsewhere)).toBe(`${CLIENT} 10.244.1.9:53`);
  });

  it("needs no row where the kernel tells what the client had sent", () => {
    const { memory, table } = memoryAndTable();
    memory.noteTold(tuple(CLIENT, BACKEND), tuple(CLIENT, SERVICE), SEQUENCE, T0);
    const found = emptyFound();
    expect(table.find(tuple(CLIENT, SERVICE), T0, T0, found)).toBe(true);
    expect(textOf(found.serverSeen)).toBe(`${CLIENT} ${BACKEND}`);
  });

  it("forgets after a minute, and ends what it had told", () => {
    const { memory, table, nameOf } = memoryAndTable();
    memory.note(tuple(CLIENT, BACKEND), SEQUENCE, T0);
    nameOf(tuple(CLIENT, SERVICE), T0);
    memory.note(tuple(CLIENT, BACKEND), SEQUENCE, T0 + 10 * SECOND);
    memory.expire(T0 + 69 * SECOND);
    expect(memory.size).toBe(1);
    memory.expire(T0 + 70 * SECOND);
    expect(memory.size).toBe(0);
    expect(nameOf(tuple(CLIENT, SERVICE), T0 + 14 * SECOND)).toBeUndefined();
    expect(nameOf(tuple(CLIENT, SERVICE), T0 + 10 * SECOND)).toContain(BACKEND);
    expect(table.counters).toMatchObject({ added: 1, ended: 1, unknownEnds: 0, missedEnds: 0 });
  });

  it("holds so many and no more", () => {
    const memory = new DropMemory(new TranslationTable(), 100);
    for (let flow = 0; flow < 150; flow++) memory.note(tuple(`10.1.0.${flow}:40000`, BACKEND), undefined, T0);
    expect(memory.size).toBe(100);
    for (let port = 1; port <= 40; port++) memory.note(tuple(CLIENT, `10.1.1.1:${port}`), undefined, T0);
    expect(memory.size).toBe(100);
  });
});
