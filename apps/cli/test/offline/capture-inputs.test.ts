import { Fault } from "@hopline/fault";
import { describe, expect, test } from "vitest";
import { captureInputs, fileStem } from "../../src/offline/capture-inputs.js";

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.code;
    throw thrown;
  }
  return "";
}

describe("capture files as they are given", () => {
  test("files and named files, in order", () => {
    expect(captureInputs(["a.pcap"], ["n1=b.pcap", "n2=c=d.pcap"])).toEqual([
      { path: "a.pcap", node: undefined },
      { path: "b.pcap", node: "n1" },
      { path: "c=d.pcap", node: "n2" },
    ]);
  });

  test.each([
    [[], [], "CAPTURE_MISSING"],
    [[], ["n1"], "NODE_OPTION_INVALID"],
    [[], ["=a.pcap"], "NODE_OPTION_INVALID"],
    [[], ["n1="], "NODE_OPTION_INVALID"],
    [[], ["n1=a.pcap", "n1=b.pcap"], "NODE_TWICE"],
    [["a.pcap"], ["n1=a.pcap"], "CAPTURE_TWICE"],
  ])("%j and --node %j: %s", (files, nodes, code) => {
    expect(codeOf(() => captureInputs(files, nodes))).toBe(code);
  });

  test.each([
    ["worker-1.pcapng.gz", "worker-1"],
    ["/a/b/worker.example.pcap", "worker.example"],
    ["x.cap.zst", "x"],
    ["capture", "capture"],
    [".pcap", ".pcap"],
  ])("%s is called %s", (path, stem) => {
    expect(fileStem(path)).toBe(stem);
  });
});
