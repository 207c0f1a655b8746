import { data, join, type Layer, onTopOf, u16, u32 } from "./layer.js";

export const DNS_A = 1;
export const DNS_CNAME = 5;
export const DNS_AAAA = 28;
const CLASS_INTERNET = 1;

export interface DnsFields {
  readonly id?: number;
  readonly name?: string;
  readonly type?: number;
  readonly isResponse?: boolean;
  readonly responseCode?: number;
  readonly isTruncated?: boolean;
  /** Addresses of A records in the answer, each named by a pointer to the question. */
  readonly answers?: readonly (readonly number[])[];
  /** Default: 1, and as many as there are answers. */
  readonly questionCount?: number;
  readonly answerCount?: number;
}

/** RFC 1035 section 4.1: header, one question, answers. */
export function dns(fields: DnsFields): Layer {
  const { id = 1, name = "web.shop.svc.cluster.local", type = DNS_A, answers = [] } = fields;
  const flags =
    (fields.isResponse ? 0x8180 : 0x0100) | (fields.isTruncated ? 0x0200 : 0) | (fields.responseCode ?? 0);
  const header = [
    ...u16(id),
    ...u16(flags),
    ...u16(fields.questionCount ?? 1),
    ...u16(fields.answerCount ?? answers.length),
    ...u32(0),
  ];
  const question = join(dnsName(name), u16(type), u16(CLASS_INTERNET));
  const records = answers.map((address) =>
    join([0xc0, 12], u16(DNS_A), u16(CLASS_INTERNET), u32(30), u16(address.length), address),
  );
  const places = { flags: [2, 2], questionCount: [4, 2], answerCount: [6, 2], firstLabel: [12, 1] } as const;
  return onTopOf("dns", header, places, data(join(question, ...records)));
}

/** RFC 1035 section 4.2.2: two bytes of length before the message. */
export function dnsOverTcp(message: Layer): Layer {
  return onTopOf("dns-tcp", u16(message.bytes.length), { length: [0, 2] }, message);
}

/** Labels, each after its length, and the root's. */
export function dnsName(name: string): Uint8Array {
  const labels = name === "" ? [] : name.split(".").map((label) => new TextEncoder().encode(label));
  return join(...labels.flatMap((label) => [[label.length], label]), [0]);
}
