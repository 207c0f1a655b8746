import { execFileSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { LabBed, windowEdge } from "./lab-bed.mjs";
import { runDelayCase, tellDelays } from "./loss-delay.mjs";
import { BenchError, compiled, figure, installed, round, say, table } from "./run.mjs";

const PROBABILITIES = [0.001, 0.005, 0.01, 0.05, 0.2];
const PROTOCOLS = ["tcp", "udp"];
/** Which way of node1's uplink loses, and so who sends to whom. */
const WAYS = [
  { direction: "out", source: "node1", destination: "node2" },
  { direction: "in", source: "node2", destination: "node1" },
];
const RATE_BITS = 100e6;
const UDP_PAYLOAD_BYTES = 1400;
const TCP_STREAMS = 4;
const QUIET_MS = 1500;
/** From a window's end until its figures stand: agents close it, the collector counts it as settled. */
const SETTLED_MS = 25_000;
/** Measured within this share of the true figure, or so many of its points. */
const TOLERANCE = 0.02;
const TOLERANCE_POINTS = 0.01;
/** No other segment may show more, percent. */
const NOISE_PERCENT = 0.01;
const ATTEMPTS = 3;

/**
 * Loss, and then delay, that the lab injects on the wire, against what the API says of it: the truth is what the fault's own rule has counted, in
 * bytes of layer-4 payload, over the same packets; of delay, what the bench's own exchanges took more than without it.
 *
 * @param {{quick: boolean}} options quick: 20 s a case instead of two minutes
 */
export async function benchLoss({ quick }) {
  if (!installed([{ name: "iperf3", command: "iperf3" }]).has("iperf3"))
    throw new BenchError("iperf3 is not installed, and could not be");
  const seconds = quick ? 20 : 120;
  const bed = new LabBed();
  try {
    say("starting a lab of two nodes, its agents and a collector");
    await bed.start();
    for (const { destination } of WAYS) sinkUdp(bed, destination);
    // The agents' first windows are not whole.
    await windowEdge((await windowEdge()) + 1);
    const results = [];
    for (let left = allCases(), attempt = 1; left.length > 0 && attempt <= ATTEMPTS; attempt++) {
      const judged = await runCases(bed, left, seconds);
      // Windows in which the capture lost frames are left out of the figure, and the rule cannot leave them out.
      const isLast = attempt === ATTEMPTS;
      left = judged.filter(({ leftOut }) => leftOut > 0 && !isLast).map(({ one }) => one);
      for (const { one, line, leftOut } of judged) {
        if (leftOut > 0 && !isLast) say(`${nameOf(one)}: ${leftOut} windows were incomplete; once more`);
        else results.push(line);
      }
    }
    const delays = [];
    for (const one of WAYS) {
      say(`delay ${one.direction}`);
      delays.push(...(await runDelayCase(bed, one, seconds, SETTLED_MS)));
    }
    for (const line of [...results, ...delays]) figure(line);
    table([
      ["fault", "protocol", "true %", "measured %", "segment", "nodes", "ok"],
      ...results.map((line) => [
        line.fault,
        line.proto,
        line.truePercent,
        line.measuredPercent ?? "unknown",
        line.segment ?? "none",
        line.nodePair ?? "none",
        line.ok,
      ]),
    ]);
    tellDelays(delays);
    return [...results, ...delays].every(({ ok }) => ok);
  } finally {
    await bed.remove();
  }
}

function allCases() {
  return PROBABILITIES.flatMap((probability) =>
    PROTOCOLS.flatMap((proto) => WAYS.map((way) => ({ probability, proto, way }))),
  );
}

function nameOf({ probability, proto, way }) {
  return `${probability * 100} % ${way.direction}, ${proto}`;
}

/** One after the other; each is looked up when its windows are settled, while the next ones run. */
async function runCases(bed, cases, seconds) {
  const lookups = [];
  for (const [number, one] of cases.entries()) {
    say(`${number + 1} of ${cases.length}: ${nameOf(one)}`);
    const run = await runCase(bed, one, seconds);
    lookups.push(lookUp(bed, one, run));
  }
  return Promise.all(lookups);
}

/** The fault holds from one window's edge to another's, and the traffic runs in between: rule and windows see the same packets. */
async function runCase(bed, { probability, proto, way }, seconds) {
  const from = await windowEdge();
  const { id } = await bed.lab("POST", "/fault-add", {
    kind: "drop-uplink",
    node: "node1",
    direction: way.direction,
    probability,
  });
  await (proto === "tcp" ? sendTcp : sendUdp)(bed, way, seconds);
  const to = await windowEdge(Date.now() + QUIET_MS);
  const [{ reading }] = await bed.lab("POST", "/fault-remove", { id });
  return { from, to, reading };
}

async function lookUp(bed, one, { from, to, reading }) {
  await delay(Math.max(0, to + SETTLED_MS - Date.now()));
  const { source, destination } = one.way;
  const isInjected = (cell) =>
    cell.segment === "wire" && cell.sourceNode === source && cell.destinationNode === destination;
  const { cells } = await bed.askUntil(
    "/api/v1/loss",
    { from, to },
    (answer) => answer.cells.find(isInjected)?.leftOutWindows === 0,
  );
  const known = cells
    .filter(({ payload }) => payload !== null)
    .sort((a, b) => b.payload.low - a.payload.low || b.payload.ratio - a.payload.ratio);
  const [worst] = known;
  const injected = cells.find(isInjected);
  const truePercent = (reading.dropped.payloadBytes / reading.matched.payloadBytes) * 100;
  const measuredPercent =
    injected === undefined || injected.payload === null ? null : injected.payload.ratio * 100;
  const others = known.filter((cell) => !isInjected(cell));
  const ok =
    measuredPercent !== null &&
    worst === injected &&
    Math.abs(measuredPercent - truePercent) <= Math.max(truePercent * TOLERANCE, TOLERANCE_POINTS) &&
    others.every(({ payload }) => payload.ratio * 100 <= NOISE_PERCENT);
  const line = {
    bench: "loss",
    fault: `drop-uplink ${round(one.probability * 100)} % ${one.way.direction}`,
    proto: one.proto,
    truePercent: round(truePercent, 4),
    measuredPercent: measuredPercent === null ? null : round(measuredPercent, 4),
    segment: worst?.segment ?? null,
    nodePair: worst === undefined ? null : `${worst.sourceNode} to ${worst.destinationNode}`,
    ok,
    seconds: (to - from) / 1000,
    trueBytes: reading.matched.payloadBytes,
    measuredBytes: injected?.sentPayloadBytes ?? null,
    otherPercent: round(Math.max(0, ...others.map(({ payload }) => payload.ratio * 100)), 3),
    ...(injected?.why == null ? {} : { why: injected.why.code }),
  };
  return { one, line, leftOut: injected?.leftOutWindows ?? 0 };
}

async function sendTcp(bed, { source, destination }, seconds) {
  const port = "5201";
  const server = bed.startIn(destination, ["iperf3", "-s", "-p", port]);
  await delay(300);
  const { address } = bed.pods.get(destination);
  const rate = `${Math.round(RATE_BITS / TCP_STREAMS)}`;
  const client = bed.startIn(source, [
    ...["iperf3", "-c", address, "-p", port, "-P", `${TCP_STREAMS}`, "-b", rate],
    // It ends with the case, whatever its control connection has lost.
    ...["-t", `${seconds * 2}`],
  ]);
  await delay(seconds * 1000);
  // The server first: what still comes is answered by RST, and nothing goes on in the kernel.
  await bed.stop(server, "SIGKILL");
  await bed.stop(client, "SIGKILL");
}

async function sendUdp(bed, { source, destination }, seconds) {
  const rate = Math.round(RATE_BITS / 8 / UDP_PAYLOAD_BYTES);
  const { address } = bed.pods.get(destination);
  const arguments_ = [address, `${seconds}`, `${UDP_PAYLOAD_BYTES}`, "8", `${rate}`];
  const sender = bed.startIn(source, [compiled("udp-sender"), ...arguments_]);
  await new Promise((resolve) => sender.once("exit", resolve));
}

/** What the sender sends to nobody would be answered by ICMP errors. */
function sinkUdp(bed, node) {
  const { netns } = bed.pods.get(node);
  const rule = ["iptables", "-A", "INPUT", "-p", "udp", "--dport", "9999", "-j", "DROP"];
  execFileSync("ip", ["netns", "exec", netns, ...rule]);
}
