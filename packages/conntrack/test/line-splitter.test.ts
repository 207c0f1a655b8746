import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter } from "../src/line-splitter.js";

describe("LineSplitter", () => {
  it("gives the same lines however the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z ]{0,12}$/)), fc.array(fc.nat(40)), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const seen: string[] = [];
        const splitter = new LineSplitter((chunk, start, end) =>
          seen.push(Buffer.from(chunk).subarray(start, end).toString()),
        );
        let at = 0;
        for (const cut of cuts) {
          splitter.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        splitter.push(bytes.subarray(at));
        splitter.end();
        expect(seen).toEqual(lines);
      }),
    );
  });
});
