import { type ConnectionDetail, connectionDetailSchema, type Hop, icmpErrorText, PATHS } from "@hopline/api";
import { Fault } from "@hopline/fault";
import type { Command } from "commander";
import { endsText } from "../connection-text.js";
import { policyLine } from "../policy/policy-line.js";
import { bytesText, clockText, durationText } from "../quantities.js";
import { type TextColumn, textTable } from "../text-table.js";
import {
  askCollector,
  lastRange,
  printAnswer,
  type RecentOptions,
  withApi,
  withLast,
  withOutput,
} from "./api-options.js";

const COLUMNS: readonly TextColumn<Hop>[] = [
  { title: "FLOW", text: (hop) => (hop.isReply ? "reply" : "forward") },
  { title: "NODE", text: (hop) => hop.node },
  { title: "INTERFACE", text: (hop) => hop.interface },
  { title: "ROLE", text: (hop) => hop.role },
  { title: "DIRECTION", text: (hop) => hop.direction },
  { title: "FIRST SEEN", text: (hop) => clockText(hop.firstSeen) },
  { title: "PACKETS", align: "right", text: (hop) => String(hop.packets) },
  { title: "PAYLOAD", align: "right", text: (hop) => bytesText(hop.payloadBytes) },
  { title: "RETRANSMITTED", align: "right", text: (hop) => bytesText(hop.retransmittedBytes) },
  { title: "OUT OF ORDER", align: "right", text: (hop) => bytesText(hop.outOfOrderBytes) },
  { title: "GAPS", align: "right", text: (hop) => bytesText(hop.gapBytes) },
  { title: "HANDSHAKE", align: "right", text: (hop) => durationText(hop.handshakeUs) },
  { title: "ROUND TRIP", align: "right", text: (hop) => durationText(hop.dataRoundTripUs) },
  {
    title: "SUPER-FRAMES",
    align: "right",
    text: (hop) => (hop.superFrames === 0 ? "" : `${hop.superFrames} for ${hop.superFrameSegments}`),
  },
  { title: "TUNNEL", text: tunnelText },
  { title: "ICMP ERROR", text: icmpText },
];

/** `vxlan 1 192.168.50.11 > 192.168.50.12`, `wireguard`. */
function tunnelText({ encapsulation, vni, outerSource, outerDestination }: Hop): string {
  const name = encapsulation === "none" ? [] : [encapsulation];
  const number = vni === null ? [] : [String(vni)];
  const outer = outerSource === null ? [] : [`${outerSource} > ${outerDestination}`];
  return [...name, ...number, ...outer].join(" ");
}

function icmpText({ icmpErrors, icmpError }: Hop): string {
  if (icmpError === null) return "";
  return `${icmpErrors === 1 ? "" : `${icmpErrors}, last: `}${icmpErrorText(icmpError)}`;
}

/** `hopline hops ID`: what each hop of one connection counted, side by side. */
export function hopsCommand(program: Command): void {
  withOutput(withLast(withApi(program.command("hops <id>")), "1h"), "table", "json")
    .description(
      "the hop ledger of one connection: what each observation point counted (ids come from observe)",
    )
    .action(hops);
}

async function hops(id: string, options: RecentOptions): Promise<void> {
  if (!/^[0-9a-f]{16}$/.test(id)) {
    throw new Fault({
      code: "CONNECTION_ID_INVALID",
      message: `"${id}" is no connection id of 16 hexadecimal digits.`,
      hint: "The last column of hopline observe shows them.",
    });
  }
  const answer = await askCollector(options, (client) =>
    client.get(connectionDetailSchema, `${PATHS.connections}/${id}`, lastRange(options.last)),
  );
  printAnswer(options, answer, ledgerText);
}

function ledgerText({ connection, hops: counted }: ConnectionDetail): string {
  const { service, outcome } = connection;
  const { protocol, client, server } = endsText(connection);
  const by = service === null ? "" : ` by service ${service.namespace}/${service.name}`;
  return `${protocol} ${client} to ${server}${by}: ${outcome}\n${policyLine(connection)}\n\n${textTable(COLUMNS, counted)}`;
}
