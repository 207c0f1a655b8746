import { setTimeout as delay } from "node:timers/promises";
import { BenchError, compiled, figure, installed, measured, median, round, say, table } from "./run.mjs";
import { POD_A, POD_B, POD_C, TestBed } from "./test-bed.mjs";

const SETTLE_MS = 1500;
/** Long enough for the agent to find out that it is over its budget and to sample. */
const SAMPLING_MS = 5000;
const CONNECTIONS = 256;
const NODES = ["n1", "n2"];
/** The interfaces that the agent captures by default: pods and uplinks. */
const CAPTURED = [
  ["n1", "vetha"],
  ["n1", "vethb"],
  ["n1", "wire0"],
  ["n2", "vethc"],
  ["n2", "wire0"],
];

/** What is measured under each capture: bits or packets a second. */
const PROFILES = [
  { profile: "tcp-same-node", measure: (bed, seconds) => iperf(bed, POD_B, seconds) },
  { profile: "tcp-across-nodes", measure: (bed, seconds) => iperf(bed, POD_C, seconds) },
  { profile: "udp64-saturation", measure: smallPackets, settleMs: SAMPLING_MS },
];

/**
 * What the agent costs those whom it watches: throughput with it against without any capture, and against tcpdump on the same
 * interfaces, in turn.
 *
 * @param {{seconds: number, rounds: number}} options
 */
export async function benchOverhead({ seconds, rounds }) {
  const there = installed([
    { name: "iperf3", command: "iperf3" },
    { name: "tcpdump", command: "tcpdump" },
  ]);
  if (!there.has("iperf3")) throw new BenchError("iperf3 is not installed, and could not be");
  const bed = new TestBed();
  try {
    for (const pod of [POD_B, POD_C]) bed.start(pod.name, ["iperf3", "-s"]);
    await delay(SETTLE_MS);
    const captures = {
      none: noCapture,
      agent: agents,
      ...(there.has("tcpdump") ? { tcpdump: tcpdumps } : {}),
    };
    for (const { profile, measure, settleMs = 0 } of PROFILES) {
      const figures = Object.fromEntries(Object.keys(captures).map((name) => [name, []]));
      for (let number = 1; number <= rounds; number++) {
        for (const [name, start] of Object.entries(captures)) {
          say(`${profile}, round ${number} of ${rounds}: ${name}`);
          const stop = await start(bed);
          await delay(SETTLE_MS);
          if (settleMs > 0) await measure(bed, settleMs / 1000);
          figures[name].push(await measure(bed, seconds));
          await stop();
        }
      }
      report(profile, figures);
    }
  } finally {
    await bed.remove();
  }
}

async function noCapture() {
  return async () => {};
}

async function agents(bed) {
  const started = [];
  for (const node of NODES) started.push(await bed.startAgent(node));
  return () => Promise.all(started.map((agent) => bed.stop(agent)));
}

async function tcpdumps(bed) {
  const started = CAPTURED.map(([node, name]) =>
    bed.start(node, ["tcpdump", "-i", name, "-w", "/dev/null", "-s", "128"]),
  );
  return () => Promise.all(started.map((tcpdump) => bed.stop(tcpdump)));
}

async function iperf(bed, pod, seconds) {
  const run = await measured(
    bed.within(POD_A.name, ["iperf3", "-J", "-c", pod.address, "-t", String(seconds)]),
  );
  if (run.code !== 0) throw new BenchError(`iperf3 ended with ${run.code}: ${run.output.slice(-300)}`);
  return JSON.parse(run.output).end.sum_received.bits_per_second;
}

async function smallPackets(bed, seconds) {
  const before = bed.receivedPackets(POD_B);
  const arguments_ = [POD_B.address, String(seconds), "36", String(CONNECTIONS)];
  const { code, output } = await measured(bed.within(POD_A.name, [compiled("udp-sender"), ...arguments_]));
  if (code !== 0) throw new BenchError(`the sender failed: ${output}`);
  return (bed.receivedPackets(POD_B) - before) / JSON.parse(output).seconds;
}

function report(profile, figures) {
  const middle = Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, median(values)]));
  const ratio = (name) => (middle[name] === undefined ? null : round(middle.agent / middle[name]));
  table([
    [profile, "a second", "against none"],
    ...Object.entries(middle).map(([name, value]) => [
      name,
      value.toExponential(3),
      (value / middle.none).toFixed(3),
    ]),
  ]);
  figure({ bench: "overhead", profile, ratioToNone: ratio("none"), ratioToTcpdump: ratio("tcpdump") });
}
