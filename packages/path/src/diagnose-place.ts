import type { BrokenPlace } from "./broken-place.js";
import type { Evidence } from "./evidence.js";
import { checkForwarding } from "./forwarding-check.js";
import type { NodeReading } from "./node-state.js";
import type { Path } from "./path.js";
import { endsOf, type PathConnection } from "./path-connection.js";
import type { PathHop } from "./path-hop.js";

/** What must be read to say why a place is broken. */
export interface PlaceToDiagnose {
  readonly nodes: readonly string[];
  /** Readings wanted, milliseconds since the Unix epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Where nobody knows which backend of the Service was meant: all that others were led to are asked for. */
  readonly needsBackends: boolean;
}

/** An agent sends its node's state at least so often. */
const READING_EVERY_MS = 60_000;
/** And a change so long after it happened, at the latest. */
const READING_LATE_MS = 6000;
const SLACK_MS = 15_000;

/** Which readings tell of a path's broken place; undefined where there is none, or none could tell. */
export function placeToDiagnose(connection: PathConnection, path: Path): PlaceToDiagnose | undefined {
  const place = placeOf(connection, path);
  if (place === undefined) return undefined;
  const { before, after, atMs } = place;
  return {
    nodes: [...new Set([before.node, after?.node ?? before.node])],
    fromMs: atMs - READING_EVERY_MS - SLACK_MS,
    toMs: atMs + SLACK_MS,
    needsBackends: place.broken.direction === "forward" && connection.server.kind === "service",
  };
}

/**
 * What the state of the nodes on both sides of a broken place says of the cause: routes, neighbours, tunnel entries, MTUs,
 * conntrack, and counters that rose meanwhile.
 *
 * @param readings of the nodes and times that {@link placeToDiagnose} asks for, in any order
 * @param backends addresses that the Service is known to lead to, where it asks for them
 */
export function diagnosePlace(
  connection: PathConnection,
  path: Path,
  readings: readonly NodeReading[],
  backends: readonly string[],
): Evidence[] {
  const place = placeOf(connection, path);
  if (place === undefined) return [];
  const { broken, before, after } = place;
  const isInside = after === undefined ? before.crossing === "in" : after.node === before.node;
  const evidence = isInside
    ? insideEvidence(connection, place, readings, backends)
    : wireEvidence(connection, place, readings);
  const passed = rising(place, readings, before, "send");
  const missed = after === undefined ? [] : rising(place, readings, after, "receive");
  if (broken.missing !== "payload") evidence.push(...passed, ...missed);
  return evidence;
}

interface Place {
  readonly broken: BrokenPlace;
  /** What passed its hops does not say for certain that something is lost. */
  readonly isSuspected: boolean;
  readonly before: PathHop;
  readonly after: PathHop | undefined;
  /** When the last hop that saw it saw packets: first, and last. Milliseconds since the Unix epoch by its node's clock. */
  readonly sinceMs: number;
  readonly atMs: number;
  /** Layer 3 and 4, of a packet with payload. */
  readonly headerBytes: number;
}

function placeOf(connection: PathConnection, path: Path): Place | undefined {
  const broken = path.broken ?? path.suspected;
  if (broken === null || broken.lastSeen === null) return undefined;
  const { hops } = path[broken.direction];
  const before = hops[broken.lastSeen];
  if (before?.lastSeenUs == null || before.firstSeenUs === null) return undefined;
  const after = broken.firstSilent === null ? undefined : hops[broken.firstSilent];
  return {
    broken,
    isSuspected: path.broken === null,
    before,
    after,
    sinceMs: before.firstSeenUs / 1000,
    atMs: before.lastSeenUs / 1000,
    headerBytes: headerBytes(connection),
  };
}

/** What was so when the last packets came: the last reading before them, and those in which a change before them may show late. */
function readingsAt({ atMs }: Place, readings: readonly NodeReading[], node: string): NodeReading[] {
  const own = readings.filter((one) => one.node === node).sort((a, b) => a.readAtMs - b.readAtMs);
  const before = own.findLast(({ readAtMs }) => readAtMs <= atMs);
  const after = own.filter(({ readAtMs }) => readAtMs > atMs && readAtMs <= atMs + READING_LATE_MS);
  return [...(before === undefined ? [] : [before]), ...after];
}

/** The packets came to a node and did not leave it. */
function insideEvidence(
  connection: PathConnection,
  place: Place,
  readings: readonly NodeReading[],
  backends: readonly string[],
): Evidence[] {
  const { broken, before } = place;
  const { node } = before;
  const [, to] = endsOf(connection, broken.direction);
  const isService = broken.direction === "forward" && to.kind === "service";
  const targets = isService ? backends : [to.address];
  const packetBytes = largestPacket(place, readings);
  const relevant = readingsAt(place, readings, node);
  const evidence: Evidence[] = [];
  const devices = new Set<string>();
  for (const reading of relevant) {
    const earlier = readings.filter((one) => one.node === node && one.readAtMs < reading.readAtMs);
    for (const target of targets) {
      const isPod = isService || to.kind === "pod";
      const found = checkForwarding(reading, { target, isPod, packetBytes, earlier });
      evidence.push(...found.evidence);
      for (const device of found.devices) devices.add(device);
    }
  }
  evidence.push(...conntrackEvidence(place, readings));
  for (const device of devices) evidence.push(...interfaceRise(place, readings, node, device, "send"));
  if (evidence.length === 0 && relevant.length > 0 && targets.length > 0)
    evidence.push({ kind: "place-in-order", node });
  return evidence;
}

/** The packets left a node and did not come to the next. */
function wireEvidence(
  connection: PathConnection,
  place: Place,
  readings: readonly NodeReading[],
): Evidence[] {
  const { before, after } = place;
  if (after === undefined) return [];
  const overhead =
    before.encapsulation === "vxlan" ? (before.outerSource?.includes(":") === true ? 70 : 50) : 0;
  const packetBytes = largestPacket(place, readings) + overhead;
  const tooSmall = readingsAt(place, readings, after.node).flatMap(({ node, state }): Evidence[] =>
    state.interfaces
      .filter(({ role, up, mtu }) => role === "uplink" && up && mtu < packetBytes)
      .map(({ name, mtu }) => ({ kind: "mtu", node, interface: name, mtu, packetBytes })),
  );
  // It left the node, but not by the tunnel: by the default route, where its own is missing.
  const [, to] = endsOf(connection, place.broken.direction);
  const isAstray = before.encapsulation === "none" && to.kind === "pod";
  const astray = isAstray ? readingsAt(place, readings, before.node) : [];
  const question = { target: to.address, isPod: true, packetBytes: 0, earlier: [] };
  const routes = astray
    .flatMap((reading) => checkForwarding(reading, question).evidence)
    .filter(({ kind }) => kind === "no-route");
  return [...routes, ...tooSmall];
}

/** New connections find no place: the table is full, or packets were dropped for that while these were sent. */
function conntrackEvidence(place: Place, readings: readonly NodeReading[]): Evidence[] {
  const { broken, before } = place;
  if (broken.missing !== "everything") return [];
  const { node } = before;
  const tables = readingsAt(place, readings, node).flatMap(({ state: { conntrack } }) => conntrack ?? []);
  const isFull = tables.some(({ entries, limit }) => limit > 0 && entries >= limit);
  const droppedPackets = rise(place, readings, node, ({ conntrack }) => conntrack?.dropped);
  if (!isFull && droppedPackets === 0) return [];
  const limit = Math.max(0, ...tables.map((table) => table.limit));
  return [{ kind: "conntrack-full", node, droppedPackets, limit }];
}

/** Frames that the hop's own interfaces lost meanwhile, in the direction of the packets. */
function rising(
  place: Place,
  readings: readonly NodeReading[],
  hop: PathHop,
  way: "send" | "receive",
): Evidence[] {
  const names =
    hop.interfaces.length > 0
      ? hop.interfaces
      : readingsAt(place, readings, hop.node).flatMap(({ state }) =>
          state.interfaces
            .filter(({ role }) => role === hop.role && role === "uplink")
            .map(({ name }) => name),
        );
  // What came in by an interface was not lost there, and what left by it was not either.
  if (way === "send" && hop.crossing === "in") return [];
  if (way === "receive" && hop.crossing === "out") return [];
  return [...new Set(names)].flatMap((name) => interfaceRise(place, readings, hop.node, name, way));
}

function interfaceRise(
  place: Place,
  readings: readonly NodeReading[],
  node: string,
  name: string,
  way: "send" | "receive",
): Evidence[] {
  const frames = rise(place, readings, node, ({ interfaces }) => {
    const found = interfaces.find((one) => one.name === name);
    if (found === undefined) return undefined;
    return way === "send" ? found.sendDropped + found.sendErrors : found.receiveDropped + found.receiveErrors;
  });
  return frames === 0 ? [] : [{ kind: "interface-drops", node, interface: name, frames }];
}

/** By how much a counter rose from before the packets to shortly after. */
function rise(
  { sinceMs, atMs }: Place,
  readings: readonly NodeReading[],
  node: string,
  counterOf: (state: NodeReading["state"]) => number | undefined,
): number {
  const own = readings
    .filter((one) => one.node === node && one.readAtMs <= atMs + READING_LATE_MS)
    .sort((a, b) => a.readAtMs - b.readAtMs);
  const before = own.findLast(({ readAtMs }) => readAtMs <= sinceMs) ?? own[0];
  const last = own.at(-1);
  if (before === undefined || last === undefined) return 0;
  // A counter that fell was set to zero meanwhile.
  return Math.max(0, (counterOf(last.state) ?? 0) - (counterOf(before.state) ?? 0));
}

/** TCP with timestamps, as nearly all send it (RFC 7323). */
function headerBytes({ protocol, client }: PathConnection): number {
  return (client.address.includes(":") ? 40 : 20) + (protocol === "tcp" ? 32 : 8);
}

/**
 * Layer-3 bytes of the packets with payload: on average, of which super-frames count as the segments that they stand for. Where
 * for certain just those do not come through, as many as their sender's interface takes.
 */
function largestPacket(place: Place, readings: readonly NodeReading[]): number {
  const { before, broken, isSuspected } = place;
  const { payloadBytes, payloadPackets, superFrames, superFrameSegments } = before.counters;
  if (payloadPackets === 0) return 0;
  const segments = payloadPackets - superFrames + superFrameSegments;
  const average = Math.ceil(payloadBytes / segments) + place.headerBytes;
  if (broken.missing !== "payload" || before.role !== "pod") return average;
  const mtus = readingsAt(place, readings, before.node).flatMap(({ state }) =>
    state.interfaces.filter(({ name }) => before.interfaces.includes(name)).map(({ mtu }) => mtu),
  );
  // Super-frames that do not say how many segments they stand for are no packets.
  if (isSuspected) return Math.min(average, ...mtus);
  return Math.max(average, ...mtus);
}
