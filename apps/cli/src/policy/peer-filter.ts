import { Fault } from "@hopline/fault";
import {
  type ClusterState,
  type ConnectivityPeer,
  type Party,
  type Pod,
  parseAddress,
} from "@hopline/policy";

/** `NAMESPACE/NAME`, `NAMESPACE/NAME[KIND]` or `NAME`. */
const NAME_FORM = /^(?:(?<namespace>[^/[\]]+)\/)?(?<name>[^/[\]]+)(?:\[(?<kind>[A-Za-z]+)\])?$/;

/** What `--from` or `--to` asks for: pods and workloads by name, or one address. */
export class PeerFilter {
  readonly #option: string;
  readonly #text: string;
  readonly #state: ClusterState;

  /** @throws Fault `POLICY_PEER_INVALID` for what can be neither a name nor an address */
  constructor(option: string, text: string, state: ClusterState) {
    if (!NAME_FORM.test(text) && parseAddress(text) === undefined) {
      throw new Fault({
        code: "POLICY_PEER_INVALID",
        message: `${option} is "${text}", which is neither a name nor an address.`,
        hint: "Write NAMESPACE/NAME, NAMESPACE/NAME[KIND] or an address.",
      });
    }
    this.#option = option;
    this.#text = text;
    this.#state = state;
  }

  /** The pods asked for, or the one that has the address; else the address itself. */
  parties(): Party[] {
    if (parseAddress(this.#text) === undefined)
      return this.#pods().map(({ namespace, name }) => ({ kind: "pod", namespace, name }));
    const address = this.#text;
    const pod = this.#state.pods.find((each) => each.addresses.includes(address));
    if (pod !== undefined) return [{ kind: "pod", namespace: pod.namespace, name: pod.name, address }];
    const node = this.#state.nodes.find((each) => each.addresses.includes(address));
    return [node === undefined ? { kind: "external", address } : { kind: "node", name: node.name, address }];
  }

  /** Which peers of a list belong to what is asked for. */
  matcher(): (peer: ConnectivityPeer) => boolean {
    const address = parseAddress(this.#text);
    const owner = this.#state.pods.find(({ addresses }) => addresses.includes(this.#text));
    const pods = address === undefined ? this.#pods() : owner === undefined ? [] : [owner];
    return (peer) => {
      if (peer.kind === "workload") return pods.some((pod) => isOf(pod, peer));
      if (address === undefined || owner !== undefined || peer.family !== address.family) return false;
      return peer.first <= address.value && address.value <= peer.last;
    };
  }

  #pods(): Pod[] {
    const { namespace, name, kind } = NAME_FORM.exec(this.#text)?.groups ?? {};
    const pods = this.#state.pods.filter((pod) => {
      if (namespace !== undefined && namespace !== pod.namespace) return false;
      const isWorkload = pod.workload.name === name && (kind === undefined || kind === pod.workload.kind);
      return isWorkload || (pod.name === name && (kind === undefined || kind === "Pod"));
    });
    if (name !== undefined && pods.length > 0) return pods;
    throw new Fault({
      code: "POLICY_PEER_UNKNOWN",
      message: `${this.#option} names "${this.#text}", which is no pod or workload in the manifests, and no address.`,
      hint: "Write NAMESPACE/NAME, NAMESPACE/NAME[KIND] or an address.",
    });
  }
}

function isOf(pod: Pod, peer: ConnectivityPeer & { kind: "workload" }): boolean {
  const { kind, name } = pod.workload;
  return pod.namespace === peer.namespace && name === peer.workload.name && kind === peer.workload.kind;
}
