import { Fault } from "@hopline/fault";
import { describe, expect, test } from "vitest";
import { readOptions } from "./options.js";

const NAMES = ["decoder", "dns"];

function sentenceOf(...args: string[]): string {
  try {
    readOptions(args, NAMES, 7);
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.sentence;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}

describe("npm run fuzz", () => {
  test("takes seconds, a seed and targets, or does without", () => {
    expect(readOptions([], NAMES, 7)).toEqual({ seconds: 60, seed: 7, targets: NAMES });
    expect(readOptions(["--seconds", "0.5", "--seed", "42", "--target", "dns"], NAMES, 7)).toEqual({
      seconds: 0.5,
      seed: 42,
      targets: ["dns"],
    });
  });

  test.each([
    [["--seconds", "x"], '--seconds takes a number above 0, not "x"'],
    [["--seconds", "0"], '--seconds takes a number above 0, not "0"'],
    [["--seed", "1e3"], '--seed takes a number, not "1e3"'],
    [["--target", "tcp"], '--target "tcp" is none of decoder, dns'],
    [["--bogus"], "Unknown option '--bogus'"],
    [["more"], "Unexpected argument 'more'"],
    [["--seed"], "Option '--seed <value>' argument missing"],
  ])("refuses %j in one sentence", (args, what) => {
    expect(sentenceOf(...args)).toBe(`${what}; usage: npm run fuzz -- --seconds N --seed S --target NAME.`);
  });
});
