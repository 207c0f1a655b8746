import {
  type DecodedPacket,
  DnsMessage,
  decodeDns,
  dnsName,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  STATUS_COUNTED,
} from "@hopline/packet";

const DNS_PORT = 53;
/** Before each message over TCP (RFC 1035 section 4.2.2). */
const LENGTH_BYTES = 2;

const message = new DnsMessage();

/** What decodeDns says of a datagram or segment on port 53; nothing where it is no whole message. */
export function dnsEntries(packet: DecodedPacket, view: DataView): Record<string, string | number> {
  if (packet.sourcePort !== DNS_PORT && packet.destinationPort !== DNS_PORT) return {};
  if (packet.fragmentOffset > 0 || packet.payloadBytes === 0) return {};
  const isTcp = packet.protocol === PROTOCOL_TCP;
  if (!isTcp && packet.protocol !== PROTOCOL_UDP) return {};
  const start = packet.offset + (isTcp ? LENGTH_BYTES : 0);
  if (decodeDns(view, start, packet.end, message) !== STATUS_COUNTED) return {};
  return {
    dnsId: message.id,
    dnsIsResponse: message.isResponse,
    dnsIsTruncated: message.isTruncated,
    dnsResponseCode: message.responseCode,
    dnsName: dnsName(message),
    dnsType: message.questionType,
    dnsQuestions: message.questionCount,
    dnsAnswers: message.answerCount,
  };
}
