import { describe, expect, it } from "vitest";
import type { ClusterState } from "../src/cluster.js";
import { compile, type Judge } from "../src/judge.js";
import { PROTOCOL_NUMBERS } from "../src/protocol.js";
import type { Change, Look } from "./e2e-suite-case.js";
import { SUITE_CASES } from "./e2e-suite-cases.js";
import { networkPolicy } from "./policy-objects.js";
import { party, pod } from "./shop-cluster.js";

const NAMESPACES = ["x", "y", "z"];
const NAMES = ["a", "b", "c"];
const PATHS = NAMESPACES.flatMap((namespace) => NAMES.map((name) => `${namespace}/${name}`));

/** A pod as the suite makes them: every port in three protocols, each with a name. */
function suitePod(path: string, labels?: Readonly<Record<string, string>>) {
  const [namespace = "", name = ""] = path.split("/");
  return pod(path, {
    labels: labels ?? { pod: name },
    addresses: [`10.0.${NAMESPACES.indexOf(namespace) + 1}.${NAMES.indexOf(name) + 1}`],
    namedPorts: [80, 81].flatMap((port) =>
      [6, 17, 132].map((protocol) => ({
        name: `serve-${port}-${{ 6: "tcp", 17: "udp", 132: "sctp" }[protocol]}`,
        protocol,
        port,
      })),
    ),
  });
}

function freshCluster(): ClusterState {
  const namespaces = NAMESPACES.map((name) => ({ name, labels: {} }));
  return { policies: [], namespaces, nodes: [], pods: PATHS.map((path) => suitePod(path)) };
}

function apply(judge: Judge, change: Change): void {
  if ("policy" in change) judge.putPolicy(networkPolicy(change.namespace ?? "x", change.policy, change.spec));
  else if ("withdrawn" in change)
    judge.removePolicy({
      kind: "NetworkPolicy",
      namespace: change.namespace ?? "x",
      name: change.withdrawn,
    });
  else if ("pod" in change) judge.putPod(suitePod(change.pod, change.labels));
  else judge.putNamespace({ name: change.namespace, labels: change.labels });
}

function fits(pattern: string, path: string): boolean {
  return pattern === "*" || pattern === path || pattern === `${path.split("/")[0]}/*`;
}

function expected({ lines }: Look, from: string, to: string): string {
  let verdict = "allowed";
  for (const line of lines) {
    const [sign, source = "", , destination = ""] = line.split(" ");
    if (fits(source, from) && fits(destination, to)) verdict = sign === "+" ? "allowed" : "denied";
  }
  return verdict;
}

/** A pod to itself is left out, as in the suite. */
function pairs(): (readonly [string, string])[] {
  return PATHS.flatMap((from) => PATHS.filter((to) => to !== from).map((to) => [from, to] as const));
}

describe("the Kubernetes end-to-end suite for NetworkPolicy", () => {
  it("has 48 cases", () => {
    expect(SUITE_CASES).toHaveLength(48);
  });

  it.each(SUITE_CASES)("$title", ({ steps }) => {
    const judge = compile(freshCluster());
    for (const step of steps) {
      if (!("port" in step)) {
        apply(judge, step);
        continue;
      }
      const protocol = PROTOCOL_NUMBERS[step.protocol ?? "TCP"];
      const answers = pairs().map(([from, to]) => {
        const { verdict } = judge.judge({
          source: party(from),
          destination: party(to),
          protocol,
          port: step.port,
        });
        return `${from} > ${to} ${verdict}`;
      });
      expect(answers).toEqual(pairs().map(([from, to]) => `${from} > ${to} ${expected(step, from, to)}`));
    }
  });
});
