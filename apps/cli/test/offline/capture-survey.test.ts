import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DIRECTION_EGRESS, DIRECTION_INGRESS, PcapngWriter } from "@hopline/capture";
import { Fault } from "@hopline/fault";
import { inferRoles } from "@hopline/topology";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { surveyCapture } from "../../src/offline/capture-survey.js";
import { capturedNodes } from "../../src/offline/captured-node.js";
import type { DumpedCluster } from "../../src/offline/dumped-cluster.js";
import { udpFrame, vxlanFrame } from "./frames.js";

const POD = "10.244.1.5";
const REMOTE = "10.244.2.7";
const [NODE1, NODE2] = ["172.31.0.11", "172.31.0.12"];
const CLUSTER: DumpedCluster = {
  nodes: new Set(["node1", "node2"]),
  problems: [],
  isService: () => false,
  isNode: (address) => address === NODE1 || address === NODE2,
  ownerOf: (address) => {
    if (address === POD) return { kind: "pod", node: "node1" };
    if (address === REMOTE) return { kind: "pod", node: "node2" };
    if (address === NODE1) return { kind: "node", node: "node1" };
    return address === NODE2 ? { kind: "node", node: "node2" } : undefined;
  },
};

describe("a first look into a capture", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "hopline-survey-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function write(name: string, fill: (writer: PcapngWriter) => void): string {
    const path = join(folder, name);
    const parts: Uint8Array[] = [];
    const writer = new PcapngWriter((bytes) => parts.push(bytes.slice()));
    fill(writer);
    writer.flush();
    writeFileSync(path, Buffer.concat(parts));
    return path;
  }

  /** A pod's veth and the uplink of node1, called as the caller likes. */
  function nodeCapture(name: string, veth: string, uplink: string): string {
    return write(name, (writer) => {
      const [pod, nic] = [writer.addInterface({ name: veth }), writer.addInterface({ name: uplink })];
      for (let packet = 0; packet < 10; packet++) {
        const timeUs = 1_700_000_000_000_000 + packet * 1000;
        const bytes = udpFrame(POD, REMOTE, 4000, 53);
        writer.writeFrame({ interfaceId: pod, timeUs, bytes, direction: DIRECTION_INGRESS });
        const wrapped = vxlanFrame(NODE1!, NODE2!, bytes);
        writer.writeFrame({ interfaceId: nic, timeUs, bytes: wrapped, direction: DIRECTION_EGRESS });
      }
    });
  }

  test("finds interfaces, first time, tunnels and sides", () => {
    const survey = surveyCapture(nodeCapture("a.pcapng", "x1", "x2"), CLUSTER);
    expect(survey.firstMs).toBe(1_700_000_000_000);
    expect(survey.mixesInterfaces).toBe(false);
    expect(survey.interfaces.map(({ name, packets, tunnelled }) => ({ name, packets, tunnelled }))).toEqual([
      { name: "x1", packets: 10, tunnelled: 0 },
      { name: "x2", packets: 10, tunnelled: 10 },
    ]);
    expect(survey.interfaces[0]!.addresses.get(POD)).toEqual({ packets: 10, beyond: 10, near: 0 });
    expect(survey.interfaces[1]!.outer.get(NODE1!)).toEqual({ packets: 10, beyond: 0, near: 10 });
    const facts = { node: "node1", ownerOf: (address: string) => CLUSTER.ownerOf(address, 0) };
    expect(inferRoles(survey.interfaces, facts).map(({ role }) => role)).toEqual(["pod", "uplink"]);
  });

  test.each([
    ["node2.pcapng", undefined, "node2"],
    ["some.pcapng", "other", "other"],
    ["tuesday.pcapng", undefined, "node1"],
  ])("%s with --node %s is of %s", (name, given, node) => {
    const input = { path: nodeCapture(name, "x1", "x2"), node: given };
    // The veth's packets are of both nodes alike; a packet within node1 tells.
    const survey = surveyCapture(input.path, CLUSTER);
    survey.interfaces[0]!.addresses.get(POD)!.packets += 10;
    expect(capturedNodes([{ input, survey }], CLUSTER)[0]!.node).toBe(node);
  });

  test("packets that are of two nodes alike tell nothing: the file's name stays", () => {
    const input = { path: nodeCapture("even.pcapng", "x1", "x2"), node: undefined };
    expect(capturedNodes([{ input, survey: surveyCapture(input.path, CLUSTER) }], CLUSTER)[0]!.node).toBe(
      "even",
    );
  });

  test("two captures of one node are refused", () => {
    const inputs = ["node1.pcapng", "node1.pcapng.gz"].map((path) => ({ path, node: undefined }));
    const survey = surveyCapture(nodeCapture("x.pcapng", "x1", "x2"), CLUSTER);
    expect(() =>
      capturedNodes(
        inputs.map((input) => ({ input, survey })),
        CLUSTER,
      ),
    ).toThrow(/two captures of the node node1: node1\.pcapng and node1\.pcapng\.gz/);
  });

  test.each([
    ["empty", "", "it is empty"],
    ["text", "apiVersion: v1\n", "begins with the bytes"],
  ])("a file that is no capture: %s", (name, text, why) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    expect(() => surveyCapture(path, CLUSTER)).toThrow(Fault);
    expect(() => surveyCapture(path, CLUSTER)).toThrow(why);
  });
});
