import { emptyRecord, RECORD_NEW, TranslationTable } from "@hopline/conntrack";
import { parseAddress } from "@hopline/packet";
import { nodeDescriptionSchema, type Role, Topology } from "@hopline/topology";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { InterfaceDirectory } from "../src/naming/interface-directory.js";
import { RowNamer } from "../src/naming/row-namer.js";
import { WaitingRows } from "../src/naming/waiting-rows.js";
import { rowsOf } from "./hop-rows.js";

const T0 = 1_795_000_000_000_000;
const NOTHING = { addresses: [], routes: [], neighbours: [], forwarding: [] };
/** The interface of all frames here. */
const POD = { ifindex: 7, ifname: "veth7", link_index: 2, link_netnsid: 0, linkinfo: { info_kind: "veth" } };
type Link = Readonly<Record<string, unknown>>;
const syn = { source: "10.0.0.1:40000", destination: "10.0.0.2:80", tcpFlags: 2, timeUs: T0 };

describe("WaitingRows", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function setUp(isTracking: boolean, links: readonly Link[] = [POD]) {
    const translations = new TranslationTable();
    const topology = new Topology({ nowMs: () => T0 / 1000 + 1 });
    const describe = (present: readonly Link[]) =>
      topology.update(nodeDescriptionSchema.parse({ ...NOTHING, links: present }));
    describe(links);
    const interfaces = new InterfaceDirectory(topology, true);
    const named: string[] = [];
    const rows = new WaitingRows({
      namer: new RowNamer({ translations, topology, interfaces, roles: new Set<Role>(["pod"]) }),
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
    return { rows, named, tell, describe };
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

  it("says when all that it had taken has been named, and not before", () => {
    const { rows, named, tell } = setUp(true);
    const said: string[] = [];
    const note = (text: string) => () => void said.push(`${text} after ${named.length}`);
    rows.whenNamed(note("nothing"));
    rows.take(rowsOf([syn]));
    rows.whenNamed(note("one"));
    vi.advanceTimersByTime(200);
    rows.take(rowsOf([{ ...syn, source: "10.0.0.1:40001" }]));
    rows.whenNamed(note("two"));
    expect(said).toEqual(["nothing after 0"]);
    tell();
    vi.advanceTimersByTime(100);
    expect(said).toEqual(["nothing after 0", "one after 1"]);
    rows.finish();
    expect(said.slice(2)).toEqual(["two after 2"]);
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

  it("keeps rows of an interface that is not described yet, for 5 s at most", () => {
    const { rows, named, tell, describe } = setUp(true, []);
    tell();
    rows.take(rowsOf([syn]));
    vi.advanceTimersByTime(1900);
    expect(named).toEqual([]);
    describe([POD]);
    vi.advanceTimersByTime(100);
    expect(named).toEqual(["none"]);
    const never = setUp(true, []);
    never.tell();
    never.rows.take(rowsOf([syn]));
    vi.advanceTimersByTime(4900);
    expect(never.named).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(never.named).toEqual(["none"]);
  });

  it("leaves out what came from a new interface before it turned out to be none that is captured", () => {
    const { rows, named, tell, describe } = setUp(true, []);
    tell();
    rows.take(rowsOf([syn]));
    describe([{ ifindex: 7, ifname: "cni0", linkinfo: { info_kind: "bridge" } }]);
    vi.advanceTimersByTime(100);
    expect(rows.count).toBe(0);
    // On demand bridges are captured, too: those rows began when it was known.
    rows.take(rowsOf([{ ...syn, timeUs: T0 + 2000 }]));
    expect(named).toEqual(["none"]);
  });
});
