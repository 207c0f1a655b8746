import { type AddressRange, addressText, type Family, type IpAddress, parseNetwork } from "./ip-address.js";

/** Networks that are nobody's in particular (RFC 1918, 6598, 3927, 4193, 4291): never mixed with public addresses. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"];
const PRIVATE_6 = ["fc00::/7", "fe80::/10"];
const PRIVATE_RANGES = [...PRIVATE, ...PRIVATE_6].flatMap((cidr) => parseNetwork(cidr) ?? []);

/** Not grouped into anything larger. */
const SHORTEST_PREFIX: Readonly<Record<Family, number>> = { 4: 8, 6: 32 };

export interface AddressGroup {
  readonly cidr: string;
  /** Networks in `cidr` that are left out. */
  readonly except: readonly string[];
  /** How many of the addresses are in it. */
  readonly addresses: number;
}

interface Network extends AddressRange {
  readonly prefix: number;
  readonly addresses: number;
}

/**
 * A few networks that hold all addresses: each by itself where they are few; else neighbours together, never over an
 * address in `taken`, nor public and private ones together. Public addresses that are still too many are all public
 * ones.
 *
 * @param most networks of each family, if it can be
 */
export function groupAddresses(
  addresses: readonly IpAddress[],
  most: number,
  taken: readonly IpAddress[] = [],
): AddressGroup[] {
  return ([4, 6] as const).flatMap((family) =>
    groupFamily(
      family,
      addresses.filter((each) => each.family === family),
      most,
      taken.filter((each) => each.family === family).map(({ value }) => value),
    ),
  );
}

function groupFamily(
  family: Family,
  addresses: readonly IpAddress[],
  most: number,
  taken: readonly bigint[],
): AddressGroup[] {
  const bits = family === 4 ? 32 : 128;
  const values = [...new Set(addresses.map(({ value }) => value))].sort((a, b) => (a < b ? -1 : 1));
  const occupied = [...taken].sort((a, b) => (a < b ? -1 : 1));
  let networks = values.map(
    (value): Network => ({ family, first: value, last: value, prefix: bits, addresses: 1 }),
  );
  for (let prefix = bits - 1; networks.length > most && prefix >= SHORTEST_PREFIX[family]; prefix--)
    networks = joinAt(prefix, bits, networks, occupied);
  const isPublic = (network: Network) => blockOf(network) === undefined;
  const outside = networks.filter(isPublic);
  if (networks.length <= most || outside.length < 2) return networks.map(toGroup);
  const everything = { first: 0n, last: (1n << BigInt(bits)) - 1n, prefix: 0 };
  const count = outside.reduce((sum, network) => sum + network.addresses, 0);
  return [
    ...networks.filter((network) => !isPublic(network)).map(toGroup),
    {
      ...toGroup({ family, ...everything, addresses: count }),
      except: family === 4 ? PRIVATE : PRIVATE_6,
    },
  ];
}

/** Puts together what shares a network of this prefix, where that covers nobody else's. */
function joinAt(
  prefix: number,
  bits: number,
  networks: readonly Network[],
  occupied: readonly bigint[],
): Network[] {
  const hostBits = BigInt(bits - prefix);
  const joined: Network[] = [];
  for (let at = 0; at < networks.length; ) {
    const start = networks[at]!;
    const first = (start.first >> hostBits) << hostBits;
    const last = first | ((1n << hostBits) - 1n);
    let end = at + 1;
    while (end < networks.length && networks[end]!.last <= last) end++;
    const members = networks.slice(at, end);
    const whole = {
      family: start.family,
      first,
      last,
      prefix,
      addresses: members.reduce((sum, { addresses }) => sum + addresses, 0),
    };
    const mayJoin =
      members.length > 1 &&
      blockOf(whole) === blockOf(start) &&
      !mixesBlocks(whole) &&
      !holds(whole, occupied);
    joined.push(...(mayJoin ? [whole] : members));
    at = end;
  }
  return joined;
}

/** The private network that a network is in. */
function blockOf({ family, first, last }: AddressRange): AddressRange | undefined {
  return PRIVATE_RANGES.find(
    (block) => block.family === family && block.first <= first && last <= block.last,
  );
}

/** Holds private and public addresses. */
function mixesBlocks(network: AddressRange): boolean {
  if (blockOf(network) !== undefined) return false;
  return PRIVATE_RANGES.some(
    (block) => block.family === network.family && block.first <= network.last && network.first <= block.last,
  );
}

function holds({ first, last }: AddressRange, sorted: readonly bigint[]): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < first) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && sorted[low]! <= last;
}

function toGroup({ family, first, prefix, addresses }: Network): AddressGroup {
  return { cidr: `${addressText({ family, value: first })}/${prefix}`, except: [], addresses };
}
