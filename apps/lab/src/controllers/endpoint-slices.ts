import { type ClusterObjects, uidOf } from "../objects/cluster-objects.js";
import { matchesLabels } from "../objects/label-selector.js";
import { isReady, isServing } from "../objects/pod-status.js";
import type { EndpointSlice, Pod, Service } from "../objects/schemas.js";
import { contentHash } from "./hash.js";

const SERVICE_LABEL = "kubernetes.io/service-name";
const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
const CONTROLLER = "endpointslice-controller.k8s.io";

/** Keeps one EndpointSlice for each Service with a selector: the pods that it selects, with what may be sent to each. */
export function reconcileEndpointSlices(objects: ClusterObjects): void {
  const wanted = new Set<string>();
  for (const service of objects.list("Service")) {
    if (Object.keys(service.spec.selector).length === 0) continue;
    const slice = endpointSlice(service, selectedPods(objects, service));
    wanted.add(`${slice.metadata.namespace}/${slice.metadata.name}`);
    objects.apply(slice);
  }
  for (const { metadata } of objects.list("EndpointSlice")) {
    // Others keep slices of their own, for Services without a selector.
    if (metadata.labels?.[MANAGED_BY] !== CONTROLLER) continue;
    if (wanted.has(`${metadata.namespace}/${metadata.name}`)) continue;
    objects.remove("EndpointSlice", metadata.namespace, metadata.name);
  }
}

/** The slice of a Service, found by the name that its controller gives it. */
export function endpointSliceName(service: Service): string {
  return `${service.metadata.name}-${contentHash(service.metadata.uid, 5)}`;
}

function selectedPods(objects: ClusterObjects, service: Service): Pod[] {
  return objects
    .list("Pod", service.metadata.namespace)
    .filter(
      ({ metadata, status }) =>
        status?.phase === "Running" &&
        status.podIP !== undefined &&
        matchesLabels(service.spec.selector, metadata.labels),
    );
}

function endpointSlice(service: Service, pods: readonly Pod[]): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: endpointSliceName(service),
      namespace: service.metadata.namespace,
      labels: {
        [SERVICE_LABEL]: service.metadata.name,
        [MANAGED_BY]: CONTROLLER,
      },
      ownerReferences: [
        {
          apiVersion: "v1",
          kind: "Service",
          name: service.metadata.name,
          uid: uidOf(service),
          controller: true,
        },
      ],
    },
    addressType: "IPv4",
    endpoints: pods.map((pod) => ({
      addresses: [pod.status?.podIP ?? ""],
      conditions: {
        ready: isReady(pod),
        serving: isServing(pod),
        terminating: pod.metadata.deletionTimestamp !== undefined,
      },
      nodeName: pod.spec.nodeName,
      targetRef: {
        kind: "Pod",
        namespace: pod.metadata.namespace,
        name: pod.metadata.name,
        uid: pod.metadata.uid,
      },
    })),
    ports: service.spec.ports.flatMap((port) => {
      const number = targetPort(port.targetPort ?? port.port, port.protocol, pods);
      return number === undefined ? [] : [{ name: port.name ?? "", port: number, protocol: port.protocol }];
    }),
  };
}

/** A named target port is the one of the first pod that has it: a workload's pods are alike. */
function targetPort(
  port: number | string,
  protocol: "TCP" | "UDP",
  pods: readonly Pod[],
): number | undefined {
  if (typeof port === "number") return port;
  return pods
    .flatMap((pod) => pod.spec.containers.flatMap((container) => container.ports))
    .find((candidate) => candidate.name === port && candidate.protocol === protocol)?.containerPort;
}
