import type {
  BrokenPlace,
  ConnectionPath,
  PathDirection as DirectionAnswer,
  End,
  PathHop as HopAnswer,
  PathSegment,
} from "@hopline/api";
import {
  type BrokenPlace as Broken,
  type Evidence,
  evidenceText,
  noFigureText,
  type Path,
  type PathConnection,
  type PathDirection,
  type PathEnd,
  type PathHop,
  type Segment,
  tracePath,
} from "@hopline/path";
import type { ConnectionWindows } from "@hopline/store";

/**
 * The path of a connection as the API gives it.
 *
 * @param drops what rules say that they dropped of it
 * @param findEvidence what else is known of the broken place that its rows do not tell
 */
export async function pathAnswer(
  windows: ConnectionWindows,
  drops: readonly Evidence[],
  findEvidence: (connection: PathConnection, path: Path) => Promise<Evidence[]>,
): Promise<ConnectionPath> {
  const { range, readAtMs, connection, rows, completeness, nodeShiftsUs } = windows;
  const { protocol, service, translation, outcome, client, server } = connection;
  const known: PathConnection = {
    protocol,
    client: pathEnd(client),
    server: pathEnd(server),
    translation,
    dialled:
      service === null
        ? null
        : { name: `${service.namespace}/${service.name}`, address: service.address, port: service.port },
    outcome,
  };
  const trace = (evidence: readonly Evidence[]) =>
    tracePath(known, rows, completeness, evidence, { nowMs: readAtMs, nodeShiftsUs });
  const first = trace(drops);
  const isWhole = first.broken === null && first.suspected === null;
  const path = isWhole ? first : trace([...drops, ...(await findEvidence(known, first))]);
  return {
    range,
    connection,
    forward: directionAnswer(path.forward),
    reply: directionAnswer(path.reply),
    broken: path.broken === null ? null : brokenAnswer(path.broken),
  };
}

const END_KINDS = {
  workload: "pod",
  node: "host",
  external: "outside",
  service: "service",
  unknown: "unknown",
} as const;

function pathEnd({ entity, pod, node, address, port }: End): PathEnd {
  const named =
    entity.namespace === "" ? entity.name : `${entity.namespace}/${pod === "" ? entity.name : pod}`;
  return { kind: END_KINDS[entity.kind], node, address, port, name: named };
}

function directionAnswer({ hops, segments, receiverUs }: PathDirection): DirectionAnswer {
  return { hops: hops.map(hopAnswer), segments: segments.map(segmentAnswer), receiver: receiverUs };
}

function hopAnswer(hop: PathHop): HopAnswer {
  const { counters } = hop;
  return {
    node: hop.node,
    role: hop.role,
    crossing: hop.crossing,
    inside: hop.inside,
    state: hop.state,
    interfaces: [...hop.interfaces],
    packets: counters.packets,
    bytes: counters.bytes,
    payloadBytes: counters.payloadBytes,
    retransmittedBytes: counters.retransmittedBytes,
    outOfOrderBytes: counters.outOfOrderBytes,
    gapBytes: counters.gapBytes,
    firstSeen: hop.firstSeenUs === null ? null : hop.firstSeenUs / 1000,
    lastSeen: hop.lastSeenUs === null ? null : hop.lastSeenUs / 1000,
    handshakeUs: hop.handshakeUs,
    dataRoundTripUs: hop.dataRoundTripUs,
    encapsulation: hop.encapsulation,
    outerSource: hop.outerSource,
    outerDestination: hop.outerDestination,
    vni: hop.vni,
  };
}

function segmentAnswer({ loss, ...segment }: Segment): PathSegment {
  const { windows, why, ...figures } = loss;
  return {
    ...segment,
    loss: {
      ...figures,
      why: why.map((code) => ({ code, text: noFigureText(code) })),
      measuredWindows: windows.measured,
      leftOutWindows: windows.leftOut,
    },
  };
}

function brokenAnswer({ evidence, ...broken }: Broken): BrokenPlace {
  return {
    ...broken,
    evidence: evidence.map((one) => ({ code: one.kind, text: evidenceText(one) })),
  };
}
