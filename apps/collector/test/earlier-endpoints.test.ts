import { ENDPOINT_RESOURCES, EndpointHistory } from "@hopline/kube";
import type { EndpointInterval } from "@hopline/store";
import { describe, expect, it } from "vitest";
import { ClusterAddressBook } from "../src/cluster/cluster-address-book.js";
import { EarlierEndpoints } from "../src/cluster/earlier-endpoints.js";
import { pod, SHOP } from "./shop-cluster.js";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse("2026-11-21T12:00:00Z");

const interval = (address: string, name: string): EndpointInterval => ({
  address,
  entity: { kind: "workload", namespace: "shop", workloadKind: "Pod", name },
  pod: name,
  node: "node1",
  fromMs: NOW_MS - 10 * HOUR_MS,
  toMs: null,
});

describe("what the collector before this one knew", () => {
  const setUp = () => {
    const history = new EndpointHistory({ nowMs: () => NOW_MS });
    const earlier = new EarlierEndpoints();
    const cluster = { settled: false };
    const book = new ClusterAddressBook({ history, earlier, isSettled: () => cluster.settled });
    return { history, earlier, cluster, book };
  };

  it("makes it ready before the cluster answers, but waits for better", () => {
    const { earlier, book } = setUp();
    expect(book.isReady).toBe(false);
    earlier.restore([interval("10.244.1.5", "client")]);
    expect(book.isReady).toBe(true);
    expect(book.ownerAt("10.244.1.5", NOW_MS, 0, 0)).toMatchObject({ end: { pod: "client" }, pending: true });
    expect(book.ownerAt("10.244.1.99", NOW_MS, 0, 0)).toMatchObject({
      end: { kind: "unknown" },
      pending: true,
    });
    expect(book.ownerAt("203.0.113.1", NOW_MS, 0, 0).end.kind).toBe("external");
  });

  it("ends what is gone when the cluster has answered, and still names the past by it", () => {
    const { history, earlier, cluster, book } = setUp();
    earlier.restore([
      interval("10.244.1.5", "client"),
      interval("10.244.1.9", "gone"),
      interval("10.244.1.6", "moved"),
    ]);
    history.load(SHOP);
    cluster.settled = true;
    const ended = earlier.settle(
      (address, end) =>
        history.endpointAt(address, NOW_MS).kind === "pod" &&
        book.ownerAt(address, NOW_MS, 0, 0).end.pod === end.pod,
      NOW_MS,
    );
    expect(ended.map(({ address, pod: name, toMs }) => [address, name, toMs])).toEqual([
      ["10.244.1.9", "gone", NOW_MS],
      ["10.244.1.6", "moved", NOW_MS],
    ]);
    expect(book.ownerAt("10.244.1.9", NOW_MS - HOUR_MS, 0, 0)).toMatchObject({
      end: { pod: "gone" },
      pending: false,
    });
    expect(book.ownerAt("10.244.1.9", NOW_MS, 0, 0)).toMatchObject({
      end: { kind: "unknown" },
      pending: true,
    });
    expect(
      book.ownerAt("10.244.1.6", NOW_MS - HOUR_MS, 0, 0).end.pod,
      "what the cluster tells goes before",
    ).toBe("web");
  });

  it("names a host-network pod by the port that it listens on, a Service by its address", () => {
    const { history, cluster, book } = setUp();
    cluster.settled = true;
    const exporter = pod("ops", "exporter", "node1", "192.168.50.1");
    const spec = { nodeName: "node1", hostNetwork: true, containers: [{ ports: [{ containerPort: 9100 }] }] };
    history.load([...SHOP, { ...exporter, spec }]);
    expect(ENDPOINT_RESOURCES.map(({ kind }) => kind)).toContain("Pod");
    expect(book.ownerAt("192.168.50.1", NOW_MS, 9100, 6)).toMatchObject({
      end: { kind: "workload", pod: "exporter", node: "node1" },
      ownsInterface: false,
    });
    expect(book.ownerAt("192.168.50.1", NOW_MS, 22, 6).end).toMatchObject({ kind: "node", name: "node1" });
    expect(book.ownerAt("10.96.0.10", NOW_MS, 80, 6).end).toMatchObject({ kind: "service", name: "web" });
    expect(book.serviceAt("192.168.50.2", 30090, 6, NOW_MS)).toEqual({
      namespace: "shop",
      name: "api",
      portName: "http",
    });
    expect(book.serviceAt("10.244.2.7", 8080, 6, NOW_MS)).toBeUndefined();
  });
});
