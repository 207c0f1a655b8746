import { expect, test } from "vitest";
import { type NodeState, nodeStateDifference, sentNodeStateSchema, withDifference } from "../src/index.js";

const neighbour = (host: number, state: NodeState["neighbours"][number]["state"] = "permanent") => ({
  ...{ address: `10.244.${host}.0`, device: "flannel.1", mac: `0a:f1:a0:e1:00:0${host}`, state },
});
const eth0 = (sendDropped: number) => ({
  ...{ name: "eth0", kind: "", role: "uplink", mtu: 1500, up: true, addresses: ["192.0.2.1"] },
  ...{ isPointed: true, receiveDropped: 0, sendDropped, receiveErrors: 0, sendErrors: 0 },
});
const WHOLE: NodeState = {
  version: 1,
  interfaces: [eth0(0)],
  routes: [],
  rules: [{ family: "ipv4", priority: 0, table: "local", isForAll: true }],
  neighbours: [neighbour(1), neighbour(2), neighbour(2), neighbour(3)],
  forwarding: [{ device: "flannel.1", mac: "0a:f1:a0:e1:00:02", remote: "192.0.2.2" }],
  conntrack: null,
  cut: false,
};

test("what is gone is named by its place, what is new or changed is there, and both together are the state", () => {
  const conntrack = { entries: 5, limit: 100, dropped: 1, earlyDropped: 0, insertFailed: 0 };
  const state: NodeState = {
    ...WHOLE,
    interfaces: [eth0(7)],
    neighbours: [neighbour(2), neighbour(3, "failed"), neighbour(1)],
    conntrack,
  };
  const difference = nodeStateDifference(WHOLE, 1_800_000_000_000, state);
  expect(sentNodeStateSchema.parse(JSON.parse(JSON.stringify(difference)))).toEqual({
    version: 2,
    since: 1_800_000_000_000,
    interfaces: { removed: [0], added: [eth0(7)] },
    routes: { removed: [], added: [] },
    rules: { removed: [], added: [] },
    // One of two that are alike is gone: the other stays.
    neighbours: { removed: [2, 3], added: [neighbour(3, "failed")] },
    forwarding: { removed: [], added: [] },
    conntrack,
    cut: false,
  });
  expect(withDifference(WHOLE, difference)).toEqual({
    ...state,
    neighbours: [neighbour(1), neighbour(2), neighbour(3, "failed")],
  });
});

test("where nothing changed it is a line, however many entries there are", () => {
  const many = {
    ...WHOLE,
    neighbours: Array.from({ length: 5000 }, (_, host) => neighbour(host)),
  };
  const again: NodeState = structuredClone(many);
  const difference = nodeStateDifference(many, 1_800_000_000_000, again);
  expect(JSON.stringify(difference).length).toBeLessThan(400);
  expect(withDifference(many, difference)).toEqual(many);
});
