import { randomInt } from "node:crypto";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "@hopline/fault";
import { type FuzzOptions, readOptions } from "./options.js";
import { fuzz } from "./supervisor.js";
import { TARGETS } from "./targets.js";
import type { TargetSummary } from "./worker.js";

const HANG_MS = 10_000;
const LARGEST_RSS_BYTES = 1.5 * 2 ** 30;
/** Seen from test/fuzz/dist/fuzz. */
const REGRESSIONS = fileURLToPath(new URL("../../regressions", import.meta.url));
const SHOWN_OUTCOMES = 6;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const allTargets = TARGETS.map(({ name }) => name);
  try {
    const options = readOptions(args, allTargets, randomInt(2 ** 31));
    return await run(options, allTargets);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    console.error(`hopline fuzz: ${thrown.sentence}`);
    return 2;
  }
}

async function run({ seconds, seed, targets }: FuzzOptions, allTargets: readonly string[]): Promise<number> {
  console.log(`fuzzing ${targets.join(", ")} for ${seconds} s, seed ${seed}`);
  let findings = 0;
  const summaries = await fuzz({
    workerUrl: new URL("worker.js", import.meta.url),
    allTargets,
    targets,
    seed,
    seconds,
    folder: REGRESSIONS,
    hangMs: HANG_MS,
    largestRssBytes: LARGEST_RSS_BYTES,
    onFinding: ({ target, finding }, path) => {
      findings++;
      console.error(`${target}: ${finding}\n  saved as ${relative(process.cwd(), path)}`);
    },
  });
  for (const summary of summaries) console.log(describeSummary(summary));
  const cases = summaries.reduce((sum, summary) => sum + summary.cases, 0);
  console.log(`${cases} cases, ${findings === 0 ? "no findings" : `${findings} findings`}`);
  return findings === 0 ? 0 : 1;
}

function describeSummary({ target, cases, milliseconds, longestMs, outcomes }: TargetSummary): string {
  const perSecond = Math.round((cases / milliseconds) * 1000);
  const names = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  const shown = names.slice(0, SHOWN_OUTCOMES).map(([name, count]) => `${name} ${count}`);
  const more = names.length > SHOWN_OUTCOMES ? `, and ${names.length - SHOWN_OUTCOMES} more` : "";
  return `${target}: ${cases} cases, ${perSecond} a second, longest ${longestMs.toFixed(1)} ms; ${shown.join(", ")}${more}`;
}
