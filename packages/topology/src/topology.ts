import { isIpv4, parseAddress } from "@hopline/packet";
import { findAttachedAddresses } from "./attached-addresses.js";
import { EMPTY_DESCRIPTION, kindOf, type Link, type NodeDescription } from "./description.js";
import { decideRoles, type Role } from "./roles.js";

const REMEMBER_GONE_MS = 300_000;

export interface NodeInterface {
  /** The kernel's index. */
  readonly index: number;
  readonly name: string;
  readonly role: Role;
  /** Which rule gave it its role, in a few words. */
  readonly because: string;
  /** Role `pod`: the addresses behind it as the kernel knows them, as text. */
  readonly attachedAddresses: readonly string[];
  /** When it was first described, milliseconds since the Unix epoch. */
  readonly sinceMs: number;
}

/** UDP ports of a node's tunnel devices, by what they carry. */
export interface TunnelPorts {
  readonly vxlan: readonly number[];
  readonly vxlanGpe: readonly number[];
  readonly geneve: readonly number[];
}

/** What a row needs to know of its interface; the address is 16 bytes. */
interface Known extends NodeInterface {
  readonly attachedIpv4: Uint8Array | undefined;
  readonly attachedIpv6: Uint8Array | undefined;
  /** Learned from traffic, for where the kernel has nothing to say (yet). */
  learnedIpv4: Uint8Array | undefined;
  learnedIpv6: Uint8Array | undefined;
  /** Milliseconds since the Unix epoch, or Infinity while it is there. */
  goneAtMs: number;
}

export interface TopologyOptions {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  /** The node's addresses where they are known from elsewhere. */
  readonly nodeAddresses?: readonly string[];
  /** How long the name and role of an interface that has gone are kept: rows of a closing window need them. */
  readonly rememberGoneMs?: number;
}

/** A node's interfaces, their roles and who is behind them: now, and for those that have gone a while ago. */
export class Topology {
  readonly #options: TopologyOptions;
  readonly #byIndex = new Map<number, Known>();
  readonly #byName = new Map<string, Known>();
  #description: NodeDescription = EMPTY_DESCRIPTION;

  constructor(options: TopologyOptions) {
    this.#options = options;
  }

  /** The last description taken in. */
  get description(): NodeDescription {
    return this.#description;
  }

  /** The interfaces that are there now. */
  get interfaces(): readonly NodeInterface[] {
    return [...this.#byIndex.values()].filter((one) => one.goneAtMs === Infinity);
  }

  /** Takes in what the kernel says now. */
  update(description: NodeDescription): void {
    this.#description = description;
    const { nodeAddresses, nowMs } = this.#options;
    const roles = decideRoles(description, { nodeAddresses });
    const podLinks = description.links.filter((link) => roles.get(link.ifindex)?.role === "pod");
    const attached = findAttachedAddresses(description, podLinks);
    const present = new Set<number>();
    for (const link of description.links) {
      const decision = roles.get(link.ifindex);
      if (decision === undefined) continue;
      present.add(link.ifindex);
      this.#put(link.ifindex, link.ifname, decision.role, decision.because, attached.get(link.ifname) ?? []);
    }
    this.#forgetGone(present, nowMs());
  }

  byIndex(index: number): NodeInterface | undefined {
    return this.#byIndex.get(index);
  }

  /** For captures from files, whose indexes are not the kernel's. */
  byName(name: string): NodeInterface | undefined {
    return this.#byName.get(name);
  }

  /** 16 bytes of the pod's address behind the interface, of the family asked for if it has one; undefined where not known. */
  attachedAddress(name: string, ipv4: boolean): Uint8Array | undefined {
    const known = this.#byName.get(name);
    if (known === undefined) return undefined;
    const own = ipv4 ? (known.attachedIpv4 ?? known.learnedIpv4) : (known.attachedIpv6 ?? known.learnedIpv6);
    return own ?? known.attachedIpv4 ?? known.learnedIpv4 ?? known.attachedIpv6 ?? known.learnedIpv6;
  }

  /**
   * Takes the source of a packet that came in from a pod's interface as a hint at the pod's address. What the
   * kernel says goes first, and the first hint stays: an interface lives and dies with its pod, and its address with it.
   */
  learn(name: string, addresses: Uint8Array, offset: number): void {
    const known = this.#byName.get(name);
    if (known === undefined || known.role !== "pod") return;
    const ipv4 = isIpv4(addresses, offset);
    const has = ipv4 ? (known.attachedIpv4 ?? known.learnedIpv4) : (known.attachedIpv6 ?? known.learnedIpv6);
    if (has !== undefined || !isUnicast(addresses, offset, ipv4)) return;
    if (ipv4) known.learnedIpv4 = addresses.slice(offset, offset + 16);
    else known.learnedIpv6 = addresses.slice(offset, offset + 16);
  }

  /** Kernel indexes of the interfaces that are there and have one of `roles`. */
  indexesOf(roles: ReadonlySet<Role>): number[] {
    return this.interfaces.filter((one) => roles.has(one.role)).map((one) => one.index);
  }

  /**
   * The highest kernel index of any interface that was there when the node was last described: the kernel counts up, so an interface
   * that is made afterwards has a higher one.
   */
  get newestIndex(): number {
    return this.#description.links.reduce((newest, { ifindex }) => Math.max(newest, ifindex), 0);
  }

  /** UDP ports on which the node's tunnel devices speak. */
  tunnelPorts(): TunnelPorts {
    const { links } = this.#description;
    const ports = (of: (link: Link) => boolean): number[] => {
      const all = links.filter(of).map((link) => link.linkinfo?.info_data?.port ?? 0);
      return [...new Set(all)].filter((port) => port > 0);
    };
    const isGpe = (link: Link): boolean => link.linkinfo?.info_data?.gpe === true;
    return {
      vxlan: ports((link) => kindOf(link) === "vxlan" && !isGpe(link)),
      vxlanGpe: ports((link) => kindOf(link) === "vxlan" && isGpe(link)),
      geneve: ports((link) => kindOf(link) === "geneve"),
    };
  }

  #put(index: number, name: string, role: Role, because: string, attachedAddresses: readonly string[]): void {
    const before = this.#byIndex.get(index);
    const same = before?.name === name ? before : undefined;
    const bytes = attachedAddresses.map(parseAddress).filter((address) => address !== undefined);
    const known: Known = {
      index,
      name,
      role,
      because,
      attachedAddresses,
      sinceMs: same?.sinceMs ?? this.#options.nowMs(),
      attachedIpv4: bytes.find((address) => isIpv4(address)),
      attachedIpv6: bytes.find((address) => !isIpv4(address)),
      learnedIpv4: same?.learnedIpv4,
      learnedIpv6: same?.learnedIpv6,
      goneAtMs: Infinity,
    };
    // The kernel forgets a silent pod's neighbour entry after a while; the pod has not moved.
    this.#byIndex.set(index, bytes.length === 0 && same !== undefined ? keepAttached(known, same) : known);
    this.#byName.set(name, this.#byIndex.get(index) ?? known);
  }

  #forgetGone(present: ReadonlySet<number>, nowMs: number): void {
    const rememberMs = this.#options.rememberGoneMs ?? REMEMBER_GONE_MS;
    for (const [index, known] of this.#byIndex) {
      if (present.has(index)) continue;
      if (known.goneAtMs === Infinity) known.goneAtMs = nowMs;
      if (nowMs - known.goneAtMs < rememberMs) continue;
      this.#byIndex.delete(index);
      if (this.#byName.get(known.name) === known) this.#byName.delete(known.name);
    }
  }
}

function keepAttached(known: Known, before: Known): Known {
  const { attachedAddresses, attachedIpv4, attachedIpv6 } = before;
  return { ...known, attachedAddresses, attachedIpv4, attachedIpv6 };
}

/** Neither unspecified, loopback, link-local, multicast nor broadcast. */
function isUnicast(bytes: Uint8Array, offset: number, ipv4: boolean): boolean {
  if (ipv4) {
    const first = bytes[offset + 12] ?? 0;
    const isLinkLocal = first === 169 && bytes[offset + 13] === 254;
    return first !== 0 && first !== 127 && first < 224 && !isLinkLocal;
  }
  // 2000::/3 and fc00::/7: what pods have.
  const first = bytes[offset] ?? 0;
  return (first & 0xe0) === 0x20 || (first & 0xfe) === 0xfc;
}
