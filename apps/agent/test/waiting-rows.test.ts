import { emptyRecord, RECORD_NEW, TranslationTable } from "@hopline/conntrack";
import { parseAddress } from "@hopline/packet";
import { Topology } from "@hopline/topology";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { InterfaceDirectory } from "../src/naming/interface-directory.js";
import { RowNamer } from "../src/naming/row-namer.js";
import { WaitingRows } from "../src/naming/waiting-rows.js";
import { rowsOf } from "./hop-rows.js";

const T0 = 1_795_000_000_000_000;
const syn = { source: "10.0.0.1:40000", destination: "10.0.0.2:80", tcpFlags: 2, timeUs: T0 };

describe("WaitingRows", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function setUp(isTracking: boolean) {
    const translations = new TranslationTable();
    const topology = new Topology({ nowMs: () => 0 });
    const interfaces = new InterfaceDirectory(topology, true);
    const named: string[] = [];
    const rows = new WaitingRows({
      namer: new RowNamer({ translations, topology, interfaces }),
      isTracking: () => isTracking,
      onNamed: ({ translation, count }) => {
        for (let row = 0; row < count; row++)
          named.push(translation.values[translation.indexes[row] ?? -1] ?? "");
      },
    });
    const tell = () => {
      const record = { ...emptyRecord(), kind: RECORD_NEW, timeUs: T0, id: 1 } as const;
      const [one, other] = [parseAddress("10.0.0.1"), parseAddress("10.0.0.2")];
      record.original.source.set(one ?? []);
      record.original.destination.set(other ?? []);
      record.reply.source.set(other ?? []);
      record.reply.destination.set(one ?? []);
      Object.assign(record.original, { protocol: 6, sourcePort: 40000, destinationPort: 80 });
      Object.assign(record.reply, { protocol: 6, sourcePort: 80, destinationPort: 40000 });
      translations.apply(record);
    };
    return { rows, named, tell };
  }

  it("names a row once its event has come", () => {
    const { rows, named, tell } = setUp(true);
    rows.take(rowsOf([syn]));
    expect(named).toEqual([]);
    tell();
    vi.advanceTimersByTime(100);
    expect(named).toEqual(["none"]);
    expect(rows.count).toBe(0);
  });

  it("waits 300 ms and no longer", () => {
    const { rows, named } = setUp(true);
    rows.take(rowsOf([syn]));
    vi.advanceTimersByTime(290);
    expect(named).toEqual([]);
    vi.advanceTimersByTime(20);
    expect(named).toEqual(["untracked"]);
  });

  it("does not wait where conntrack is not followed, nor when the agent stops", () => {
    const without = setUp(false);
    without.rows.take(rowsOf([syn]));
    expect(without.named).toEqual(["untracked"]);
    const stopping = setUp(true);
    stopping.rows.take(rowsOf([syn]));
    stopping.rows.finish();
    expect(stopping.named).toEqual(["untracked"]);
  });
});
