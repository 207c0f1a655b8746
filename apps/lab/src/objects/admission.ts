import { Fault } from "@hopline/fault";
import type { KubeObject } from "../kube-api/index.js";
import { serviceAddress } from "../network/address-plan.js";
import type { ClusterObjects } from "./cluster-objects.js";
import type { Admitted, ManifestObject } from "./manifest.js";
import type { Service } from "./schemas.js";

const FIRST_NODE_PORT = 30_100;

/**
 * Checks that each object's namespace is there, or comes earlier in the same manifest.
 * @throws Fault `MANIFEST_INVALID`
 */
export function checkNamespaces(objects: ClusterObjects, manifest: readonly ManifestObject[]): void {
  const known = new Set(objects.list("Namespace").map((namespace) => namespace.metadata.name));
  for (const { object, where } of manifest) {
    const { name, namespace } = object.metadata;
    if (object.kind === "Namespace") known.add(name);
    else if (!known.has(namespace ?? "")) {
      throw new Fault({
        code: "MANIFEST_INVALID",
        message: `${where}: there is no namespace ${namespace} for ${object.kind} ${name}.`,
        hint: "Give the Namespace in the same file, before what is in it.",
      });
    }
  }
}

/** What the API server makes of an object that a user gives; the status is never the user's. */
export function complete(objects: ClusterObjects, object: Admitted): KubeObject {
  const before = objects.store.get(
    object.apiVersion,
    object.kind,
    object.metadata.namespace,
    object.metadata.name,
  );
  const given = object.kind === "Service" ? completeService(objects, object) : object;
  const labels =
    object.kind === "Namespace"
      ? { ...object.metadata.labels, "kubernetes.io/metadata.name": object.metadata.name }
      : object.metadata.labels;
  return {
    ...given,
    metadata: { ...object.metadata, ...(labels === undefined ? {} : { labels }) },
    ...(before?.status === undefined ? {} : { status: before.status }),
  };
}

/** An address and node ports, which a Service keeps for as long as it is there. */
function completeService(objects: ClusterObjects, service: Service): Service {
  const before = objects.get("Service", service.metadata.namespace, service.metadata.name);
  const services = objects.list("Service");
  const clusterIP = service.spec.clusterIP ?? before?.spec.clusterIP ?? freeAddress(services);
  const takenNodePorts = new Set(services.flatMap(({ spec }) => spec.ports.map((port) => port.nodePort)));
  const ports = service.spec.ports.map((port) => {
    const completed = { ...port, targetPort: port.targetPort ?? port.port };
    if (service.spec.type !== "NodePort") return completed;
    const kept = before?.spec.ports.find((old) => old.port === port.port && old.protocol === port.protocol);
    const nodePort = port.nodePort ?? kept?.nodePort ?? freeNodePort(takenNodePorts);
    takenNodePorts.add(nodePort);
    return { ...completed, nodePort };
  });
  return {
    ...service,
    spec: { ...service.spec, clusterIP, clusterIPs: [clusterIP], ports, ipFamilies: ["IPv4"] },
  };
}

function freeAddress(services: readonly Service[]): string {
  const taken = new Set(services.map((service) => service.spec.clusterIP));
  let ordinal = 0;
  while (taken.has(serviceAddress(ordinal))) ordinal += 1;
  return serviceAddress(ordinal);
}

function freeNodePort(taken: ReadonlySet<number | undefined>): number {
  let port = FIRST_NODE_PORT;
  while (taken.has(port)) port += 1;
  return port;
}
