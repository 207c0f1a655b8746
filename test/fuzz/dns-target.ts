import { isDeepStrictEqual } from "node:util";
import { DnsMessage, decodeDns, dnsName, STATUS_NAMES } from "@hopline/packet";
import { DNS_AAAA, dns } from "../corpus/dns.js";
import { data, join, type Layer, onTopOf } from "../corpus/layer.js";
import type { SeededRandom } from "../corpus/seeded-random.js";
import { mutate } from "./mutation.js";
import { type FuzzTarget, promise } from "./target.js";

const GUARD_BYTES = 300;
const LONGEST_NAME_BYTES = 256;

const messages: readonly Layer[] = [
  dns({ name: "web.shop.svc.cluster.local" }),
  dns({ name: "a.b.c", type: DNS_AAAA, isResponse: true, responseCode: 3 }),
  dns({ name: "", isTruncated: true }),
  dns({ name: `${"x".repeat(63)}.${"y".repeat(63)}.${"z".repeat(63)}.${"w".repeat(60)}` }),
  dns({ isResponse: true, answers: [[10, 96, 0, 10]] }),
  // Names that go on elsewhere: at the header, at themselves, at each other, at the end.
  ...[
    [0xc0, 0],
    [0xc0, 12],
    [1, 0x61, 0xc0, 12],
    [0xc0, 14, 0xc0, 12],
    [0xff, 0xff],
    [2, 0x5c, 0x2e, 0xc0, 12],
  ].map(pointing),
];

/** decodeDns: ends whatever the pointers do, writes no name longer than its buffer, reads nothing beside the message. */
export const dnsTarget: FuzzTarget = {
  name: "dns",
  make: (random: SeededRandom) => mutate(random.pick(messages), messages, random),
  check(input) {
    const among00 = decode(input, 0x00);
    const amongC0 = decode(input, 0xc0);
    const among01 = decode(input, 0x01);
    promise(
      isDeepStrictEqual(among00, amongC0) && isDeepStrictEqual(among00, among01),
      "what lies around the message changes the answer",
    );
    const { status, name, nameLength } = among00;
    promise(nameLength >= 0 && nameLength <= LONGEST_NAME_BYTES, `a name of ${nameLength} bytes`);
    promise(/^[\x21-\x7e]*$/.test(name), "the name is not printable");
    return `${STATUS_NAMES[status]}`;
  },
};

function decode(input: Uint8Array, filler: number) {
  const bytes = new Uint8Array(input.length + 2 * GUARD_BYTES).fill(filler);
  bytes.set(input, GUARD_BYTES);
  const message = new DnsMessage();
  const status = decodeDns(new DataView(bytes.buffer), GUARD_BYTES, GUARD_BYTES + input.length, message);
  const { name: _, ...numbers } = message;
  return { status, name: dnsName(message), ...numbers };
}

function pointing(name: readonly number[]): Layer {
  const header = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  return onTopOf(
    "dns",
    header,
    { questionCount: [4, 2], firstLabel: [12, 1] },
    data(join(name, [0, 1, 0, 1])),
  );
}
