/** 2^32 divided by the golden ratio: spreads neighbouring ports. */
export const SAMPLING_MULTIPLIER = 0x9e3779b1;
/** One connection in 2^10 is the least that sampling leaves. */
export const MOST_SAMPLING_SHIFT = 10;

const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;

/**
 * Whether a connection is among those that are kept where one in 2^`samplingShift` is: decided by the higher of its ports, which
 * is nearly always the client's, and which translation to a Service's backend leaves as it is. So both directions, all
 * interfaces and all nodes decide alike, without any state.
 *
 * Only TCP and UDP are sampled. Of connections that are not kept, too, come TCP segments with SYN, FIN or RST, and fragments.
 *
 * @param protocol IP protocol number
 */
export function isSampled(protocol: number, portA: number, portB: number, samplingShift: number): boolean {
  if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) return true;
  const hash = Math.imul(Math.max(portA, portB), SAMPLING_MULTIPLIER) >>> 16;
  return (hash & ((1 << samplingShift) - 1)) === 0;
}
