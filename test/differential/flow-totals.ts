import { openPcapFile } from "@hopline/capture";
import { FlowTable, FrameCounter, type FrameCounters, type HopRows } from "@hopline/flow";
import { type FrameDecoder, formatAddress } from "@hopline/packet";
import type { Capture } from "../corpus/capture.js";
import type { PacketRecord } from "./packet-record.js";

/** What is summed up of a flow, by the names of packages/flow's columns. */
type Totals = Record<string, number>;

/** Totals by capture, then by flow. */
export type FlowTotals = ReadonlyMap<string, ReadonlyMap<string, PacketRecord>>;

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

const SUMMED = [
  "packets",
  "bytes",
  "payloadBytes",
  "payloadPackets",
  "retransmittedPackets",
  "outOfOrderPackets",
  "zeroWindowPackets",
  "synPackets",
  "synAckPackets",
  "finPackets",
  "rstPackets",
] as const;

/** What the flow table makes of a capture file, in which an interface's name is its capture's. */
export function countedTotals(
  path: string,
  decoder: FrameDecoder,
): { totals: FlowTotals; counters: FrameCounters; rowPackets: number } {
  const table = new FlowTable({ capacity: 4_096 });
  const counter = new FrameCounter({ decoder, table });
  const totals = new TotalsByCapture();
  const source = openPcapFile(path);
  try {
    while (source.poll(0, (block) => counter.countBlock(block)) >= 0);
    const rows = table.flush();
    const names = new Map(source.interfaces.map(({ index, name }) => [index, name]));
    for (let row = 0; row < (rows?.count ?? 0); row++) addRow(totals, rows, row, names);
    return { totals: totals.byCapture, counters: counter.counters(), rowPackets: totals.packets };
  } finally {
    source.close();
  }
}

function addRow(
  totals: TotalsByCapture,
  rows: HopRows | undefined,
  row: number,
  names: ReadonlyMap<number, string>,
): void {
  if (rows === undefined) return;
  const flow = flowName(
    rows.protocols[row],
    formatAddress(rows.sourceAddresses, 16 * row),
    rows.sourcePorts[row],
    formatAddress(rows.destinationAddresses, 16 * row),
    rows.destinationPorts[row],
  );
  const capture = names.get(rows.interfaceIndexes[row] ?? -1) ?? "no interface";
  totals.add(capture, flow, Object.fromEntries(SUMMED.map((name) => [name, rows[name][row] ?? Number.NaN])));
}

/**
 * What tshark's records of the same frames sum up to. A later fragment belongs to the flow of the first one, if that has been seen
 * before it.
 */
export function dissectedTotals(captures: readonly Capture[], records: readonly PacketRecord[]): FlowTotals {
  const totals = new TotalsByCapture();
  let at = 0;
  for (const { name, frames } of captures) {
    const firstFragments = new Map<string, PacketRecord>();
    for (const record of records.slice(at, at + frames.length)) {
      const { status, source, destination, protocol, fragmentId } = record;
      const fragmented = [source, destination, protocol, fragmentId].join();
      const first = firstFragments.get(fragmented);
      if (status === "counted") totals.add(name, flowOf(record), totalsOf(record));
      else if (status === "fragment" && first !== undefined)
        totals.add(name, flowOf(first), totalsOf(record));
      if (status === "counted" && record.moreFragments === 1) firstFragments.set(fragmented, record);
    }
    at += frames.length;
  }
  return totals.byCapture;
}

function flowOf({ protocol, source, sourcePort, destination, destinationPort }: PacketRecord): string {
  return flowName(protocol, source, sourcePort, destination, destinationPort);
}

function totalsOf(record: PacketRecord): Totals {
  const payloadBytes = Number(record.payloadBytes ?? 0);
  const flags = Number(record.tcpFlags ?? 0);
  const has = (bits: number) => ((flags & bits) === bits ? 1 : 0);
  const answers = has(SYN | ACK);
  return {
    packets: 1,
    bytes: Number(record.bytes ?? 0),
    payloadBytes,
    payloadPackets: payloadBytes > 0 ? 1 : 0,
    retransmittedPackets: Number(record.isRetransmission ?? 0),
    outOfOrderPackets: Number(record.isOutOfOrder ?? 0),
    zeroWindowPackets: Number(record.isZeroWindow ?? 0),
    synPackets: has(SYN) - answers,
    synAckPackets: answers,
    finPackets: has(RST) === 1 ? 0 : has(FIN),
    rstPackets: has(RST),
  };
}

function flowName(...parts: readonly (string | number | undefined)[]): string {
  const [protocol, source, sourcePort, destination, destinationPort] = parts;
  return `protocol ${protocol} from ${source} port ${sourcePort} to ${destination} port ${destinationPort}`;
}

class TotalsByCapture {
  readonly byCapture = new Map<string, Map<string, Totals>>();
  packets = 0;

  add(capture: string, flow: string, more: Totals): void {
    const flows = this.byCapture.get(capture) ?? new Map<string, Totals>();
    this.byCapture.set(capture, flows);
    const sums = flows.get(flow) ?? {};
    flows.set(flow, sums);
    for (const [name, value] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + value;
    this.packets += more.packets ?? 0;
  }
}
