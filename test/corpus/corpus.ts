import type { Capture } from "./capture.js";
import { conversationCaptures } from "./conversation-captures.js";
import { damagedCaptures } from "./damaged-captures.js";
import { dnsTraffic } from "./dns-traffic.js";
import { linkCaptures } from "./link-captures.js";
import { networkCaptures } from "./network-captures.js";
import { randomCaptures } from "./random-captures.js";
import { SeededRandom } from "./seeded-random.js";
import { transportCaptures } from "./transport-captures.js";
import { tunnelCaptures } from "./tunnel-captures.js";

export const DEFAULT_SEED = 20_251_121;
const RANDOM_FRAMES = 300;
const DNS_QUESTIONS = 40;

/** Sound frames of every protocol. */
export function protocolCaptures(seed: number = DEFAULT_SEED): Capture[] {
  const random = new SeededRandom(seed);
  return [
    ...linkCaptures(random),
    ...networkCaptures(random),
    ...transportCaptures(random),
    ...tunnelCaptures(random),
    ...randomCaptures(random, RANDOM_FRAMES),
  ];
}

/** Everything that a decoder meets. The same seed gives the same bytes. */
export function corpus(seed: number = DEFAULT_SEED): Capture[] {
  const random = new SeededRandom(seed + 1);
  return [
    ...protocolCaptures(seed),
    ...conversationCaptures(random),
    dnsTraffic(random, DNS_QUESTIONS),
    ...damagedCaptures(random),
  ];
}
