import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readRegressions } from "./regressions.js";
import { TARGETS } from "./targets.js";

const regressions = readRegressions(fileURLToPath(new URL("regressions", import.meta.url)));

test("what fuzzing once found stays mended", () => {
  const broken = regressions.flatMap(({ file, target, input }) => {
    const found = TARGETS.find(({ name }) => name === target);
    if (found === undefined) return [`${file} is of the target ${target}, which there is none of`];
    try {
      found.check(input);
      return [];
    } catch (thrown) {
      return [`${file}, ${target}: ${thrown}`];
    }
  });
  expect(broken).toEqual([]);
});
