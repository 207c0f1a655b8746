import { type DNS_COLUMNS, encodeDns, StringColumnBuilder } from "@hopline/batch";
import { addressBytes, type HeaderPart } from "./hop-batch-builder.js";

/** One row of a dns batch as a test writes it. */
export interface DnsRow {
  /** Unix seconds. */
  readonly windowStart: number;
  readonly role: string;
  readonly direction: 0 | 1 | 2;
  readonly attached?: string;
  readonly client: string;
  readonly server: string;
  readonly name: string;
  /** 1 (A) where absent. */
  readonly type?: number;
  /** 0 where absent. */
  readonly code?: number;
  readonly questions?: number;
  /** Of each question. */
  readonly latencyUs?: number;
}

/** The bytes of a batch, as an agent would send it. */
export function dnsBatch(header: HeaderPart, rows: readonly DnsRow[]): Uint8Array<ArrayBuffer> {
  const count = rows.length;
  const addresses = (pick: (row: DnsRow) => string) => {
    const bytes = new Uint8Array(count * 16);
    for (const [index, row] of rows.entries()) bytes.set(addressBytes(pick(row)), index * 16);
    return bytes;
  };
  const strings = (pick: (row: DnsRow) => string) => {
    const builder = new StringColumnBuilder(count);
    for (const [index, row] of rows.entries()) builder.set(index, pick(row));
    return builder.finish();
  };
  const questionsOf = (row: DnsRow) => row.questions ?? 1;
  const latencyOf = (row: DnsRow) => row.latencyUs ?? 0;
  return new Uint8Array(
    encodeDns({ bootId: "00000000deadbeef", agentVersion: "0.1.0", ...header }, {
      count,
      window_start: Uint32Array.from(rows, ({ windowStart }) => windowStart),
      interface_index: new Int32Array(count).fill(1),
      interface: strings(({ role }) => `${role}1`),
      role: strings(({ role }) => role),
      direction: Uint8Array.from(rows, ({ direction }) => direction),
      attached_address: addresses(({ attached }) => attached ?? "::"),
      protocol: new Uint8Array(count).fill(17),
      client_address: addresses(({ client }) => client),
      server_address: addresses(({ server }) => server),
      server_port: new Uint16Array(count).fill(53),
      name: strings(({ name }) => name),
      type: Uint16Array.from(rows, ({ type }) => type ?? 1),
      code: Uint8Array.from(rows, ({ code }) => code ?? 0),
      questions: Float64Array.from(rows, questionsOf),
      latency_sum_us: Float64Array.from(rows, (row) => questionsOf(row) * latencyOf(row)),
      latency_max_us: Float64Array.from(rows, latencyOf),
    } satisfies { count: number } & Record<keyof typeof DNS_COLUMNS, unknown>),
  );
}
