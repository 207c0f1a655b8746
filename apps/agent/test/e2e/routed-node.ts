import { execFileSync } from "node:child_process";

const GATEWAY = "10.77.0.1";

/** A pod of {@link RoutedNode}. */
export interface RoutedPod {
  readonly namespace: string;
  /** The node's end of its interface. */
  readonly interface: string;
  readonly address: string;
}

/**
 * A node in a namespace with two pods in namespaces of their own, attached as the ptp plugin does (unenslaved veth
 * with the gateway's address, host route), and a Service that DNATs 10.96.7.7:80 to the server pod's port 8080, TCP and UDP.
 */
export class RoutedNode {
  readonly namespace: string;
  readonly client: RoutedPod;
  readonly server: RoutedPod;
  readonly serviceAddress = "10.96.7.7";

  constructor(name: string) {
    this.namespace = `${name}-n`;
    this.client = { namespace: `${name}-a`, interface: "calia", address: "10.77.0.2" };
    this.server = { namespace: `${name}-b`, interface: "calib", address: "10.77.0.3" };
  }

  create(): void {
    const { namespace, serviceAddress, server } = this;
    shell(`ip netns add ${namespace}
      ip -n ${namespace} link set lo up
      ip netns exec ${namespace} sysctl -qw net.ipv4.ip_forward=1`);
    for (const pod of [this.client, server]) this.attach(pod);
    for (const protocol of ["tcp", "udp"]) {
      shell(`ip netns exec ${namespace} iptables -t nat -A PREROUTING -d ${serviceAddress} -p ${protocol} --dport 80 \
        -j DNAT --to ${server.address}:8080`);
    }
  }

  remove(): void {
    for (const namespace of [this.client.namespace, this.server.namespace, this.namespace]) {
      shell(`for pid in $(ip netns pids ${namespace} 2>/dev/null); do kill -9 $pid 2>/dev/null || true; done
        ip netns del ${namespace} 2>/dev/null || true`);
    }
  }

  /** Puts `pod` on the node, in a namespace that it makes. */
  attach({ namespace, interface: name, address }: RoutedPod): void {
    const node = this.namespace;
    shell(`ip netns add ${namespace}
      ip -n ${node} link add ${name} type veth peer name eth0 netns ${namespace}
      ip -n ${node} link set ${name} up
      ip -n ${node} addr add ${GATEWAY}/32 dev ${name}
      ip -n ${node} route add ${address}/32 dev ${name}
      ip -n ${namespace} link set lo up
      ip -n ${namespace} link set eth0 up
      ip -n ${namespace} addr add ${address}/32 dev eth0
      ip -n ${namespace} route add ${GATEWAY} dev eth0
      ip -n ${namespace} route add default via ${GATEWAY}`);
  }

  /** Takes `pod` and its namespace away. */
  detach({ namespace, interface: name }: RoutedPod): void {
    shell(`ip -n ${this.namespace} link del ${name}
      ip netns del ${namespace}`);
  }
}

export function shell(script: string): string {
  return execFileSync("sh", ["-ec", script], { stdio: ["ignore", "pipe", "inherit"] }).toString();
}
