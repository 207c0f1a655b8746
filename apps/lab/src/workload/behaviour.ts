import type { ConversationTarget } from "../ledger/ledger-entry.js";
import { parseDurationMs } from "./duration.js";

const SERVER_KINDS = ["http", "store", "queue", "udp", "dns"] as const;
const CALL_KINDS = ["http", "store", "publish", "subscribe", "udp", "tcp", "scrape"] as const;

export type ServerKind = (typeof SERVER_KINDS)[number];
export type CallKind = (typeof CALL_KINDS)[number];

export interface ServerPlan {
  readonly kind: ServerKind;
  readonly port: number;
}

/** One kind of conversation that a workload starts, over and over. */
export interface CallPlan {
  readonly kind: CallKind;
  /** Service name (`api`, `api.shop`), a name with more dots, or an address. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Mean pause between two calls at rate 1; undefined for calls made on another's behalf. */
  readonly everyMs: number | undefined;
  /** A connection is used this long for many calls; 0: one connection per call. */
  readonly keepMs: number;
  /** Connections kept side by side. */
  readonly pool: number;
  readonly sendBytes: number;
  readonly replyBytes: number;
  readonly expect: "allowed" | "denied";
  /** Overrides what the host's name says. */
  readonly target: ConversationTarget | undefined;
}

/** What one workload does, as its container's environment says it. */
export interface Behaviour {
  readonly servers: readonly ServerPlan[];
  readonly calls: readonly CallPlan[];
  /** Made for each request or queue message that comes in, before it is answered. */
  readonly onRequest: readonly CallPlan[];
}

/** The three environment variables that {@link parseBehaviour} reads. */
export interface BehaviourText {
  /** Servers, divided by blanks: `http:8080 store:5432`. */
  readonly SERVE?: string;
  /** One call a line: `http://api.shop:8080/orders every=500ms keep=10s reply=2000`. */
  readonly CALL?: string;
  readonly ON_REQUEST?: string;
}

/** Thrown for a text that says no behaviour; names the variable and the word. */
export class BehaviourError extends Error {
  readonly variable: keyof BehaviourText;

  constructor(variable: keyof BehaviourText, message: string) {
    super(message);
    this.variable = variable;
  }
}

/**
 * Reads what a workload does.
 *
 * @throws BehaviourError
 */
export function parseBehaviour(text: BehaviourText): Behaviour {
  const servers = (text.SERVE ?? "").split(/\s+/).filter((word) => word !== "");
  const calls = parseCalls("CALL", text.CALL ?? "");
  for (const call of calls) {
    if (call.everyMs === undefined && call.kind !== "subscribe") {
      throw new BehaviourError("CALL", `"${call.kind}://${call.host}:${call.port}" needs every=DURATION`);
    }
  }
  return {
    servers: servers.map(parseServer),
    calls,
    onRequest: parseCalls("ON_REQUEST", text.ON_REQUEST ?? ""),
  };
}

function parseServer(word: string): ServerPlan {
  const [kind, port] = word.split(":");
  const known = SERVER_KINDS.find((name) => name === kind);
  if (known === undefined || !isPort(port)) {
    throw new BehaviourError(
      "SERVE",
      `"${word}" should read KIND:PORT with a KIND of ${SERVER_KINDS.join(", ")}`,
    );
  }
  return { kind: known, port: Number(port) };
}

function parseCalls(variable: "CALL" | "ON_REQUEST", text: string): CallPlan[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => parseCall(variable, line));
}

function parseCall(variable: "CALL" | "ON_REQUEST", line: string): CallPlan {
  const [url, ...words] = line.split(/\s+/);
  const match = /^([a-z]+):\/\/([a-z0-9.-]+):(\d+)(\/\S*)?$/.exec(url!);
  const kind = CALL_KINDS.find((name) => name === match?.[1]);
  if (match === null || kind === undefined || !isPort(match[3])) {
    throw new BehaviourError(
      variable,
      `"${url}" should read KIND://HOST:PORT/PATH with a KIND of ${CALL_KINDS.join(", ")}`,
    );
  }
  const options = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf("=");
    options.set(word.slice(0, Math.max(equals, 0)), word.slice(equals + 1));
  }
  const plan: CallPlan = {
    kind,
    host: match[2]!,
    port: Number(match[3]),
    path: match[4] ?? "/",
    everyMs: duration(variable, options, "every"),
    keepMs: duration(variable, options, "keep") ?? 0,
    pool: count(variable, options, "pool", 1),
    sendBytes: count(variable, options, "send", 100),
    replyBytes: count(variable, options, "reply", 500),
    expect: expectation(variable, options),
    target: target(variable, options),
  };
  const [unknown] = options.keys();
  if (unknown !== undefined) throw new BehaviourError(variable, `"${unknown}" is no option of a call`);
  return plan;
}

function take(options: Map<string, string>, name: string): string | undefined {
  const value = options.get(name);
  options.delete(name);
  return value;
}

function duration(
  variable: keyof BehaviourText,
  options: Map<string, string>,
  name: string,
): number | undefined {
  const text = take(options, name);
  if (text === undefined) return undefined;
  const ms = parseDurationMs(text);
  if (ms === undefined)
    throw new BehaviourError(variable, `${name}=${text} should be a duration like 250ms, 5s or 2m`);
  return ms;
}

function count(
  variable: keyof BehaviourText,
  options: Map<string, string>,
  name: string,
  otherwise: number,
): number {
  const text = take(options, name);
  if (text === undefined) return otherwise;
  if (!/^\d{1,7}$/.test(text)) throw new BehaviourError(variable, `${name}=${text} should be a whole number`);
  return Number(text);
}

function expectation(variable: keyof BehaviourText, options: Map<string, string>): "allowed" | "denied" {
  const text = take(options, "expect") ?? "allowed";
  if (text !== "allowed" && text !== "denied") {
    throw new BehaviourError(variable, `expect=${text} should be allowed or denied`);
  }
  return text;
}

function target(variable: keyof BehaviourText, options: Map<string, string>): ConversationTarget | undefined {
  const text = take(options, "target");
  if (text === undefined) return undefined;
  const [namespace, name] = text.split("/");
  if (!namespace || !name) throw new BehaviourError(variable, `target=${text} should read NAMESPACE/SERVICE`);
  return { namespace, name, kind: "Service" };
}

function isPort(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}
