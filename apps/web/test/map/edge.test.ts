import { mapQuerySchema } from "@hopline/api";
import { describe, expect, it } from "vitest";
import { edgeHealth } from "../../src/components/map/edge-health";
import { metricLabel } from "../../src/components/map/edge-metric";
import { mapViewOf } from "../../src/components/map/map-view";
import { mapAnswer } from "../fixture/answers";
import { shopWorld } from "../fixture/world";

const range = { from: 1_795_220_000_000, to: 1_795_220_900_000 };
const answer = mapAnswer(shopWorld(), mapQuerySchema.parse({}), range);
const edgeBetween = (client: string, server: string) => {
  const edge = answer.edges.find((one) => one.client.endsWith(client) && one.server.endsWith(server));
  if (edge === undefined) throw new Error(`no edge ${client} > ${server}`);
  return edge;
};

describe("edgeHealth", () => {
  it("tells what fails, what is lossy, and what is fine", () => {
    const refused = { ...edgeBetween("/scanner", "/redis"), conformances: {} };
    expect(edgeHealth(refused)).toMatchObject({ level: "failing" });
    expect(edgeHealth(refused).reason).toMatch(/refused of/);
    expect(edgeHealth(edgeBetween("/api", "/postgres"))).toMatchObject({ level: "lossy" });
    expect(edgeHealth(edgeBetween("/ingress-nginx", "/web"))).toEqual({ level: "fine", reason: undefined });
  });

  it("tells what policy stopped from what it should have, however few", () => {
    const edge = { ...edgeBetween("/ingress-nginx", "/web"), connections: 5_000 };
    expect(edgeHealth({ ...edge, conformances: { "denied-observed": 2, "denied-inferred": 1 } })).toEqual({
      level: "denied",
      reason: "3 denied by policy of 5,000",
    });
    expect(edgeHealth({ ...edge, conformances: { "denied-observed": 2, unenforced: 1 } })).toEqual({
      level: "unenforced",
      reason: "1 unenforced, 2 denied by policy of 5,000",
    });
    const view = mapViewOf(
      { ...answer, edges: [{ ...edge, conformances: { unenforced: 1 } }] },
      "bytes",
      range.to,
    );
    expect(view.links[0]?.label).toMatch(/ unenforced$/);
  });

  it("does not paint an edge for a stray failure among thousands", () => {
    const edge = {
      ...edgeBetween("/ingress-nginx", "/web"),
      connections: 5_000,
      outcomes: { unanswered: 3 },
    };
    expect(edgeHealth(edge).level).toBe("fine");
  });
});

describe("metricLabel", () => {
  it("names the figure with its unit", () => {
    const edge = { ...edgeBetween("/api", "/postgres"), bytesPerSecond: 1_200_000, connections: 30_600 };
    expect(metricLabel(edge, "bytes", 900).replace(" ", " ")).toBe("1.2 MB/s");
    expect(metricLabel(edge, "connections", 900)).toBe("34 conn/s");
    expect(metricLabel({ ...edge, handshakeP50Us: null }, "handshake", 900)).toBe("–");
  });
});

describe("mapViewOf", () => {
  const view = mapViewOf(answer, "bytes", range.to);
  it("groups workloads by namespace, and callers outside apart from what is called outside", () => {
    expect(view.groups.map(({ name }) => name).sort()).toEqual([
      "Callers outside",
      "Nodes",
      "Outside the cluster",
      "Unknown addresses",
      "data",
      "ingress",
      "kube-system",
      "monitoring",
      "shop",
    ]);
  });

  it("gives the busiest edge full weight and no edge more", () => {
    expect(Math.max(...view.links.map(({ weight }) => weight))).toBe(1);
    expect(Math.min(...view.links.map(({ weight }) => weight))).toBeGreaterThanOrEqual(0);
  });

  it("lets a collapsed namespace stand alone", () => {
    const collapsed = mapAnswer(shopWorld(), mapQuerySchema.parse({ collapse: "data" }), range);
    const card = mapViewOf(collapsed, "bytes", range.to).cards.find(
      ({ node }) => node.id === "namespace:data",
    );
    expect(card?.layout.group).toBeNull();
  });
});
