import { type Bytes, tcp, u16, udp, zeros } from "../../packet/test/frame-builders.js";
import { type Frame, frame4 } from "./frames.js";

export const CLIENT: Bytes = [10, 244, 1, 2];
export const RESOLVER: Bytes = [10, 96, 0, 10];

export interface DnsFields {
  atMs?: number;
  id?: number;
  name?: string;
  type?: number;
  code?: number;
  port?: number;
  client?: Bytes;
  interfaceIndex?: number;
  /** Of the question. */
  direction?: number;
  overTcp?: boolean;
}

function message(fields: DnsFields, flags: number): Bytes {
  const labels = (fields.name ?? "api.example.com").split(".");
  return [
    ...u16(fields.id ?? 1),
    ...u16(flags),
    ...u16(1),
    ...zeros(6),
    ...labels.flatMap((label) => [label.length, ...Buffer.from(label, "latin1")]),
    0,
    ...u16(fields.type ?? 1),
    ...u16(1),
  ];
}

function frame(fields: DnsFields, isAnswer: boolean): Frame {
  const port = fields.port ?? 41_000;
  const body = message(fields, isAnswer ? 0x8180 | (fields.code ?? 0) : 0x0100);
  const ports = isAnswer
    ? { sourcePort: 53, destinationPort: port }
    : { sourcePort: port, destinationPort: 53 };
  const client = fields.client ?? CLIENT;
  const direction = fields.direction ?? 0;
  return {
    bytes: frame4(
      {
        protocol: fields.overTcp === true ? 6 : 17,
        source: isAnswer ? RESOLVER : client,
        destination: isAnswer ? client : RESOLVER,
      },
      fields.overTcp === true ? tcp(ports, [...u16(body.length), ...body]) : udp(ports, body),
    ),
    atMs: fields.atMs ?? 0,
    interfaceIndex: fields.interfaceIndex ?? 1,
    direction: isAnswer && direction !== 2 ? 1 - direction : direction,
  };
}

/** A question of a client to the resolver: what is not said is A api.example.com by id 1 from port 41000. */
export function question(fields: DnsFields = {}): Frame {
  return frame(fields, false);
}

export function answer(fields: DnsFields = {}): Frame {
  return frame(fields, true);
}
