import { STATUS_NAMES } from "@hopline/packet";
import { expect, test } from "vitest";
import { SeededRandom } from "../corpus/seeded-random.js";
import { decoderTarget } from "./decoder-target.js";
import type { FuzzTarget } from "./target.js";
import { TARGETS } from "./targets.js";

/** What cases of a target come to, each outcome once. */
function outcomesOf(target: FuzzTarget, cases: number): Set<string> {
  const outcomes = new Set<string>();
  for (let seed = 0; seed < cases; seed++) outcomes.add(target.check(target.make(new SeededRandom(seed))));
  return outcomes;
}

test("damaged frames come to nearly every reason, and into every tunnel", () => {
  const outcomes = outcomesOf(decoderTarget, 3_000);
  const reasons = STATUS_NAMES.filter((name) => outcomes.has(name));
  expect(reasons.length).toBeGreaterThan(20);
  const tunnels = [...outcomes].map((outcome) => outcome.split(" ").at(-1));
  for (const name of [
    "none",
    "vxlan",
    "vxlan-gpe",
    "geneve",
    "ipip",
    "sit",
    "gre",
    "nvgre",
    "wireguard",
    "esp",
    "sleeve",
  ])
    expect(tunnels).toContain(name);
  for (const depth of [0, 1, 2]) expect([...outcomes].join()).toContain(`in ${depth} `);
});

test.each(TARGETS.filter((target) => target !== decoderTarget))(
  "$name: some cases are refused, some are not",
  (target) => {
    expect(outcomesOf(target, 100).size).toBeGreaterThan(1);
  },
);

test.each(TARGETS)("$name: the same seed gives the same case", (target) => {
  for (const seed of [1, 2, 3])
    expect(Buffer.from(target.make(new SeededRandom(seed)))).toEqual(
      Buffer.from(target.make(new SeededRandom(seed))),
    );
});
