import { type NodeState, nodeStateDifference } from "@hopline/batch";
import { expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import { T0 } from "./stored-rows.js";

const store = await embeddedStore();
const MINUTE_MS = 60_000;
const T0_MS = T0 * 1000 + 7;

const route = (destination: string) => ({
  ...{ table: "main", type: "unicast", destination, metric: 0, mtu: null },
  nextHops: [{ device: "eth0", gateway: null }],
});
const state = (...destinations: string[]): NodeState => ({
  ...{ version: 1, interfaces: [], rules: [], neighbours: [], forwarding: [], conntrack: null, cut: false },
  routes: destinations.map(route),
});

it("gives each reading whole, whether it was sent so or as the difference to one of long before", async () => {
  const whole = state("10.1.0.0/16", "10.2.0.0/16");
  const at = (minute: number, now: NodeState, since: number | undefined) => ({
    node: "node1",
    readAtMs: T0_MS + minute * MINUTE_MS,
    state: since === undefined ? now : nodeStateDifference(whole, since, now),
  });
  await store.insertNodeStates([
    at(0, whole, undefined),
    at(50, state("10.1.0.0/16", "10.2.0.0/16"), T0_MS),
    at(51, state("10.1.0.0/16", "10.3.0.0/16"), T0_MS),
    at(52, state("10.9.0.0/16"), undefined),
    // What it is to never came; another node's of that time is another's.
    at(53, state("10.1.0.0/16"), T0_MS + 1),
    { node: "node2", readAtMs: T0_MS + 1, state: state("10.7.0.0/16") },
  ]);
  const range = { from: T0_MS + 45 * MINUTE_MS, to: T0_MS + 60 * MINUTE_MS };
  const readings = await store.nodeStates(["node1", "node2"], range);
  expect(
    readings.map(({ node, readAtMs, state: { routes } }) => [
      node,
      (readAtMs - T0_MS) / MINUTE_MS,
      routes.map(({ destination }) => destination),
    ]),
  ).toEqual([
    ["node1", 50, ["10.1.0.0/16", "10.2.0.0/16"]],
    ["node1", 51, ["10.1.0.0/16", "10.3.0.0/16"]],
    ["node1", 52, ["10.9.0.0/16"]],
  ]);
});
