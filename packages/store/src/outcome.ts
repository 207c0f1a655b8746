import { SEEN } from "./connection-row.js";

/** Younger than this, a connection that nothing came back to is `unknown`, not `unanswered`. */
export const ANSWER_PATIENCE_US = 3_000_000;

/** IANA protocol number. */
export const TCP = 6;

/** SQL condition: ICMP other than echo, which has no port at its client and its type and code at its server. */
export function isNoticeSql(protocol: string, clientPort: string, serverPort: string): string {
  return `${protocol} IN (1, 58) AND ${clientPort} = 0 AND ${serverPort} != 0`;
}

/**
 * SQL: what became of a connection, from the bits of `seen`.
 *
 * TCP whose beginning was seen: a SYN-ACK, or a reply with payload, is `delivered`; an RST as the only kind of answer
 * is `refused`. TCP seen from its middle on is `delivered` where both directions ran, else `unknown`; an RST alone
 * proves neither there. An ICMP message that no one answers (an error, a redirect) is `unknown`. Everything else is `delivered` as soon as there is a reply. A beginning that nothing answered is
 * `unanswered`, once it is old enough.
 *
 * `dropped` is what there is evidence for (`drops`) and what was not delivered for all that: an RST is then a REJECT rule's,
 * silence the drop's. A drop in the middle of a delivered connection leaves it delivered; its bit stays.
 *
 * @param seen SQL of the bits
 * @param protocol SQL of the IANA protocol number
 * @param isNotice SQL condition: see {@link isNoticeSql}
 * @param oldEnough SQL condition: {@link ANSWER_PATIENCE_US} have passed since the beginning
 */
export function outcomeSql(seen: string, protocol: string, isNotice: string, oldEnough: string): string {
  const has = (bits: number) => `bitAnd(${seen}, ${bits}) != 0`;
  const tcp = `${protocol} = ${TCP}`;
  return `multiIf(
    ${tcp} AND ${has(SEEN.synAck | SEEN.replyPayload)}, 'delivered',
    ${tcp} AND NOT ${has(SEEN.syn)} AND ${has(SEEN.forward)} AND ${has(SEEN.replyOther)}, 'delivered',
    NOT ${tcp} AND ${has(SEEN.reply)}, 'delivered',
    ${has(SEEN.dropped)}, 'dropped',
    ${tcp} AND ${has(SEEN.syn)} AND ${has(SEEN.replyRst)}, 'refused',
    ${tcp} AND NOT ${has(SEEN.syn)}, 'unknown',
    ${isNotice}, 'unknown',
    ${has(SEEN.reply)} OR NOT ${has(SEEN.forward)}, 'unknown',
    ${oldEnough}, 'unanswered',
    'unknown')`;
}
