import type { KubeObject } from "@hopline/kube";
import { describe, expect, it } from "vitest";
import type { NamedEnd } from "../src/naming/address-book.js";
import { guarded, question, START_MS, setUp } from "./judged-town.js";
import { at, CREATED_MS, labelledPod, networkPolicy, TOWN } from "./policy-objects.js";

describe("a Service of which nobody knows for which backend it was dialled", () => {
  const service: NamedEnd = {
    kind: "service",
    namespace: "town",
    workloadKind: "",
    name: "server",
    pod: "",
    node: "",
  };
  const dialled = (from: string) =>
    question(from, "server", { server: service, serverAddress: "10.96.0.3", serverPort: 80 });

  it("is judged by its backends, on the port that they name", () => {
    const { at: verdictAt } = setUp([...TOWN, guarded]);
    expect(verdictAt(10, dialled("stranger"))).toBe("denied");
    expect(verdictAt(10, dialled("client"))).toBe("allowed");
  });

  it("is undetermined where these differ, and where it has none", () => {
    const other = labelledPod("town/other", { app: "server", canary: "yes" }, "10.244.1.9");
    const canary = networkPolicy("town", "server", {
      podSelector: { matchLabels: { canary: "yes" } },
      ingress: [],
    });
    expect(setUp([...TOWN, other, canary]).at(10, dialled("stranger"))).toBe("undetermined: backend-unknown");
    const { at: verdictAt } = setUp(TOWN.filter(({ metadata }) => metadata.uid !== "town/server"));
    expect(verdictAt(10, dialled("stranger"))).toBe("undetermined");
  });
});

describe("a Service with EndpointSlices", () => {
  const service: NamedEnd = {
    ...{ kind: "service", namespace: "town", workloadKind: "", name: "server", pod: "", node: "" },
  };
  const dialled = (from: string) =>
    question(from, "server", { server: service, serverAddress: "10.96.0.3", serverPort: 80 });
  const endpoint = (address: string, name: string | undefined, ready = true) => ({
    addresses: [address],
    conditions: { ready },
    ...(name && { targetRef: { kind: "Pod", namespace: "town", name } }),
  });
  const slice = (port: number, ...endpoints: object[]): KubeObject => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      ...{ namespace: "town", name: "server-x1", creationTimestamp: at(CREATED_MS) },
      labels: { "kubernetes.io/service-name": "server" },
    },
    addressType: "IPv4",
    ports: [{ port }],
    endpoints,
  });
  const unselected = (): KubeObject[] =>
    TOWN.map((object) =>
      object.kind === "Service"
        ? { ...object, spec: { clusterIP: "10.96.0.3", ports: [{ port: 80 }] } }
        : object,
    );

  it("is judged by the ready ones alone, at the port that the slice says", () => {
    const other = labelledPod("town/other", { app: "server", canary: "yes" }, "10.244.1.9");
    const canary = networkPolicy("town", "server", {
      podSelector: { matchLabels: { canary: "yes" } },
      ingress: [{ ports: [{ port: 8081 }] }],
    });
    const ready = endpoint("10.244.1.9", "other");
    const idle = endpoint("10.244.1.3", "server", false);
    expect(setUp([...TOWN, other, canary, slice(8080, ready, idle)]).at(10, dialled("stranger"))).toBe(
      "denied",
    );
    expect(setUp([...TOWN, other, canary, slice(8081, ready, idle)]).at(10, dialled("stranger"))).toBe(
      "allowed",
    );
  });

  it("is judged without a selector, by pods that only their address names, and by what is outside", () => {
    const inside = slice(8080, endpoint("10.244.1.3", undefined));
    expect(setUp([...unselected(), guarded, inside]).at(10, dialled("stranger"))).toBe("denied");
    expect(setUp([...unselected(), guarded, inside]).at(10, dialled("client"))).toBe("allowed");
    const outside = slice(443, endpoint("203.0.113.9", undefined));
    const egress = networkPolicy("town", "egress", {
      ...{ podSelector: { matchLabels: { app: "client" } }, policyTypes: ["Egress"] },
      egress: [{ to: [{ podSelector: {} }] }],
    });
    expect(setUp([...unselected(), egress, outside]).at(10, dialled("client"))).toBe("denied");
    expect(setUp([...unselected(), egress, outside]).at(10, dialled("stranger"))).toBe("allowed");
  });

  it("is judged by what the slices were then, and by its selector before there were any", () => {
    const { put, at: verdictAt } = setUp([...TOWN, guarded]);
    put(20, slice(8080, endpoint("203.0.113.9", undefined)), START_MS + 19_000);
    expect(verdictAt(10, dialled("stranger"))).toBe("denied");
    expect(verdictAt(30, dialled("stranger"))).toBe("allowed");
  });

  it("is kept, and put back", () => {
    const { history } = setUp([...unselected(), guarded, slice(8080, endpoint("10.244.1.3", undefined))]);
    const kept = setUp([], history.takeChanges(), START_MS);
    expect(kept.at(10, dialled("stranger"))).toBe("denied");
  });
});
