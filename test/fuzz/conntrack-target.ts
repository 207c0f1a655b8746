import { isDeepStrictEqual } from "node:util";
import { emptyRecord, readConntrackLine } from "@hopline/conntrack";
import { data, type Layer } from "../corpus/layer.js";
import { mutate } from "./mutation.js";
import { type FuzzTarget, promise } from "./target.js";

const GUARD_BYTES = 32;
const WORDS = /\S+/g;

const LINES = [
  "[1795225731.951895]\t    [NEW] tcp      6 120 SYN_SENT src=10.99.0.1 dst=10.96.0.1 sport=47308 dport=80 [UNREPLIED] src=10.99.0.2 dst=10.99.0.1 sport=8080 dport=47308 id=2063025320",
  "[1795225732.226113]\t[DESTROY] udp      17 29 src=10.99.0.1 dst=10.99.0.2 sport=54776 dport=53 [UNREPLIED] src=10.99.0.2 dst=10.99.0.1 sport=53 dport=54776 id=2754573911 [USERSPACE] portid=2165650018",
  "ipv6     10 icmpv6   58 29 src=fd00::1 dst=fd00::2 type=128 code=0 id=77 src=fd00::2 dst=fd00::1 type=129 code=0 id=77 mark=0 zone=3 use=1 id=12345",
  "icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=4242 src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=4242 id=99",
  "sctp     132 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=3868 dport=3869 packets=3 bytes=400 src=10.0.0.2 dst=10.0.0.1 sport=3869 dport=3868 packets=2 bytes=300 [ASSURED] id=7",
].map(lineLayer);

/** readConntrackLine: no exception, no byte beside the line, numbers that fit where it says that the line is one. */
export const conntrackTarget: FuzzTarget = {
  name: "conntrack",
  make: (random) => mutate(random.pick(LINES), LINES, random),
  check(input) {
    const among0 = read(input, 0x30);
    const amongSpaces = read(input, 0x20);
    promise(isDeepStrictEqual(among0, amongSpaces), "what lies around the line changes the answer");
    if (among0 === undefined) return "refused";
    for (const { protocol, sourcePort, destinationPort } of [among0.original, among0.reply]) {
      promise(protocol >= 0 && protocol <= 0xff, `protocol ${protocol}`);
      promise(sourcePort >= 0 && sourcePort <= 0xffff, `source port ${sourcePort}`);
      promise(destinationPort >= 0 && destinationPort <= 0xffff, `destination port ${destinationPort}`);
    }
    promise(!Number.isNaN(among0.timeUs) && !Number.isNaN(among0.id), "a number that is none");
    return "read";
  },
};

function read(input: Uint8Array, filler: number) {
  const bytes = new Uint8Array(input.length + 2 * GUARD_BYTES).fill(filler);
  bytes.set(input, GUARD_BYTES);
  const record = emptyRecord();
  return readConntrackLine(bytes, GUARD_BYTES, GUARD_BYTES + input.length, record) ? record : undefined;
}

/** A line, with its words as the places to cut. */
function lineLayer(line: string): Layer {
  const starts = [...line.matchAll(WORDS)].map(({ index }) => ({ layer: "word", offset: index }));
  const fields = [...line.matchAll(/=/g)].map(({ index }) => ({
    layer: "word",
    name: "value",
    offset: index + 1,
    bytes: 1,
  }));
  return { ...data(new TextEncoder().encode(line)), starts, fields };
}
