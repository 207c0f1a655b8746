import { parseAddress } from "@hopline/packet";
import { type ConntrackRecord, emptyRecord, type RecordKind } from "../src/conntrack-record.js";
import { emptyTuple, type Tuple } from "../src/tuple.js";

/** `"10.0.0.1:80"` or `"[fd00::1]:80"`, twice. */
export function tuple(source: string, destination: string, protocol = 6): Tuple {
  const made = emptyTuple();
  made.protocol = protocol;
  made.sourcePort = fillEndpoint(source, made.source);
  made.destinationPort = fillEndpoint(destination, made.destination);
  return made;
}

export function record(
  kind: RecordKind,
  timeUs: number,
  id: number,
  original: Tuple,
  reply: Tuple,
  zone = 0,
): ConntrackRecord {
  return { ...emptyRecord(), kind, timeUs, id, zone, original, reply };
}

function fillEndpoint(text: string, address: Uint8Array): number {
  const [, host, port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(text) ?? [];
  const bytes = parseAddress(host ?? "");
  if (bytes === undefined) throw new Error(`no endpoint: ${text}`);
  address.set(bytes);
  return Number(port);
}
