import { openPcapFile } from "@hopline/capture";
import {
  DecodedPacket,
  ENCAPSULATION_NAMES,
  ENCAPSULATION_NONE,
  type FrameDecoder,
  formatAddress,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_TCP,
  STATUS_COUNTED,
  STATUS_FRAGMENT,
  STATUS_NAMES,
  TCP_OPTION_MSS,
  TCP_OPTION_SACK,
  TCP_OPTION_SACK_PERMITTED,
  TCP_OPTION_TIMESTAMPS,
  TCP_OPTION_WINDOW_SCALE,
} from "@hopline/packet";
import { dnsEntries } from "./decoded-dns.js";
import { type PacketRecord, recordOf } from "./packet-record.js";

/** What our decoder says about each frame of a capture file. */
export function decodedRecords(path: string, decoder: FrameDecoder): PacketRecord[] {
  const records: PacketRecord[] = [];
  const source = openPcapFile(path);
  const packet = new DecodedPacket();
  try {
    while (
      source.poll(0, (block) => {
        for (let i = 0; i < block.count; i++) {
          const [offset = 0, captured = 0, wire = 0] = [
            block.offsets[i],
            block.capturedLengths[i],
            block.wireLengths[i],
          ];
          const tag = block.vlanTags[i] ?? -1;
          const status = decoder.decode(packet, block.view, offset, captured, wire, block.linkType, tag);
          records.push(decodedRecord(status, packet, block.view));
        }
      }) >= 0
    );
  } finally {
    source.close();
  }
  return records;
}

/** The same of one packet, of whose fields only those are taken that mean something. */
export function decodedRecord(status: number, packet: DecodedPacket, view: DataView): PacketRecord {
  const name = STATUS_NAMES[status] ?? `status ${status}`;
  if (status !== STATUS_COUNTED && status !== STATUS_FRAGMENT) return { status: classOf(name) };
  const isTcp = packet.protocol === PROTOCOL_TCP && status === STATUS_COUNTED;
  const isIcmp = packet.protocol === PROTOCOL_ICMP || packet.protocol === PROTOCOL_ICMPV6;
  const isFragment = packet.fragmentOffset > 0 || packet.moreFragments === 1;
  return recordOf({
    status: name,
    source: address(packet.source0, packet.source1, packet.source2, packet.source3),
    destination: address(packet.destination0, packet.destination1, packet.destination2, packet.destination3),
    protocol: packet.protocol,
    sourcePort: packet.sourcePort,
    destinationPort: packet.destinationPort,
    bytes: packet.bytes,
    payloadBytes: packet.payloadBytes,
    vlan: packet.vlan === 0 ? undefined : packet.vlan,
    ...(isFragment && {
      fragmentOffset: packet.fragmentOffset,
      moreFragments: packet.moreFragments,
      fragmentId: packet.fragmentId >>> 0,
    }),
    ...(isTcp && tcpEntries(packet)),
    ...(isIcmp && status === STATUS_COUNTED && icmpEntries(packet)),
    ...encapsulationEntries(packet),
    ...(status === STATUS_COUNTED && dnsEntries(packet, view)),
  });
}

/** tshark does not tell where a frame was cut, nor what is wrong with it, by our names. */
function classOf(reason: string): string {
  if (reason.startsWith("truncated_")) return "truncated";
  return reason.startsWith("bad_") ? "bad" : reason;
}

type Entries = Record<string, string | number | undefined>;

function tcpEntries(packet: DecodedPacket): Entries {
  const options = packet.tcpOptions;
  const has = (bit: number) => (options & bit) !== 0;
  return {
    tcpFlags: packet.tcpFlags,
    sequence: packet.sequence >>> 0,
    acknowledgement: packet.acknowledgement >>> 0,
    window: packet.window,
    mss: has(TCP_OPTION_MSS) ? packet.mss : undefined,
    windowScale: has(TCP_OPTION_WINDOW_SCALE) ? packet.windowScale : undefined,
    timestampValue: has(TCP_OPTION_TIMESTAMPS) ? packet.timestampValue >>> 0 : undefined,
    timestampEcho: has(TCP_OPTION_TIMESTAMPS) ? packet.timestampEcho >>> 0 : undefined,
    hasSack: has(TCP_OPTION_SACK) ? 1 : undefined,
    permitsSack: has(TCP_OPTION_SACK_PERMITTED) ? 1 : undefined,
  };
}

function icmpEntries(packet: DecodedPacket): Entries {
  const nextHopMtu = saysNextHopMtu(packet) ? packet.nextHopMtu >>> 0 : undefined;
  const kind = { icmpType: packet.icmpType, icmpCode: packet.icmpCode, nextHopMtu };
  if (packet.isIcmpError === 0) return kind;
  const hasPorts = packet.quotedHasPorts === 1;
  return {
    ...kind,
    quotedSource: address(
      packet.quotedSource0,
      packet.quotedSource1,
      packet.quotedSource2,
      packet.quotedSource3,
    ),
    quotedDestination: address(
      packet.quotedDestination0,
      packet.quotedDestination1,
      packet.quotedDestination2,
      packet.quotedDestination3,
    ),
    quotedProtocol: packet.quotedProtocol,
    quotedSourcePort: hasPorts ? packet.quotedSourcePort : undefined,
    quotedDestinationPort: hasPorts ? packet.quotedDestinationPort : undefined,
  };
}

/** Fragmentation needed (RFC 1191 section 4) and packet too big (RFC 4443 section 3.2). */
function saysNextHopMtu({ protocol, icmpType, icmpCode }: DecodedPacket): boolean {
  return protocol === PROTOCOL_ICMP ? icmpType === 3 && icmpCode === 4 : icmpType === 2;
}

function encapsulationEntries(packet: DecodedPacket): Entries {
  if (packet.encapsulation === ENCAPSULATION_NONE) return {};
  const encapsulation = ENCAPSULATION_NAMES[packet.encapsulation];
  // 0: an opaque one, of which nothing but its name is known.
  if (packet.encapsulationDepth === 0) return { encapsulation };
  return {
    encapsulation,
    vni: packet.vni === -1 ? undefined : packet.vni >>> 0,
    encapsulationDepth: packet.encapsulationDepth,
    outerSource: address(packet.outerSource0, packet.outerSource1, packet.outerSource2, packet.outerSource3),
    outerDestination: address(
      packet.outerDestination0,
      packet.outerDestination1,
      packet.outerDestination2,
      packet.outerDestination3,
    ),
  };
}

const addressView = new DataView(new ArrayBuffer(16));
const addressBytes = new Uint8Array(addressView.buffer);

function address(...words: readonly number[]): string {
  for (const [i, word] of words.entries()) addressView.setInt32(4 * i, word, false);
  return formatAddress(addressBytes);
}
