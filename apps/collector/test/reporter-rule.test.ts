import { describe, expect, it } from "vitest";
import { DIRECTION_EGRESS, DIRECTION_INGRESS, DIRECTION_UNKNOWN } from "../src/hop-direction.js";
import { type Attached, isReporter, type Observation } from "../src/naming/reporter-rule.js";

/** Where a packet of the connection's own direction passes: node, role, and which way seen from the node. */
interface Point {
  readonly node: string;
  readonly role: string;
  readonly way: "in" | "out";
  readonly attached?: Attached;
}

interface Path {
  readonly name: string;
  /** Node that holds the client's address as the server sees it; undefined outside the cluster. */
  readonly clientNode?: string;
  readonly serverNode?: string;
  /** Node where the client that opened the connection is a pod. */
  readonly clientPodNode?: string;
  readonly serverPodNode?: string;
  /** Every interface that the connection's packets pass, in order. */
  readonly points: readonly Point[];
  /** `node role way` of the one that speaks, by the set of nodes with agents. */
  readonly speaks: Readonly<Record<string, string | undefined>>;
}

const veth = (node: string, way: "in" | "out", attached: Attached): Point => ({
  node,
  role: "pod",
  way,
  attached,
});
const at = (node: string, role: string, way: "in" | "out"): Point => ({ node, role, way });

const ACROSS: readonly Point[] = [
  veth("n1", "in", "client"),
  at("n1", "bridge", "in"),
  at("n1", "tunnel", "out"),
  at("n1", "uplink", "out"),
  at("n2", "uplink", "in"),
  at("n2", "tunnel", "in"),
  at("n2", "bridge", "out"),
  veth("n2", "out", "server"),
];

const PATHS: readonly Path[] = [
  {
    name: "pod to pod on one node, and by a Service to a pod there",
    clientNode: "n1",
    serverNode: "n1",
    clientPodNode: "n1",
    serverPodNode: "n1",
    points: [
      veth("n1", "in", "client"),
      at("n1", "bridge", "in"),
      at("n1", "bridge", "out"),
      veth("n1", "out", "server"),
    ],
    speaks: { n1: "n1 pod in" },
  },
  {
    name: "pod to pod across nodes, and by a Service",
    clientNode: "n1",
    serverNode: "n2",
    clientPodNode: "n1",
    serverPodNode: "n2",
    points: ACROSS,
    speaks: { "n1 n2": "n1 pod in", n1: "n1 pod in", n2: "n2 pod out" },
  },
  {
    name: "pod to itself through a Service: one interface, both ways, the node's address as client",
    clientNode: "n1",
    serverNode: "n1",
    clientPodNode: "n1",
    serverPodNode: "n1",
    points: [veth("n1", "in", "client"), veth("n1", "out", "client")],
    speaks: { n1: "n1 pod in" },
  },
  {
    name: "outside to a NodePort, with the pod on the node that was dialled",
    clientNode: "n1",
    serverNode: "n1",
    serverPodNode: "n1",
    points: [at("n1", "uplink", "in"), at("n1", "bridge", "out"), veth("n1", "out", "server")],
    speaks: { n1: "n1 pod out" },
  },
  {
    name: "outside to a NodePort, with the pod on another node",
    clientNode: "n1",
    serverNode: "n2",
    serverPodNode: "n2",
    points: [
      at("n1", "uplink", "in"),
      at("n1", "tunnel", "out"),
      at("n1", "uplink", "out"),
      ...ACROSS.slice(4),
    ],
    speaks: { "n1 n2": "n1 uplink out", n1: "n1 uplink out", n2: "n2 pod out" },
  },
  {
    name: "outside to a pod with its own address kept (externalTrafficPolicy Local)",
    serverNode: "n1",
    serverPodNode: "n1",
    points: [at("n1", "uplink", "in"), veth("n1", "out", "server")],
    speaks: { n1: "n1 pod out" },
  },
  {
    name: "pod to outside, masqueraded",
    clientNode: "n1",
    clientPodNode: "n1",
    points: [veth("n1", "in", "client"), at("n1", "bridge", "in"), at("n1", "uplink", "out")],
    speaks: { n1: "n1 pod in" },
  },
  {
    name: "pod to another node's own socket, masqueraded",
    clientNode: "n1",
    serverNode: "n2",
    clientPodNode: "n1",
    points: [veth("n1", "in", "client"), at("n1", "uplink", "out"), at("n2", "uplink", "in")],
    speaks: { "n1 n2": "n1 pod in", n1: "n1 pod in", n2: "n2 uplink in" },
  },
  {
    name: "pod to its own node",
    clientNode: "n1",
    serverNode: "n1",
    clientPodNode: "n1",
    points: [veth("n1", "in", "client"), at("n1", "bridge", "in")],
    speaks: { n1: "n1 pod in" },
  },
  {
    name: "the node's probe of its own pod",
    clientNode: "n1",
    serverNode: "n1",
    serverPodNode: "n1",
    points: [at("n1", "bridge", "out"), veth("n1", "out", "server")],
    speaks: { n1: "n1 pod out" },
  },
  {
    name: "host network to a pod on another node",
    clientNode: "n1",
    serverNode: "n2",
    serverPodNode: "n2",
    points: ACROSS.slice(2),
    speaks: { "n1 n2": "n1 uplink out", n1: "n1 uplink out", n2: "n2 pod out" },
  },
  {
    name: "node to node",
    clientNode: "n1",
    serverNode: "n2",
    points: [at("n1", "uplink", "out"), at("n2", "uplink", "in")],
    speaks: { "n1 n2": "n1 uplink out", n1: "n1 uplink out", n2: "n2 uplink in" },
  },
  {
    name: "host network to outside",
    clientNode: "n1",
    points: [at("n1", "uplink", "out")],
    speaks: { n1: "n1 uplink out" },
  },
  {
    name: "outside to a node's own socket",
    serverNode: "n1",
    points: [at("n1", "uplink", "in")],
    speaks: { n1: "n1 uplink in" },
  },
];

function observe(path: Path, point: Point, agents: readonly string[], isReply: boolean): Observation {
  const ingress = (point.way === "in") !== isReply;
  return {
    isReply,
    direction: ingress ? DIRECTION_INGRESS : DIRECTION_EGRESS,
    role: point.role,
    attached: point.attached ?? "unknown",
    clientHere: path.clientNode === point.node,
    serverHere: path.serverNode === point.node,
    clientNodeReports: path.clientNode !== undefined && agents.includes(path.clientNode),
    serverNodeReports: path.serverNode !== undefined && agents.includes(path.serverNode),
    clientPodHere: path.clientPodNode === point.node,
    serverPodHere: path.serverPodNode === point.node,
  };
}

const cases = PATHS.flatMap((path) =>
  Object.entries(path.speaks).flatMap(([agents, speaker]) =>
    [false, true].map((isReply) => ({ path, agents: agents.split(" "), speaker, isReply })),
  ),
);

describe("isReporter", () => {
  it.each(cases)("$path.name; agents on $agents; reply: $isReply", ({ path, agents, speaker, isReply }) => {
    const speaking = path.points
      .filter((point) => agents.includes(point.node))
      .filter((point) => isReporter(observe(path, point, agents, isReply)))
      .map(({ node, role, way }) => `${node} ${role} ${way}`);
    expect(speaking).toEqual([speaker]);
  });

  it("counts what merely passes where it comes in", () => {
    const passing = { name: "passing", points: [], speaks: {} };
    const speaks = (role: string, way: "in" | "out", isReply: boolean) =>
      isReporter(observe(passing, at("n1", role, way), ["n1"], isReply));
    expect(speaks("uplink", "in", false)).toBe(true);
    expect(speaks("uplink", "out", false)).toBe(false);
    // A reply comes in where its connection goes out.
    expect(speaks("uplink", "out", true)).toBe(true);
    expect(speaks("bridge", "in", false)).toBe(false);
  });

  it("lets a node speak that nobody thought to have an agent, where nobody else could", () => {
    const toOutside = PATHS.find(({ name }) => name === "pod to outside, masqueraded")!;
    expect(isReporter(observe(toOutside, toOutside.points[0]!, [], false))).toBe(true);
  });

  describe("without directions", () => {
    const across = PATHS.find(({ name }) => name.startsWith("pod to pod across"))!;
    const blind = (point: Point, isReply: boolean) => ({
      ...observe(across, point, ["n1", "n2"], isReply),
      direction: DIRECTION_UNKNOWN,
    });

    it("goes by the address behind the interface", () => {
      for (const isReply of [false, true]) {
        const speaking = across.points.filter((point) => isReporter(blind(point, isReply)));
        expect(speaking).toEqual([across.points[0]]);
      }
    });

    it("takes an interface of unknown role for the only point there is", () => {
      expect(isReporter(blind(at("n1", "unknown", "in"), false))).toBe(true);
      expect(isReporter(blind(at("n2", "unknown", "in"), false))).toBe(false);
      expect(
        isReporter(observe(across, at("n1", "unknown", "in"), ["n1", "n2"], false)),
        "a live interface of unknown role is one of several",
      ).toBe(false);
    });
  });
});
