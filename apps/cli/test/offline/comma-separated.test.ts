import fc from "fast-check";
import { expect, test } from "vitest";
import { csvLine } from "../../src/offline/comma-separated.js";
import { parseCsv } from "./parse-csv.js";

test("fields are quoted where RFC 4180 wants it", () => {
  expect(csvLine(["a", 1, null, "b,c", 'say "x"', "two\nlines", ""])).toBe(
    'a,1,,"b,c","say ""x""","two\nlines",\r\n',
  );
});

test("what was written is what is read", () => {
  const fields = fc.array(fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", "é", " ") }), {
    minLength: 2,
  });
  fc.assert(
    fc.property(fc.array(fields, { minLength: 1 }), (lines) => {
      expect(parseCsv(lines.map(csvLine).join(""))).toEqual(lines);
    }),
  );
});
