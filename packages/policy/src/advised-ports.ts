import type { AdvisedPort } from "./advised-rules.js";
import type { Pod } from "./cluster.js";
import { portNameSchema } from "./field-schemas.js";
import { PROTOCOL_NUMBERS, type ProtocolName } from "./protocol.js";

const DNS_PORT = 53;
const DNS_NAMES: ReadonlySet<string> = new Set(["kube-dns", "coredns"]);

/** A port at these pods: by name where all of them give it the same, and give that name to no other port. */
export function portAt(pods: readonly Pod[], protocol: ProtocolName, port: number): AdvisedPort {
  const number = PROTOCOL_NUMBERS[protocol];
  const names = (pods[0]?.namedPorts ?? [])
    .filter((named) => named.protocol === number && named.port === port)
    .map(({ name }) => name);
  const name = names.find((each) => portNameSchema.safeParse(each).success && isSureName(each));
  return { protocol, port: name ?? port };

  function isSureName(wanted: string): boolean {
    return pods.every(({ namedPorts }) => {
      const ports = namedPorts.filter((named) => named.name === wanted && named.protocol === number);
      return ports.length > 0 && ports.every((named) => named.port === port);
    });
  }
}

/** Whether a port is the one at which the cluster's DNS answers. */
export function isClusterDns(pods: readonly Pod[], port: number): boolean {
  const [pod] = pods;
  if (pod === undefined) return false;
  const { labels, namedPorts } = pod;
  const isDnsPod = [labels["k8s-app"], labels["app.kubernetes.io/name"]].some(
    (name) => name !== undefined && DNS_NAMES.has(name),
  );
  const isNamed = namedPorts.some((named) => named.port === port && /^dns(-tcp)?$/.test(named.name));
  return isDnsPod && (port === DNS_PORT || isNamed);
}

/** DNS falls back to TCP for what does not fit (RFC 7766), so both are allowed where either was seen. */
export function dnsPortsAt(pods: readonly Pod[], port: number): AdvisedPort[] {
  return [portAt(pods, "UDP", port), portAt(pods, "TCP", port)];
}
