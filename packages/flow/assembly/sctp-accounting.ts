import { PROTOCOL_SCTP } from "../../packet/src/protocols";
import { SCTP_ABORT, SCTP_INIT, SCTP_INIT_ACK, SCTP_SHUTDOWN } from "../../packet/src/sctp-chunks";
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "../../packet/src/tcp-flags";
import { CLOSING_RST } from "../src/row-flags";
import {
  coldOf,
  ENTRY_SAMPLING,
  ENTRY_SAMPLING_HANDSHAKE,
  Entry,
  lineOf,
  STREAM_COLD_TOUCHED,
  STREAM_SYN_SEEN,
} from "./entry";
import { Packet } from "./packet";
import { answerSample } from "./round-trip-samples";
import { closeEntry, endDirection, learnInitiator } from "./tcp-accounting";

const CONTROL_CHUNKS: i32 = SCTP_INIT | SCTP_INIT_ACK | SCTP_ABORT | SCTP_SHUTDOWN;

/**
 * Counts what begins and ends an SCTP association (RFC 9260 sections 5.1 and 9) where TCP has its like: INIT as SYN, INIT ACK
 * as SYN-ACK, SHUTDOWN as FIN, ABORT as RST; the handshake's round trip is INIT to INIT ACK.
 *
 * @returns whether the association is closed by this packet
 */
export function countSctp(entry: Entry, packet: Packet): bool {
  const chunks = packet.sctpChunks;
  if (packet.protocol !== PROTOCOL_SCTP || (chunks & CONTROL_CHUNKS) === 0) return false;
  const direction = packet.direction;
  const line = lineOf(entry, direction);
  const cold = coldOf(entry, direction);
  const sampling = ENTRY_SAMPLING | ENTRY_SAMPLING_HANDSHAKE;
  line.state |= STREAM_COLD_TOUCHED;
  if ((chunks & SCTP_INIT) !== 0) {
    cold.synPackets++;
    line.state |= TCP_SYN;
    learnInitiator(entry, direction);
    // One that is sent again: the INIT ACK does not tell which it answers.
    if ((line.state & STREAM_SYN_SEEN) !== 0) entry.state &= ~(sampling << direction);
    else {
      entry.state |= sampling << direction;
      line.sampleUs = packet.timeUs;
    }
    line.state |= STREAM_SYN_SEEN;
  }
  if ((chunks & SCTP_INIT_ACK) !== 0) {
    const other = 1 - direction;
    cold.synAckPackets++;
    line.state |= TCP_SYN | TCP_ACK;
    learnInitiator(entry, other);
    if ((entry.state & (ENTRY_SAMPLING << other)) !== 0) answerSample(entry, other, packet);
  }
  if ((chunks & SCTP_ABORT) !== 0) {
    cold.rstPackets++;
    line.state |= TCP_RST;
    const closes = closeEntry(entry);
    if (closes) cold.closing = CLOSING_RST;
    return closes;
  }
  if ((chunks & SCTP_SHUTDOWN) === 0) return false;
  cold.finPackets++;
  line.state |= TCP_FIN;
  return endDirection(entry, direction);
}
