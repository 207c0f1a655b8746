import type { Connection } from "@hopline/api";
import { endsText, endText } from "../connection-text.js";
import { bytesText, clockText, durationText } from "../quantities.js";
import type { TextColumn } from "../text-table.js";
import { type FlowRow, gapBytes, seenAt } from "./flow-row.js";

type End = Connection["client"];

interface CsvColumn {
  readonly name: string;
  readonly value: (row: FlowRow) => string | number | null;
}

/** Columns of the table for people; with names where a dump told them, else by address. */
export function tableColumns(hasNames: boolean, withHops: boolean): readonly TextColumn<FlowRow>[] {
  const ends = ({ connection }: FlowRow) => endsText(connection, hasNames ? endText : addressText);
  return [
    { title: "FIRST SEEN", text: ({ connection }) => clockText(connection.firstSeen) },
    { title: "CLIENT", text: (row) => ends(row).client },
    { title: "SERVER", text: (row) => ends(row).server },
    ...(hasNames
      ? [{ title: "SERVICE", text: ({ connection }: FlowRow) => serviceText(connection.service) }]
      : []),
    { title: "PROTO", text: (row) => ends(row).protocol },
    { title: "SENT", align: "right", text: ({ connection }) => bytesText(connection.forward.bytes) },
    { title: "RECEIVED", align: "right", text: ({ connection }) => bytesText(connection.reply.bytes) },
    { title: "RETRANS", align: "right", text: ({ connection }) => bytesText(retransmitted(connection)) },
    ...(withHops
      ? [{ title: "GAP", align: "right" as const, text: (row: FlowRow) => bytesText(gap(row) ?? 0) }]
      : []),
    { title: "HANDSHAKE", align: "right", text: ({ connection }) => durationText(connection.handshakeUs) },
    { title: "OUTCOME", text: ({ connection }) => connection.outcome },
    { title: "NODES", text: ({ connection }) => nodesText(connection) },
    { title: "HOPS", align: "right", text: ({ connection }) => String(connection.hops) },
  ];
}

/** Columns of the comma-separated form: times as ISO 8601 in UTC, sizes in bytes, durations in microseconds. */
export function csvColumns(withHops: boolean): readonly CsvColumn[] {
  return [
    column("first_seen", ({ firstSeen }) => new Date(firstSeen).toISOString()),
    column("last_seen", ({ lastSeen }) => new Date(lastSeen).toISOString()),
    column("protocol", ({ protocol }) => protocol),
    ...endColumns("client"),
    ...endColumns("server"),
    column("service", ({ service }) => serviceText(service)),
    column("service_address", ({ service }) => service?.address ?? ""),
    column("service_port", ({ service }) => service?.port ?? null),
    column("scope", ({ scope }) => scope),
    column("outcome", ({ outcome }) => outcome),
    column("sent_packets", ({ forward }) => forward.packets),
    column("sent_bytes", ({ forward }) => forward.bytes),
    column("received_packets", ({ reply }) => reply.packets),
    column("received_bytes", ({ reply }) => reply.bytes),
    column("sent_retransmitted_bytes", ({ forward }) => forward.retransmittedBytes),
    column("received_retransmitted_bytes", ({ reply }) => reply.retransmittedBytes),
    column("handshake_us", ({ handshakeUs }) => handshakeUs),
    column("hops", ({ hops }) => hops),
    column("id", ({ id }) => id),
    ...(withHops ? HOP_COLUMNS : []),
  ];
}

const HOP_COLUMNS: readonly CsvColumn[] = [
  { name: "sent_gap_bytes", value: ({ hops = [] }) => gapBytes(hops, false) },
  { name: "received_gap_bytes", value: ({ hops = [] }) => gapBytes(hops, true) },
  { name: "seen_at", value: ({ hops = [] }) => seenAt(hops) },
];

function endColumns(side: "client" | "server"): CsvColumn[] {
  return [
    column(`${side}_namespace`, (connection) => connection[side].entity.namespace),
    column(`${side}_workload`, (connection) => connection[side].entity.name),
    column(`${side}_pod`, (connection) => connection[side].pod),
    column(`${side}_node`, (connection) => connection[side].node),
    column(`${side}_address`, (connection) => connection[side].address),
    column(`${side}_port`, (connection) => connection[side].port),
  ];
}

function column(name: string, value: (connection: Connection) => string | number | null): CsvColumn {
  return { name, value: ({ connection }) => value(connection) };
}

function addressText({ address, port }: End): string {
  if (port === 0) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function serviceText(service: Connection["service"]): string {
  return service === null ? "" : `${service.namespace}/${service.name}`;
}

function retransmitted({ forward, reply }: Connection): number {
  return forward.retransmittedBytes + reply.retransmittedBytes;
}

function gap({ hops }: FlowRow): number | undefined {
  return hops === undefined ? undefined : gapBytes(hops, false) + gapBytes(hops, true);
}

/** `node1 > node2`, `node1` where both ends are there, `?` for an end outside. */
function nodesText({ client, server }: Connection): string {
  if (client.node === server.node) return client.node;
  return `${client.node || "?"} > ${server.node || "?"}`;
}
