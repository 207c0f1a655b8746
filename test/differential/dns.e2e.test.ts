import { openPcapFile } from "@hopline/capture";
import { DNS_UNANSWERED, type DnsRows, FlowTable, FrameCounter } from "@hopline/flow";
import { formatAddress } from "@hopline/packet";
import { expect, test } from "vitest";
import { pcapngFile } from "../corpus/capture.js";
import { dnsTraffic } from "../corpus/dns-traffic.js";
import { SeededRandom } from "../corpus/seeded-random.js";
import { decoderUnderTest } from "./decoder-under-test.js";
import { dissectedRecord } from "./dissected-record.js";
import { type DissectedLayer, shownNumber } from "./pdml.js";
import { dissect, withFile } from "./tshark.js";

const QUESTIONS = 500;

/** Questions and the microseconds until their answers, summed up by client, server, protocol, name, type and response code. */
class DnsTotals {
  readonly byKind = new Map<string, { questions: number; latencySumUs: number }>();

  add(kind: readonly (string | number | undefined)[], questions: number, latencyUs: number): void {
    const key = kind.join(" ");
    const { questions: before, latencySumUs } = this.byKind.get(key) ?? { questions: 0, latencySumUs: 0 };
    this.byKind.set(key, { questions: before + questions, latencySumUs: latencySumUs + latencyUs });
  }

  /** In an order of its own. */
  entries(): [string, { questions: number; latencySumUs: number }][] {
    return [...this.byKind].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

function countedDns(path: string): DnsTotals {
  const counter = new FrameCounter({
    decoder: decoderUnderTest(),
    table: new FlowTable({ capacity: 2_048 }),
  });
  const totals = new DnsTotals();
  const source = openPcapFile(path);
  try {
    while (source.poll(0, (block) => counter.countBlock(block)) >= 0);
    for (let rows = counter.flushDns(); rows !== undefined; rows = counter.flushDns()) addRows(totals, rows);
  } finally {
    source.close();
  }
  return totals;
}

function addRows(totals: DnsTotals, rows: DnsRows): void {
  for (let row = 0; row < rows.count; row++) {
    const client = formatAddress(rows.clientAddresses, 16 * row);
    const server = formatAddress(rows.serverAddresses, 16 * row);
    const kind = [client, server, rows.protocols[row], rows.names[row], rows.types[row], rows.codes[row]];
    totals.add(kind, rows.questions[row] ?? 0, rows.latencySumUs[row] ?? 0);
  }
}

/** What tshark finds: which response is to which question, and when it came. */
function dissectedDns(packets: readonly (readonly DissectedLayer[])[]): DnsTotals {
  const totals = new DnsTotals();
  const answers = new Map<number, number>();
  const dnsOf = (i: number) => packets[i]?.find(({ name }) => name === "dns");
  for (const i of packets.keys()) {
    const dns = dnsOf(i);
    const question = dns && shownNumber(dns, "dns.response_to");
    if (question !== undefined) answers.set(question - 1, i);
  }
  for (const [i, layers] of packets.entries()) {
    const { source, destination, protocol, dnsIsResponse, dnsName, dnsType } = dissectedRecord(layers);
    if (dnsIsResponse !== 0) continue;
    const answer = answers.get(i);
    const answering = answer === undefined ? undefined : dnsOf(answer);
    const latencyUs = Math.round(((answering && shownNumber(answering, "dns.time")) ?? 0) * 1e6);
    const code = answering === undefined ? DNS_UNANSWERED : (shownNumber(answering, "dns.flags.rcode") ?? 0);
    totals.add([source, destination, protocol, dnsName, dnsType, code], 1, latencyUs);
  }
  return totals;
}

test("questions, answers and latencies are those that tshark finds", () => {
  const capture = dnsTraffic(new SeededRandom(11), QUESTIONS);
  withFile(pcapngFile([capture]), (path) => {
    const ours = countedDns(path);
    const asked = [...ours.byKind.values()].reduce((sum, { questions }) => sum + questions, 0);
    expect(asked).toBe(QUESTIONS);
    expect(ours.entries()).toEqual(dissectedDns(dissect(path)).entries());
  });
});
