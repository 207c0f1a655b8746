import { addressKey, addressText } from "./address-key.js";
import type { Owner } from "./endpoint.js";

/** That an object says it has an address (or one port of it), since when at the earliest. */
export interface Claim {
  /** Textual; `*` for every node's addresses. */
  readonly address: string;
  /** IANA number; 0 with port 0 for all of the address. */
  readonly protocol: number;
  readonly port: number;
  readonly owner: Owner;
  /** Not before this, Unix milliseconds; undefined where the object does not say. */
  readonly startMs: number | undefined;
  /** By this time it had the address for sure; undefined where the object does not say. */
  readonly readyMs: number | undefined;
}

/** All that one object claims at present. */
export interface ObjectClaims {
  readonly uid: string;
  readonly claims: readonly Claim[];
  /** Where it says itself that it gave up its addresses (a pod that ran to its end): when, or `untold`. */
  readonly end: number | "untold" | undefined;
}

/** IANA protocol numbers by the names that Kubernetes uses. */
export const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = { TCP: 6, UDP: 17, SCTP: 132 };

type Place = Pick<Claim, "address" | "protocol" | "port">;

/** Key of a port of every node; see {@link portKey}. */
export const EVERY_NODE = "*";

/** The key under which a claim is held; undefined where its address is none. */
export function claimKey({ address, protocol, port }: Place): string | undefined {
  const key = address === EVERY_NODE ? EVERY_NODE : addressKey(address);
  return key === undefined || port === 0 ? key : portKey(key, protocol, port);
}

/** Key of one port of an address, whose own key is given. */
export function portKey(key: string, protocol: number, port: number): string {
  return `${key}|${protocol}|${port}`;
}

/** What a key stands for. */
export function placeOf(key: string): Place {
  const addressLength = key.startsWith(`${EVERY_NODE}|`) ? EVERY_NODE.length : 16;
  const address = key.slice(0, addressLength);
  const [, protocol = "0", port = "0"] = key.slice(addressLength).split("|");
  return {
    address: address === EVERY_NODE ? EVERY_NODE : addressText(Buffer.from(address, "latin1")),
    protocol: Number(protocol),
    port: Number(port),
  };
}
