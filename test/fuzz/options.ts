import { parseArgs } from "node:util";
import { describe, Fault } from "@hopline/fault";

export interface FuzzOptions {
  readonly seconds: number;
  readonly seed: number;
  /** Names of targets. */
  readonly targets: readonly string[];
}

const DEFAULT_SECONDS = 60;
const USAGE = "usage: npm run fuzz -- --seconds N --seed S --target NAME";

/**
 * @param names of all targets
 * @param randomSeed where no seed is given
 * @throws Fault `FUZZ_USAGE`
 */
export function readOptions(
  args: readonly string[],
  names: readonly string[],
  randomSeed: number,
): FuzzOptions {
  const { seconds, seed, target } = parse(args);
  const unknown = target?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw usageFault(`--target ${JSON.stringify(unknown)} is none of ${names.join(", ")}`);
  return {
    seconds: seconds === undefined ? DEFAULT_SECONDS : numberOf("--seconds", seconds, /^\d+(\.\d+)?$/),
    seed: seed === undefined ? randomSeed : numberOf("--seed", seed, /^\d{1,10}$/),
    targets: target ?? names,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string" },
        seed: { type: "string" },
        target: { type: "string", multiple: true },
      },
    }).values;
  } catch (thrown) {
    throw usageFault(describe(thrown).replace(/[.?] .*$/, ""));
  }
}

function numberOf(flag: string, text: string, form: RegExp): number {
  if (!form.test(text) || (flag === "--seconds" && Number(text) === 0))
    throw usageFault(
      `${flag} takes a number${flag === "--seconds" ? " above 0" : ""}, not ${JSON.stringify(text)}`,
    );
  return Number(text);
}

function usageFault(what: string): Fault {
  return new Fault({ code: "FUZZ_USAGE", message: `${what}; ${USAGE}.` });
}
