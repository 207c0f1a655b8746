import { type Capture, type CapturedFrame, directionOf, START_S } from "./capture.js";
import { DNS_A, DNS_AAAA, type DnsFields, dns, dnsOverTcp } from "./dns.js";
import { ipv4, ipv6 } from "./ip.js";
import { ethernet } from "./link-layers.js";
import type { SeededRandom } from "./seeded-random.js";
import { tcp, udp } from "./transports.js";

const DNS_PORT = 53;
const FIRST_CLIENT_PORT = 34_000;
const NAMES = ["web.shop.svc.cluster.local", "db.shop.svc.cluster.local", "example.com", "x.example.com"];
const RESPONSE_CODES = [0, 0, 0, 0, 2, 3];
const LONGEST_LATENCY_US = 1_500_000;
const FROM_ONE_QUESTION_TO_THE_NEXT_US = 40_000;

/** Questions of a few clients, each from a port of its own, with answers that take their time, overtake each other, or never come. */
export function dnsTraffic(random: SeededRandom, questions: number): Capture {
  const frames = Array.from({ length: questions }, (_, i) => exchange(random, i)).flat();
  return { name: "DNS by lot", frames: frames.sort((a, b) => a.timeUs - b.timeUs) };
}

function exchange(random: SeededRandom, number: number): CapturedFrame[] {
  const askedUs = START_S * 1e6 + number * FROM_ONE_QUESTION_TO_THE_NEXT_US;
  const question = {
    id: random.below(65_536),
    name: random.pick(NAMES),
    type: random.pick([DNS_A, DNS_AAAA]),
  };
  const answer = { ...question, isResponse: true, responseCode: random.pick(RESPONSE_CODES) };
  const route = {
    client: random.between(1, 4),
    clientPort: FIRST_CLIENT_PORT + number,
    isIpv6: random.once(3),
    isTcp: random.once(4),
  };
  const asked = dnsFrame(question, route, askedUs);
  if (random.once(6)) return [asked];
  return [asked, dnsFrame(answer, route, askedUs + random.between(1, LONGEST_LATENCY_US))];
}

interface Route {
  readonly client: number;
  readonly clientPort: number;
  readonly isIpv6: boolean;
  readonly isTcp: boolean;
}

function dnsFrame(
  fields: DnsFields,
  { client, clientPort, isIpv6, isTcp }: Route,
  timeUs: number,
): CapturedFrame {
  const isAnswer = fields.isResponse ?? false;
  const message = dns(fields);
  const ports = isAnswer
    ? { sourcePort: DNS_PORT, destinationPort: clientPort }
    : { sourcePort: clientPort, destinationPort: DNS_PORT };
  const transport = isTcp ? tcp({ ...ports, flags: 0x18 }, dnsOverTcp(message)) : udp(ports, message);
  const [own, server] = isIpv6 ? [`fd00::${client}`, "fd00::53"] : [`10.244.1.${client}`, "10.96.0.53"];
  const addresses = isAnswer ? { source: server, destination: own } : { source: own, destination: server };
  const packet = isIpv6 ? ipv6(addresses, transport) : ipv4(addresses, transport);
  return { frame: ethernet({}, packet), timeUs, direction: directionOf(!isAnswer) };
}
