import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { Fault, systemCode } from "@hopline/fault";
import { formatAddress, parseAddress } from "@hopline/packet";
import {
  type ConntrackRecord,
  emptyRecord,
  RECORD_DESTROY,
  RECORD_DUMPED,
  RECORD_NEW,
  RECORD_UPDATE,
} from "./conntrack-record.js";
import type { Tuple } from "./tuple.js";

const KIND_NAMES = new Map([
  [RECORD_NEW, "new"],
  [RECORD_UPDATE, "update"],
  [RECORD_DESTROY, "destroy"],
  [RECORD_DUMPED, "dumped"],
] as const);

/**
 * Writes records as JSON lines, to be replayed beside a capture of the same time:
 * `{"timeUs":…,"event":"new","id":…,"zone":0,"protocol":6,"original":[source,port,destination,port],"reply":[…]}`.
 */
export class ConntrackRecorder {
  readonly #path: string;
  #stream: WriteStream | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws Fault `CONNTRACK_LOG_UNWRITABLE` */
  async start(): Promise<void> {
    const stream = createWriteStream(this.#path);
    await new Promise<void>((resolve, reject) => {
      stream.once("open", () => resolve());
      stream.once("error", (thrown) => reject(this.#fault("CONNTRACK_LOG_UNWRITABLE", thrown)));
    });
    this.#stream = stream;
  }

  write(record: ConntrackRecord): void {
    const { timeUs, id, zone, original, reply } = record;
    const line = JSON.stringify({
      timeUs,
      event: KIND_NAMES.get(record.kind),
      id,
      zone,
      protocol: original.protocol,
      original: fieldsOf(original),
      reply: fieldsOf(reply),
    });
    this.#stream?.write(`${line}\n`);
  }

  async stop(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream === undefined) return;
    await new Promise<void>((resolve) => stream.end(resolve));
  }

  #fault(code: string, thrown: unknown): Fault {
    return new Fault({
      code,
      message: `${this.#path} cannot be written: ${systemCode(thrown) ?? "unknown error"}.`,
      cause: thrown,
    });
  }
}

/**
 * Reads a recording, record by record; the record is reused.
 *
 * @throws Fault `CONNTRACK_LOG_UNREADABLE`, `CONNTRACK_LOG_INVALID` with file and line.
 */
export async function readRecording(path: string, consume: (record: ConntrackRecord) => void): Promise<void> {
  const input = createReadStream(path);
  const failed = new Promise<never>((_resolve, reject) => {
    input.once("error", (thrown) => {
      const message = `${path} cannot be read: ${systemCode(thrown) ?? "unknown error"}.`;
      reject(new Fault({ code: "CONNTRACK_LOG_UNREADABLE", message, cause: thrown }));
    });
  });
  await Promise.race([readLines(path, createInterface({ input }), consume), failed]);
}

async function readLines(
  path: string,
  lines: AsyncIterable<string>,
  consume: (record: ConntrackRecord) => void,
): Promise<void> {
  const record = emptyRecord();
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line === "") continue;
    const wrong = fill(record, line);
    if (wrong !== undefined) {
      throw new Fault({
        code: "CONNTRACK_LOG_INVALID",
        message: `${path}, line ${number}: ${wrong}.`,
        hint: "It takes the JSON lines that the agent writes with --record.",
      });
    }
    consume(record);
  }
}

/** @returns what is wrong with the line, or undefined. */
function fill(record: ConntrackRecord, line: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "it is no JSON";
  }
  if (typeof value !== "object" || value === null) return "it is no JSON object";
  const fields = value as Readonly<Record<string, unknown>>;
  const kind = [...KIND_NAMES].find(([, name]) => name === fields.event)?.[0];
  if (kind === undefined) return 'its "event" is none of new, update, destroy, dumped';
  const { timeUs, id, protocol } = fields;
  if (typeof timeUs !== "number" || typeof id !== "number" || typeof protocol !== "number") {
    return '"timeUs", "id" and "protocol" must be numbers';
  }
  record.kind = kind;
  record.timeUs = timeUs;
  record.id = id;
  record.zone = typeof fields.zone === "number" ? fields.zone : 0;
  for (const name of ["original", "reply"] as const) {
    if (!fillTuple(record[name], protocol, fields[name])) {
      return `its "${name}" is no [source, port, destination, port]`;
    }
  }
  return undefined;
}

function fillTuple(tuple: Tuple, protocol: number, value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [source, sourcePort, destination, destinationPort]: unknown[] = value;
  if (typeof source !== "string" || typeof destination !== "string") return false;
  if (!isPort(sourcePort) || !isPort(destinationPort)) return false;
  const sourceBytes = parseAddress(source);
  const destinationBytes = parseAddress(destination);
  if (sourceBytes === undefined || destinationBytes === undefined) return false;
  tuple.protocol = protocol;
  tuple.source.set(sourceBytes);
  tuple.destination.set(destinationBytes);
  tuple.sourcePort = sourcePort;
  tuple.destinationPort = destinationPort;
  return true;
}

function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffff;
}

function fieldsOf(tuple: Tuple): [string, number, string, number] {
  const { source, sourcePort, destination, destinationPort } = tuple;
  return [formatAddress(source, 0), sourcePort, formatAddress(destination, 0), destinationPort];
}
