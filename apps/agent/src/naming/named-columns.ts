import { type HopColumns, type StringColumn, StringColumnBuilder } from "@hopline/batch";
import { copyAddress, type Found } from "@hopline/conntrack";
import { type HopRows, writeConnectionId } from "@hopline/flow";
import { ADDRESS_BYTES, ENCAPSULATION_NAMES } from "@hopline/packet";
import type { InterfaceLabel } from "./interface-directory.js";
import { type PickedRows, pickAddresses, pickNumbers } from "./picked-rows.js";

/** The columns that naming makes; all others are the flow table's own. */
export class NamedColumns {
  count = 0;
  readonly connectionIds: Uint32Array;
  readonly isReply: Uint8Array;
  readonly clientAddresses: Uint8Array;
  readonly clientPorts: Uint16Array;
  readonly serverAddresses: Uint8Array;
  readonly serverPorts: Uint16Array;
  readonly originalClientAddresses: Uint8Array;
  readonly originalClientPorts: Uint16Array;
  readonly originalServerAddresses: Uint8Array;
  readonly originalServerPorts: Uint16Array;
  readonly attachedAddresses: Uint8Array;
  readonly interfaces: StringColumnBuilder;
  readonly roles: StringColumnBuilder;
  readonly translations: StringColumnBuilder;
  readonly initiatorsBy: StringColumnBuilder;

  constructor(capacity: number) {
    this.connectionIds = new Uint32Array(capacity * 2);
    this.isReply = new Uint8Array(capacity);
    this.clientAddresses = new Uint8Array(capacity * ADDRESS_BYTES);
    this.clientPorts = new Uint16Array(capacity);
    this.serverAddresses = new Uint8Array(capacity * ADDRESS_BYTES);
    this.serverPorts = new Uint16Array(capacity);
    this.originalClientAddresses = new Uint8Array(capacity * ADDRESS_BYTES);
    this.originalClientPorts = new Uint16Array(capacity);
    this.originalServerAddresses = new Uint8Array(capacity * ADDRESS_BYTES);
    this.originalServerPorts = new Uint16Array(capacity);
    this.attachedAddresses = new Uint8Array(capacity * ADDRESS_BYTES);
    this.interfaces = new StringColumnBuilder(capacity);
    this.roles = new StringColumnBuilder(capacity);
    this.translations = new StringColumnBuilder(capacity);
    this.initiatorsBy = new StringColumnBuilder(capacity);
  }

  add(
    protocol: number,
    found: Found,
    translation: string,
    initiatorBy: string,
    label: InterfaceLabel,
    attached: Uint8Array | undefined,
  ): void {
    const row = this.count++;
    const at = row * ADDRESS_BYTES;
    const { serverSeen, original } = found;
    writeConnectionId(
      this.connectionIds,
      row,
      protocol,
      serverSeen.source,
      0,
      serverSeen.sourcePort,
      serverSeen.destination,
      0,
      serverSeen.destinationPort,
    );
    this.isReply[row] = found.isReply ? 1 : 0;
    copyAddress(serverSeen.source, 0, this.clientAddresses, at);
    copyAddress(serverSeen.destination, 0, this.serverAddresses, at);
    copyAddress(original.source, 0, this.originalClientAddresses, at);
    copyAddress(original.destination, 0, this.originalServerAddresses, at);
    this.clientPorts[row] = serverSeen.sourcePort;
    this.serverPorts[row] = serverSeen.destinationPort;
    this.originalClientPorts[row] = original.sourcePort;
    this.originalServerPorts[row] = original.destinationPort;
    if (attached !== undefined) copyAddress(attached, 0, this.attachedAddresses, at);
    this.interfaces.set(row, label.name);
    this.roles.set(row, label.role);
    this.translations.set(row, translation);
    this.initiatorsBy.set(row, initiatorBy);
  }
}

/** The whole batch's columns: those of naming, and the flow table's at the rows that were `picked`. */
export function columnsOf(rows: HopRows, which: Uint32Array, named: NamedColumns): HopColumns {
  const picked = { count: rows.count, rows: which };
  return {
    count: named.count,
    connection_id: named.connectionIds,
    is_reply: named.isReply,
    window_start: pickNumbers(rows.windowStarts, picked),
    interface_index: pickNumbers(rows.interfaceIndexes, picked),
    interface: named.interfaces.finish(),
    role: named.roles.finish(),
    direction: pickNumbers(rows.directions, picked),
    attached_address: named.attachedAddresses,
    protocol: pickNumbers(rows.protocols, picked),
    client_address: named.clientAddresses,
    client_port: named.clientPorts,
    server_address: named.serverAddresses,
    server_port: named.serverPorts,
    original_client_address: named.originalClientAddresses,
    original_client_port: named.originalClientPorts,
    original_server_address: named.originalServerAddresses,
    original_server_port: named.originalServerPorts,
    translation: named.translations.finish(),
    initiator_by: named.initiatorsBy.finish(),
    row_flags: pickNumbers(rows.rowFlags, picked),
    first_seen_us: pickNumbers(rows.firstUs, picked),
    last_seen_us: pickNumbers(rows.lastUs, picked),
    packets: pickNumbers(rows.packets, picked),
    bytes: pickNumbers(rows.bytes, picked),
    payload_bytes: pickNumbers(rows.payloadBytes, picked),
    payload_packets: pickNumbers(rows.payloadPackets, picked),
    retransmitted_bytes: pickNumbers(rows.retransmittedBytes, picked),
    retransmitted_packets: pickNumbers(rows.retransmittedPackets, picked),
    out_of_order_bytes: pickNumbers(rows.outOfOrderBytes, picked),
    out_of_order_packets: pickNumbers(rows.outOfOrderPackets, picked),
    gap_bytes: pickNumbers(rows.gapBytes, picked),
    syn_packets: pickNumbers(rows.synPackets, picked),
    syn_ack_packets: pickNumbers(rows.synAckPackets, picked),
    fin_packets: pickNumbers(rows.finPackets, picked),
    rst_packets: pickNumbers(rows.rstPackets, picked),
    zero_window_packets: pickNumbers(rows.zeroWindowPackets, picked),
    tcp_flags: pickNumbers(rows.tcpFlags, picked),
    tcp_options: pickNumbers(rows.tcpOptions, picked),
    maximum_segment_size: pickNumbers(rows.maximumSegmentSizes, picked),
    window_scale: pickNumbers(rows.windowScales, picked),
    closing: pickNumbers(rows.closings, picked),
    handshake_us: pickNumbers(rows.handshakeUs, picked),
    data_round_trip_sum_us: pickNumbers(rows.dataRoundTripSumUs, picked),
    data_round_trip_count: pickNumbers(rows.dataRoundTripCount, picked),
    timestamp_round_trip_count: pickNumbers(rows.timestampRoundTripCount, picked),
    super_frames: pickNumbers(rows.superFrames, picked),
    super_frame_segments: pickNumbers(rows.superFrameSegments, picked),
    fragments: pickNumbers(rows.fragments, picked),
    icmp_errors: pickNumbers(rows.icmpErrors, picked),
    icmp_error_type: pickNumbers(rows.icmpErrorTypes, picked),
    icmp_error_code: pickNumbers(rows.icmpErrorCodes, picked),
    icmp_error_source: pickAddresses(rows.icmpErrorSources, picked),
    icmp_error_mtu: pickNumbers(rows.icmpErrorMtus, picked),
    encapsulation: encapsulationNames(rows.encapsulations, picked),
    outer_source_address: pickAddresses(rows.outerSourceAddresses, picked),
    outer_destination_address: pickAddresses(rows.outerDestinationAddresses, picked),
    vni: pickNumbers(rows.vnis, picked),
    vlan: pickNumbers(rows.vlans, picked),
  };
}

/** The constants are the names' own numbers. */
function encapsulationNames(encapsulations: Uint8Array, { rows }: PickedRows): StringColumn {
  const indexes = new Uint16Array(rows.length);
  for (let index = 0; index < rows.length; index++) indexes[index] = encapsulations[rows[index]!]!;
  return { values: ENCAPSULATION_NAMES, indexes };
}
