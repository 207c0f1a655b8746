import { describe, expect, test } from "vitest";
import { type PathConnection, type PathDirection, type PathEnd, tracePath } from "../src/index.js";
import {
  ACROSS,
  BACK,
  complete,
  connection,
  DB,
  DB_BESIDE,
  hopRow,
  LATER,
  OUTSIDE,
  REPLY,
  WEB,
  WINDOW,
} from "./path-rows.js";

/** "source node: node1 pod in", one line a hop, with its state where it is not seen. */
function drawn({ hops }: PathDirection): string[] {
  return hops.map(
    (hop) =>
      `${hop.inside}: ${hop.node} ${hop.role} ${hop.crossing}${hop.state === "seen" ? "" : ` (${hop.state})`}`,
  );
}

function kinds({ segments }: PathDirection): string[] {
  return segments.map(({ kind, from, to }) => `${kind} ${from ?? "outside"}-${to ?? "outside"}`);
}

function trace(of: PathConnection, forward: readonly string[], reply: readonly string[] = []) {
  const rows = [...forward.map((place) => hopRow(place)), ...reply.map((place) => hopRow(place, REPLY))];
  return tracePath(of, rows, complete("node1", "node2", "node3"), [], LATER);
}

describe("the hops of a path in order", () => {
  test("two pods on one node, by a bridge that is not captured", () => {
    const path = trace(
      connection(WEB, DB_BESIDE),
      ["node1 veth2 pod egress", "node1 veth1 pod ingress"],
      ["node1 veth1 pod egress", "node1 veth2 pod ingress"],
    );
    expect(drawn(path.forward)).toEqual(["source node: node1 pod in", "source node: node1 pod out"]);
    expect(path.forward.hops.map((hop) => hop.interfaces)).toEqual([["veth1"], ["veth2"]]);
    expect(path.reply.hops.map((hop) => hop.interfaces)).toEqual([["veth2"], ["veth1"]]);
    expect(kinds(path.forward)).toEqual(["source node 0-1"]);
    expect(path.broken).toBeNull();
  });

  test("two nodes, natively routed, both ways", () => {
    const path = trace(connection(WEB, DB), [...ACROSS].reverse(), BACK);
    expect(drawn(path.forward)).toEqual([
      "source node: node1 pod in",
      "source node: node1 uplink out",
      "destination node: node2 uplink in",
      "destination node: node2 pod out",
    ]);
    expect(drawn(path.reply)).toEqual([
      "source node: node2 pod in",
      "source node: node2 uplink out",
      "destination node: node1 uplink in",
      "destination node: node1 pod out",
    ]);
    expect(kinds(path.forward)).toEqual(["source node 0-1", "wire 1-2", "destination node 2-3"]);
    expect(path.broken).toBeNull();
  });

  test("two nodes, through bridge and tunnel, all roles captured", () => {
    const path = trace(connection(WEB, DB), [
      "node2 cni0 bridge egress",
      "node2 flannel.1 tunnel ingress",
      "node1 flannel.1 tunnel egress",
      "node1 cni0 bridge ingress",
      ...ACROSS,
    ]);
    expect(drawn(path.forward)).toEqual([
      "source node: node1 pod in",
      "source node: node1 bridge in",
      "source node: node1 tunnel out",
      "source node: node1 uplink out",
      "destination node: node2 uplink in",
      "destination node: node2 tunnel in",
      "destination node: node2 bridge out",
      "destination node: node2 pod out",
    ]);
  });

  test("a bridge that routes between two pods of its node is passed twice", () => {
    const path = trace(connection(WEB, DB_BESIDE), [
      "node1 veth2 pod egress",
      "node1 cni0 bridge egress",
      "node1 cni0 bridge ingress",
      "node1 veth1 pod ingress",
    ]);
    expect(path.forward.hops.map(({ role, crossing }) => `${role} ${crossing}`)).toEqual([
      "pod in",
      "bridge in",
      "bridge out",
      "pod out",
    ]);
  });

  test("a bridge that only some packets pass makes neither loss nor silence", () => {
    const rows = [
      hopRow("node1 veth1 pod ingress"),
      hopRow("node1 cni0 bridge ingress", { packets: 3, payloadBytes: 210, lastSeenUs: (WINDOW + 3) * 1e6 }),
      hopRow("node1 veth2 pod egress"),
    ];
    const path = tracePath(connection(WEB, DB_BESIDE), rows, complete("node1"), [], LATER);
    expect(drawn(path.forward)).toHaveLength(3);
    expect(kinds(path.forward)).toEqual(["source node 0-2"]);
    expect(path.forward.segments[0]?.loss.payload?.ratio).toBe(0);
    expect(path.broken).toBeNull();
  });

  test("out of the cluster: what lies beyond the uplink is told by one end alone", () => {
    const path = trace(
      connection(WEB, OUTSIDE, { translation: "snat" }),
      ["node1 veth1 pod ingress", "node1 eth0 uplink egress"],
      ["node1 eth0 uplink ingress", "node1 veth1 pod egress"],
    );
    expect(drawn(path.forward)).toEqual(["source node: node1 pod in", "source node: node1 uplink out"]);
    expect(kinds(path.forward)).toEqual(["source node 0-1", "wire 1-outside"]);
    expect(kinds(path.reply)).toEqual(["wire outside-0", "destination node 0-1"]);
    expect(path.forward.segments.map(({ loss }) => loss.basis)).toEqual(["both-ends", "single-ended"]);
    expect(path.broken).toBeNull();
  });

  test("in by a NodePort of another node than the pod's", () => {
    const path = trace(connection(OUTSIDE, DB, { translation: "dnat+snat" }), [
      "node2 veth2 pod egress",
      "node2 eth0 uplink ingress",
      "node3 eth0 uplink ingress",
      "node3 eth0 uplink egress",
    ]);
    expect(drawn(path.forward)).toEqual([
      "source node: node3 uplink in",
      "source node: node3 uplink out",
      "destination node: node2 uplink in",
      "destination node: node2 pod out",
    ]);
    expect(kinds(path.forward)).toEqual([
      "wire outside-0",
      "source node 0-1",
      "wire 1-2",
      "destination node 2-3",
    ]);
  });

  test("in by a NodePort of the pod's own node", () => {
    const path = trace(connection(OUTSIDE, DB), ["node2 eth0 uplink ingress", "node2 veth2 pod egress"]);
    expect(drawn(path.forward)).toEqual([
      "destination node: node2 uplink in",
      "destination node: node2 pod out",
    ]);
  });

  test("to a NodePort of another node, and back to a pod beside the client", () => {
    const path = trace(connection(WEB, DB_BESIDE, { translation: "dnat+snat" }), [
      "node1 veth1 pod ingress",
      "node1 eth0 uplink egress",
      "node2 eth0 uplink ingress",
      "node2 eth0 uplink egress",
      "node1 eth0 uplink ingress",
      "node1 veth2 pod egress",
    ]);
    expect(drawn(path.forward)).toEqual([
      "source node: node1 pod in",
      "source node: node1 uplink out",
      "source node: node2 uplink in",
      "source node: node2 uplink out",
      "destination node: node1 uplink in",
      "destination node: node1 pod out",
    ]);
    expect(kinds(path.forward)).toEqual([
      "source node 0-1",
      "wire 1-2",
      "source node 2-3",
      "wire 3-4",
      "destination node 4-5",
    ]);
  });

  test("a hairpin through a Service passes one veth twice", () => {
    const path = trace(connection(WEB, WEB, { translation: "dnat+snat" }), [
      "node1 veth1 pod egress",
      "node1 veth1 pod ingress",
    ]);
    expect(drawn(path.forward)).toEqual(["source node: node1 pod in", "source node: node1 pod out"]);
  });

  test("a host-network client has no veth, and neither has a node that probes its own pod", () => {
    const host: PathEnd = { kind: "host", node: "node1", address: "192.0.2.1", port: 0, name: "node1" };
    expect(drawn(trace(connection(host, DB), ACROSS.slice(1)).forward)).toEqual([
      "source node: node1 uplink out",
      "destination node: node2 uplink in",
      "destination node: node2 pod out",
    ]);
    const probe = trace(connection(host, WEB), ["node1 veth1 pod egress"], ["node1 veth1 pod ingress"]);
    expect(drawn(probe.forward)).toEqual(["source node: node1 pod out"]);
    expect(drawn(probe.reply)).toEqual(["source node: node1 pod in"]);
    expect(probe.broken).toBeNull();
  });

  test("captures without a direction are put by whose node it is", () => {
    const path = trace(connection(WEB, DB), [
      "node2 eth0 uplink unknown",
      "node1 eth0 uplink unknown",
      "node1 veth1 pod unknown",
      "node2 veth2 pod unknown",
    ]);
    expect(path.forward.hops.map(({ node, role, crossing }) => `${node} ${role} ${crossing}`)).toEqual([
      "node1 pod in",
      "node1 uplink out",
      "node2 uplink in",
      "node2 pod out",
    ]);
  });

  test("ends that nobody named are found at their veths", () => {
    const nobody: PathEnd = { kind: "unknown", node: "", address: "10.9.9.9", port: 0, name: "10.9.9.9" };
    const path = trace(connection(nobody, nobody), ACROSS);
    expect(path.forward.hops.map(({ node, role, crossing }) => `${node} ${role} ${crossing}`)).toEqual([
      "node1 pod in",
      "node1 uplink out",
      "node2 uplink in",
      "node2 pod out",
    ]);
  });

  test("a node without an agent is unwatched, not silent", () => {
    const rows = ACROSS.slice(2).map((place) => hopRow(place));
    const path = tracePath(connection(WEB, DB), rows, complete("node2"), [], LATER);
    expect(drawn(path.forward)).toEqual([
      "source node: node1 pod in (unwatched)",
      "source node: node1 uplink out (unwatched)",
      "destination node: node2 uplink in",
      "destination node: node2 pod out",
    ]);
    expect(kinds(path.forward)).toEqual(["wire outside-2", "destination node 2-3"]);
    expect(path.broken).toBeNull();
  });
});
