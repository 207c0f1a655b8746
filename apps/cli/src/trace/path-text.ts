import {
  type BrokenPlace,
  type ConnectionPath,
  icmpErrorText,
  type LatencyCell,
  type LossFigure,
  type PathDirection,
  type PathHop,
  type PathSegment,
  type UsualLatency,
  usualLatency,
} from "@hopline/api";
import { endsText } from "../connection-text.js";
import { bytesText, durationText } from "../quantities.js";

const WIDTH = 80;
const NAME_WIDTH = 18;

/**
 * A path from top to bottom, for 80 columns; names that are longer make a line longer.
 *
 * @param usual what segments cost other connections before this one began
 */
export function pathText(path: ConnectionPath, usual: readonly LatencyCell[] = []): string {
  const { connection, broken } = path;
  const { protocol, client, server } = endsText(connection);
  const { service, translation, outcome } = connection;
  const dialled = service === null ? [] : [`by service ${service.namespace}/${service.name}`];
  const translated = !translation.includes("nat") ? [] : [`translated by ${translation}`];
  const head = [`${protocol} ${client} to ${server}`, ...dialled, ...translated].join(", ");
  const lines = [...wrapped(`${head}: ${outcome}`), ...wrapped(broken?.sentence ?? wholeText(path))];
  for (const direction of ["forward", "reply"] as const) {
    const along = path[direction];
    if (along.hops.length === 0) continue;
    const place = broken?.direction === direction ? broken : null;
    lines.push(
      "",
      direction === "forward" ? "To the server" : "To the client",
      ...directionLines(along, place, usual),
    );
  }
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function wholeText({ connection, forward, reply }: ConnectionPath): string {
  const waits = [...forward.hops, ...reply.hops].some(({ state }) => state === "waiting");
  if (waits && connection.outcome !== "delivered")
    return "Not all hops have reported yet: ask again in some seconds.";
  const { icmpError } = connection;
  return icmpError === null
    ? "Nothing is missing on the way."
    : `Nothing is missing on the way; of some packets ${icmpErrorText(icmpError)}.`;
}

function directionLines(
  direction: PathDirection,
  broken: BrokenPlace | null,
  usual: readonly LatencyCell[],
): string[] {
  const { hops, segments, receiver } = direction;
  const linesOf = (segment: PathSegment) => segmentLines(segment, usualLatency(direction, segment, usual));
  const nameWidth = Math.max(...hops.map((hop) => hop.node.length));
  const interfaceWidth = Math.max(...hops.map((hop) => interfaceText(hop).length));
  const lines: string[] = [];
  for (const [index, hop] of hops.entries()) {
    const before = segments.find(({ to }) => to === index);
    if (before !== undefined) lines.push(...linesOf(before));
    const place = `${hop.node.padEnd(nameWidth)}  ${hop.role.padEnd(6)}  ${hop.crossing.padEnd(3)}  ${interfaceText(hop).padEnd(interfaceWidth)}`;
    lines.push(`  ${place}  ${hopText(hop)}`);
    if (broken !== null && broken.lastSeen === index)
      lines.push(
        broken.firstSilent === null ? "  X  BROKEN HERE: no answer from beyond" : "  X  BROKEN HERE",
      );
  }
  const last = segments.find(({ to }) => to === null);
  if (last !== undefined) lines.push(...linesOf(last));
  const own = receiver.dataUs ?? receiver.handshakeUs;
  if (own !== null) lines.push(`  |  ${"receiver".padEnd(NAME_WIDTH)}${durationText(own)}`);
  return lines;
}

function interfaceText({ interfaces }: PathHop): string {
  return interfaces.join(",") || "-";
}

const STATES: Readonly<Record<Exclude<PathHop["state"], "seen">, string>> = {
  silent: "SILENT: nothing came here",
  unreached: "not reached",
  waiting: "not reported yet",
  uncertain: "unknown: not counted here",
  unwatched: "no agent here",
};

function hopText(hop: PathHop): string {
  if (hop.state !== "seen") return STATES[hop.state];
  const tunnel =
    hop.encapsulation === "none" ? "" : `  ${hop.encapsulation}${hop.vni === null ? "" : ` ${hop.vni}`}`;
  const again = hop.retransmittedBytes === 0 ? "" : `  ${bytesText(hop.retransmittedBytes)} again`;
  return `${hop.packets} pkt  ${bytesText(hop.payloadBytes)}${again}${tunnel}`;
}

/** What a segment loses and costs, beside its name. */
function segmentLines(
  { kind, loss, latency, from, to }: PathSegment,
  usual: UsualLatency | undefined,
): string[] {
  const name = from === null || to === null ? `${kind}, one end` : kind;
  const cost = latency.dataUs ?? latency.handshakeUs;
  const figures = [...(cost === null ? [] : [`+${durationText(cost)}`]), lossText(loss)].join("  ");
  const indent = "".padEnd(NAME_WIDTH);
  const width = WIDTH - NAME_WIDTH - 5;
  const habit = cost === null || usual === undefined ? [] : [usualText(usual)];
  return [figures, ...habit]
    .flatMap((text) => wrapped(text, width))
    .map((line, index) => `  |  ${index === 0 ? name.padEnd(NAME_WIDTH) : indent}${line}`);
}

/** "SLOW: usually p50 +60 µs, p95 +90 µs, p99 +120 µs" */
function usualText({ isSlow, p50, p95, p99 }: UsualLatency): string {
  const quantiles = `p50 +${durationText(p50)}, p95 +${durationText(p95)}, p99 +${durationText(p99)}`;
  return isSlow ? `SLOW: usually ${quantiles}` : `usually ${quantiles}`;
}

/** "loss 0.96 % (0.81 to 1.10)"; "loss unknown: too few packets for a figure". */
function lossText({ payload, empty, why, basis, missingPayloadBytes }: PathSegment["loss"]): string {
  const figure = payload ?? empty;
  if (figure === null) {
    const missing = missingPayloadBytes > 0 ? `, ${bytesText(missingPayloadBytes)} missing` : "";
    return `loss unknown: ${why.map(({ text }) => text).join(", ") || "nothing was measured"}${missing}`;
  }
  const atMost = basis === "single-ended" ? "at most " : "";
  const what = payload === null ? " of packets without payload" : "";
  return `loss ${atMost}${percent(figure.ratio)} %${what} (${range(figure)})`;
}

function range({ low, high }: LossFigure): string {
  return `${percent(low)} to ${percent(high)}`;
}

function percent(ratio: number): string {
  return (ratio * 100).toFixed(ratio > 0 && ratio < 0.001 ? 3 : 2);
}

/** Words in lines of at most so many columns. */
function wrapped(text: string, width = WIDTH): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}
