import { describe, expect, it } from "vitest";
import { MINUTE, node, pod, Scene, T0, TCP, UDP, webService } from "./endpoint-scene.js";

describe("services", () => {
  it("are told by address and port", () => {
    const scene = new Scene();
    scene.apply(0, webService);
    expect(scene.history.endpointAt("10.96.0.10", T0, 80, TCP)).toMatchObject({
      name: "web",
      portName: "http",
      reach: "clusterIP",
    });
    expect(scene.history.endpointAt("fd00:96::10", T0, 443, UDP)).toMatchObject({
      name: "web",
      portName: "quic",
    });
    expect(scene.history.endpointAt("10.96.0.10", T0, 81, TCP)).toMatchObject({ name: "web", portName: "" });
    expect(scene.history.endpointAt("192.0.2.7", T0, 80, TCP)).toMatchObject({
      name: "web",
      reach: "externalIP",
    });
    expect(scene.who("192.0.2.7", 0, 81, TCP)).toBe("external 192.0.2.7");
  });

  it("are reached at a node by NodePort and load balancer; other ports are the node's", () => {
    const scene = new Scene();
    scene.apply(
      0,
      webService,
      node("node-1", "192.168.0.1", "10.244.1.0/24"),
      node("node-2", "192.168.0.2", "10.244.2.0/24"),
    );
    expect(scene.history.endpointAt("192.168.0.2", T0, 30080, TCP)).toMatchObject({
      name: "web",
      reach: "nodePort",
      portName: "http",
    });
    expect(scene.who("192.168.0.2", 0, 30080, UDP)).toBe("node node-2");
    expect(scene.history.endpointAt("192.168.0.1", T0, 80, TCP)).toMatchObject({
      name: "web",
      reach: "loadBalancer",
    });
    expect(scene.who("192.168.0.2", 0, 80, TCP)).toBe("node node-2");
  });

  it("keep their time: a port from its appearance, an address until the service goes", () => {
    const scene = new Scene();
    scene.apply(0, webService);
    const more = {
      ...webService,
      spec: { ...(webService.spec as object), ports: [{ name: "admin", port: 8080 }] },
    };
    scene.apply(5, more);
    expect(scene.history.endpointAt("10.96.0.10", T0 + 6 * MINUTE, 8080, TCP)).toMatchObject({
      portName: "admin",
    });
    expect(scene.history.endpointAt("10.96.0.10", T0 + 4 * MINUTE, 8080, TCP)).toMatchObject({
      portName: "",
    });
    expect(scene.history.endpointAt("10.96.0.10", T0 + 4 * MINUTE, 80, TCP)).toMatchObject({
      portName: "http",
    });
    scene.delete(7, more);
    expect(scene.who("10.96.0.10", 8)).toBe("external 10.96.0.10");
  });
});

describe("nodes", () => {
  it("own their addresses, their bridge's and their tunnel device's", () => {
    const scene = new Scene();
    scene.apply(0, node("node-1", "192.168.0.1", "10.244.1.0/24"));
    const reach = (address: string) => scene.history.endpointAt(address, T0);
    expect(reach("192.168.0.1")).toMatchObject({ kind: "node", name: "node-1", reach: "address" });
    expect(reach("10.244.1.1")).toMatchObject({ kind: "node", name: "node-1", reach: "gateway" });
    expect(reach("10.244.1.0")).toMatchObject({ kind: "node", name: "node-1", reach: "tunnel" });
    expect(reach("10.244.1.2")).toMatchObject({ kind: "external" });
    expect(scene.history.inPodNetwork("10.244.1.2")).toBe(true);
    expect(scene.history.inPodNetwork("10.245.1.2")).toBe(false);
  });

  it("stand for their host-network pods, which are told by the ports they declare", () => {
    const scene = new Scene();
    const exporter = pod("exporter", {
      ip: "192.168.0.1",
      start: 0,
      hostNetwork: true,
      ports: [{ containerPort: 9100 }],
    });
    scene.apply(0, node("node-1", "192.168.0.1", "10.244.1.0/24"), exporter);
    expect(scene.history.endpointAt("192.168.0.1", T0)).toMatchObject({ kind: "node", name: "node-1" });
    expect(scene.history.endpointAt("192.168.0.1", T0, 9100, TCP)).toMatchObject({
      kind: "node",
      name: "node-1",
      pod: { name: "exporter", hostNetwork: true },
    });
    expect(scene.history.endpointAt("192.168.0.1", T0, 9100, UDP)).not.toHaveProperty("pod");
  });

  it("know Calico's tunnel addresses", () => {
    const scene = new Scene();
    const calico = node("node-1", "192.168.0.1", "");
    calico.metadata.annotations = { "projectcalico.org/IPv4IPIPTunnelAddr": "10.42.7.64" };
    scene.apply(0, calico);
    expect(scene.who("10.42.7.64", 0)).toBe("node node-1");
  });
});
