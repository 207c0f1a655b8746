import type { ServicePort } from "../iptables/service-rules.js";
import type { ClusterObjects } from "../objects/cluster-objects.js";
import { isReady } from "../objects/pod-status.js";
import type { ScrapeTarget } from "../workload/messages.js";
import { endpointSliceName } from "./endpoint-slices.js";

/** The names of Services, as the cluster's DNS answers them. */
export function clusterZone(objects: ClusterObjects): Record<string, string> {
  const zone: Record<string, string> = {};
  for (const { metadata, spec } of objects.list("Service")) {
    if (spec.clusterIP !== undefined)
      zone[`${metadata.name}.${metadata.namespace}.svc.cluster.local`] = spec.clusterIP;
  }
  return zone;
}

/** Every pod that runs, for the scraper. */
export function scrapeTargets(objects: ClusterObjects): ScrapeTarget[] {
  return objects
    .list("Pod")
    .filter(isReady)
    .map((pod) => ({
      namespace: pod.metadata.namespace ?? "",
      name: pod.metadata.name,
      address: pod.status?.podIP ?? "",
    }));
}

/** Service ports with their backends, as the node's rules are made from. */
export function servicePorts(objects: ClusterObjects): ServicePort[] {
  return objects.list("Service").flatMap((service) => {
    const { clusterIP } = service.spec;
    if (clusterIP === undefined) return [];
    const slice = objects.get("EndpointSlice", service.metadata.namespace, endpointSliceName(service));
    return service.spec.ports.map((port): ServicePort => {
      const target = slice?.ports.find((candidate) => candidate.name === (port.name ?? ""));
      const backends = (slice?.endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready === true)
        .flatMap(({ addresses, nodeName }) => addresses.map((address) => ({ address, nodeName })));
      return {
        namespace: service.metadata.namespace ?? "",
        service: service.metadata.name,
        portName: port.name ?? "",
        protocol: port.protocol,
        clusterIp: clusterIP,
        port: port.port,
        nodePort: port.nodePort,
        onlyLocal: service.spec.externalTrafficPolicy === "Local",
        backends: target === undefined ? [] : backends.map((backend) => ({ ...backend, port: target.port })),
      };
    });
  });
}
