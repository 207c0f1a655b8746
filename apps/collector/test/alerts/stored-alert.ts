import type { StoredAlert } from "@hopline/store";

/** Loss on a wire that fires since some seconds; a test says what differs. */
export function firingAlert(over: Partial<StoredAlert> = {}): StoredAlert {
  const firedAt = Math.floor(Date.now() / 1000) * 1000 - 5000;
  return {
    id: "00000000000000a1",
    rule: "wire-loss",
    severity: "critical",
    state: "firing",
    labels: { source_node: "node1", destination_node: "node2", segment: "wire" },
    summary: "4.2 % of payload is lost on the wire from node1 to node2 (at least 3.7 %).",
    pendingAt: firedAt - 20_000,
    firedAt,
    resolvedAt: null,
    resolution: null,
    link: "/loss?segment=wire&source=node1&destination=node2",
    facts: {
      value: 0.037,
      threshold: 0.005,
      unit: "share",
      range: { from: firedAt - 45_000, to: firedAt - 15_000 },
      figures: [{ name: "lost", value: 0.042, unit: "share" }],
      connections: [],
    },
    deliveries: {},
    ...over,
  };
}

export function resolvedAlert(over: Partial<StoredAlert> = {}): StoredAlert {
  return firingAlert({ state: "resolved", resolvedAt: Date.now() - 1000, resolution: "cleared", ...over });
}
