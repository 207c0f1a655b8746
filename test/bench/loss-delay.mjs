import { setTimeout as delay } from "node:timers/promises";
import { windowEdge } from "./lab-bed.mjs";
import { BenchError, compiled, median, round, table } from "./run.mjs";

const PORT = 7007;
/** That many probe side by side. */
const PROBES = 4;
const RATE_KBIT = 100_000;
const QUEUE_MS = 60;
const LOAD_PAYLOAD_BYTES = 1400;
/** With the headers of UDP, IPv4, Ethernet, VXLAN, UDP, IPv4 and Ethernet. */
const LOAD_FRAME_BYTES = LOAD_PAYLOAD_BYTES + 8 + 20 + 14 + 8 + 8 + 20 + 14;
/** A little more than passes: the queue is always full, and each packet waits about as long. */
const LOAD_PER_SECOND = Math.round(((RATE_KBIT * 1000) / 8 / LOAD_FRAME_BYTES) * 1.02);
const FILLING_MS = 4000;
const QUIET_MS = 1500;
/** Measured within this share of the true figure; and no other segment may show more than this share of it. */
const TOLERANCE = 0.1;
const NOISE = 0.05;

/**
 * A token bucket on the wire, kept full by a load of UDP; small connections beside it say what they wait, and so does the API of
 * them alone.
 */
export async function runDelayCase(bed, way, seconds, settledMs) {
  const server = bed.startIn(way.destination, [compiled("ping-pong"), "serve", `${PORT}`]);
  await delay(1000);
  const without = await probe(bed, way, 5);
  const { id } = await bed.lab("POST", "/fault-add", {
    ...{ kind: "delay", node: "node1", direction: way.direction },
    ...{ rateKbit: RATE_KBIT, queueMs: QUEUE_MS },
  });
  const load = startLoad(bed, way, seconds * 3);
  await delay(FILLING_MS);
  const from = await windowEdge();
  await delay(200);
  const slowed = await probe(bed, way, seconds);
  const to = await windowEdge(Date.now() + QUIET_MS);
  for (const child of [load, server]) await bed.stop(child, "SIGKILL");
  await bed.lab("POST", "/fault-remove", { id });
  await delay(Math.max(0, to + settledMs - Date.now()));
  const { cells, overall } = await bed.askUntil(
    "/api/v1/latency",
    { from, to, port: PORT },
    (answer) => answer.overall.find(isWire)?.handshake?.count >= slowed.connect.length,
  );
  return [
    { of: "handshake", own: "connect" },
    { of: "data", own: "exchange" },
  ].map(({ of, own }) =>
    lineOf({ way, of, cells, overall, trueMs: median(slowed[own]) - median(without[own]) }),
  );
}

function lineOf({ way, of, cells, overall, trueMs }) {
  const [slowest] = [...cells].sort((a, b) => medianMs(b, of) - medianMs(a, of));
  const wire = overall.find(isWire);
  const measuredMs = wire === undefined ? null : medianMs(wire, of);
  const others = overall.filter((one) => !isWire(one)).map((one) => medianMs(one, of));
  const otherMs = Math.max(0, ...others);
  return {
    ...{ bench: "latency", fault: `delay ${way.direction}`, proto: "tcp", of },
    ...{ trueMs: round(trueMs), measuredMs: measuredMs === null ? null : round(measuredMs) },
    segment: slowest?.segment ?? null,
    // A round trip takes the wire both ways.
    nodePair:
      slowest === undefined ? null : [slowest.sourceNode, slowest.destinationNode].sort().join(" and "),
    ok:
      slowest?.segment === "wire" &&
      measuredMs !== null &&
      Math.abs(measuredMs - trueMs) <= trueMs * TOLERANCE &&
      others.length > 0 &&
      otherMs <= trueMs * NOISE,
    otherMs: round(otherMs),
  };
}

function medianMs(one, of) {
  return (one[of]?.p50 ?? 0) / 1000;
}

function isWire({ segment }) {
  return segment === "wire";
}

export function tellDelays(lines) {
  table([
    ["fault", "of", "true ms", "measured ms", "segment", "nodes", "other ms", "ok"],
    ...lines.map((line) => [
      line.fault,
      line.of,
      line.trueMs,
      line.measuredMs ?? "unknown",
      line.segment ?? "none",
      line.nodePair ?? "none",
      line.otherMs,
      line.ok,
    ]),
  ]);
}

function startLoad(bed, { source, destination }, seconds) {
  const { address } = bed.pods.get(destination);
  const load = [address, `${seconds}`, `${LOAD_PAYLOAD_BYTES}`, "1", `${LOAD_PER_SECOND}`];
  // Before other processes, so that the queue does not run empty while it waits for its turn.
  return bed.startIn(source, ["chrt", "--fifo", "40", compiled("udp-sender"), ...load]);
}

/** What each of the small connections took to open, and the mean of the exchanges of those that lost nothing; milliseconds. */
async function probe(bed, { source, destination }, seconds) {
  const { address } = bed.pods.get(destination);
  const command = [compiled("ping-pong"), "probe", address, `${PORT}`, `${seconds}`];
  const probes = Array.from({ length: PROBES }, () => bed.startIn(source, command));
  await Promise.all(probes.map((child) => new Promise((resolve) => child.once("close", resolve))));
  const times = probes
    .flatMap(({ output }) => output.split("\n"))
    .filter((line) => line !== "")
    .map((line) => line.split(" ").map(Number));
  if (times.length === 0) throw new BenchError("no small connection came through the delay");
  return {
    connect: times.map(([open]) => open),
    exchange: times.map(([, exchange]) => exchange).filter((ms) => ms >= 0),
  };
}
