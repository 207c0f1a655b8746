import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BenchError, compiled, figure, installed, measured, median, round, say, table } from "./run.mjs";
import { cpuSecondsOf, POD_A, POD_B, TestBed } from "./test-bed.mjs";

const CONNECTIONS = 256;
const PROFILES = [
  { profile: "udp64", payload: 36 },
  { profile: "mixed", payload: 0 },
];
/** What the programs need to be in place, and to count what is still in their buffers. */
const SETTLE_MS = 2000;
/** Before it is measured: an agent runs for weeks, and what V8 takes to compile it is paid once. */
const WARM_SECONDS = 4;

/**
 * Pod to pod on one node, as fast as a sender goes: frames that the agent's ring dropped, and CPU a frame against nfpcapd on one
 * of the same interfaces, in turn.
 *
 * @param {{seconds: number, rounds: number}} options
 */
export async function benchLive({ seconds, rounds }) {
  const hasPeer = installed([{ name: "nfdump", command: "nfpcapd" }]).has("nfpcapd");
  const bed = new TestBed();
  try {
    for (const { profile, payload } of PROFILES) {
      const ours = [];
      const theirs = [];
      for (let number = 1; number <= rounds; number++) {
        say(`${profile}, round ${number} of ${rounds}`);
        ours.push(await agentRound(bed, payload, seconds));
        if (hasPeer) theirs.push(await peerRound(bed, payload, seconds));
      }
      report(profile, ours, theirs);
    }
  } finally {
    await bed.remove();
  }
}

/** Sends for a while. @returns packets sent and what arrived in the other pod */
async function send(bed, payload, seconds) {
  const before = bed.receivedPackets(POD_B);
  const arguments_ = [POD_B.address, String(seconds), String(payload), String(CONNECTIONS)];
  const { code, output } = await measured(bed.within(POD_A.name, [compiled("udp-sender"), ...arguments_]));
  if (code !== 0) throw new BenchError(`the sender failed: ${output}`);
  return { ...JSON.parse(output), arrived: bed.receivedPackets(POD_B) - before };
}

async function agentRound(bed, payload, seconds) {
  // Sampling would make it easy: it is asked for nothing but the whole.
  const agent = await bed.startAgent("n1", "--cpu-budget", "100");
  await delay(SETTLE_MS);
  await send(bed, payload, WARM_SECONDS);
  await delay(SETTLE_MS);
  const before = bed.metrics("n1");
  const cpuBefore = cpuSecondsOf(agent.pid);
  const sent = await send(bed, payload, seconds);
  await delay(SETTLE_MS);
  const cpu = cpuSecondsOf(agent.pid) - cpuBefore;
  const after = bed.metrics("n1");
  await bed.stop(agent);
  const grown = (name) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  const frames = grown("hopline_agent_frames_seen_total");
  return {
    frames,
    drops: grown("hopline_agent_frames_dropped_total"),
    packetsPerSecond: sent.arrived / sent.seconds,
    cpuPerFrameUs: (cpu / frames) * 1e6,
  };
}

async function peerRound(bed, payload, seconds) {
  const folder = mkdtempSync(join(tmpdir(), "hopline-bench-nfpcapd-"));
  const peer = bed.start("n1", ["nfpcapd", "-i", "vetha", "-l", folder, "-s", "128"]);
  await delay(SETTLE_MS);
  if (peer.exitCode !== null) throw new BenchError(`nfpcapd did not start: ${peer.output.slice(-300)}`);
  const cpuBefore = cpuSecondsOf(peer.pid);
  const sent = await send(bed, payload, seconds);
  await delay(SETTLE_MS);
  const cpu = cpuSecondsOf(peer.pid) - cpuBefore;
  await bed.stop(peer);
  const counted = packetsCounted(peer.output);
  rmSync(folder, { recursive: true, force: true });
  return {
    packetsPerSecond: sent.arrived / sent.seconds,
    drops: sent.arrived - counted,
    share: counted / sent.arrived,
    cpuPerFrameUs: (cpu / counted) * 1e6,
  };
}

/** What nfpcapd says that it counted, in the words with which it ends. */
function packetsCounted(output) {
  const packets = Number(/^Stat: .*\nProcessed: (\d+)/m.exec(output)?.[1] ?? 0);
  if (packets === 0) throw new BenchError(`nfpcapd counted nothing: ${output.slice(-300)}`);
  return packets;
}

/** A program that lets most packets go by is cheap for nothing: it is no measure for one that takes them all. */
const LEAST_SHARE = 0.9;

function report(profile, ours, theirs) {
  const of = (rounds, name) => median(rounds.map((one) => one[name]));
  const drops = ours.reduce((sum, one) => sum + one.drops, 0);
  const own = of(ours, "cpuPerFrameUs");
  const peer = theirs.length > 0 ? of(theirs, "cpuPerFrameUs") : undefined;
  const isComparable = peer !== undefined && of(theirs, "share") >= LEAST_SHARE;
  if (peer !== undefined && !isComparable)
    say(`nfpcapd took ${(of(theirs, "share") * 100).toFixed(1)} % of the packets: nothing to compare with`);
  table([
    [profile, "packets/s", "CPU us a frame", "drops"],
    ["hopline agent", of(ours, "packetsPerSecond").toFixed(0), own.toFixed(3), drops],
    ...(peer === undefined
      ? []
      : [
          [
            "nfpcapd -i",
            of(theirs, "packetsPerSecond").toFixed(0),
            peer.toFixed(3),
            of(theirs, "drops").toFixed(0),
          ],
        ]),
  ]);
  figure({
    bench: "live",
    profile,
    packetsPerSecond: Math.round(of(ours, "packetsPerSecond")),
    framesSeen: ours.reduce((sum, one) => sum + one.frames, 0),
    drops,
    cpuPerFrameUs: round(own),
    peerDrops: peer === undefined ? null : of(theirs, "drops"),
    cpuPerPacketVsNfpcapd: isComparable ? round(own / peer) : null,
  });
}
