import {
  DecodedPacket,
  type FrameDecoder,
  LINKTYPE_ETHERNET,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  STATUS_COUNTED,
  STATUS_FRAGMENT,
  STATUS_NAMES,
  STATUS_TUNNEL_FRAGMENT,
} from "@hopline/packet";
import type { DnsRows } from "./dns-rows.js";
import { type DnsCounters, DnsTracker } from "./dns-tracker.js";
import type { FlowTable } from "./flow-table.js";
import { FRAGMENT_FOUND, FRAGMENT_OF_TUNNEL, FragmentTable } from "./fragment-table.js";
import { FrameArea, type FrameMemory } from "./frame-area.js";
import type { FrameColumns } from "./frame-columns.js";

const DNS_PORT = 53;

/** `seen` = `counted` + the sum of `notCounted` + `ignored`; all monotonic. */
export interface FrameCounters {
  readonly seen: number;
  /** Counted in a flow. */
  readonly counted: number;
  /** Frames of interfaces that are ignored. */
  readonly ignored: number;
  /** By the names of STATUS_NAMES; only reasons that occurred. */
  readonly notCounted: Readonly<Record<string, number>>;
  readonly dns: DnsCounters;
}

export interface FrameCounterOptions {
  readonly decoder: FrameDecoder;
  readonly table: FlowTable;
}

/**
 * Decodes each frame of a block and counts it into the flow table, or by the reason why not. What nearly all traffic is made of is
 * decoded and counted in one go by the compiled table; the rest comes back here, frame by frame, to be decoded layer by layer.
 */
export class FrameCounter {
  readonly #decoder: FrameDecoder;
  readonly #table: FlowTable;
  readonly #area: FrameArea;
  readonly #packet = new DecodedPacket();
  readonly #fragments = new FragmentTable();
  readonly #dns = new DnsTracker();
  /** Of the frames that were decoded here, by status. */
  readonly #frames = new Float64Array(STATUS_NAMES.length);
  /** The block that is being counted, and its frame that is the first of the area. */
  #block: FrameColumns | undefined;
  #first = 0;

  constructor({ decoder, table }: FrameCounterOptions) {
    this.#decoder = decoder;
    this.#table = table;
    this.#area = new FrameArea(table.compiled, decoder.encapsulationsByPort);
    table.decodeRareFramesBy((frame, address) => this.#countRare(this.#first + frame, address));
  }

  /** Where a source of frames may put them, so that they need not be copied to be counted. */
  get memory(): FrameMemory {
    return this.#area.memory;
  }

  /** The latest time of any frame so far, in microseconds since the Unix epoch; -Infinity before the first. */
  get latestUs(): number {
    return this.#table.compiled.latestUs.value;
  }

  /** @param byIndex 1 at each interface index whose frames are not wanted; indexes beyond its end are wanted */
  ignoreInterfaces(byIndex: Uint8Array): void {
    this.#area.ignoreInterfaces(byIndex);
  }

  countBlock(block: FrameColumns): void {
    const isEthernet = block.linkType === LINKTYPE_ETHERNET;
    this.#block = block;
    for (this.#first = 0; this.#first < block.count; ) {
      const count = this.#area.load(block, this.#first);
      this.#table.compiled.countFrames(count, isEthernet ? 1 : 0, this.#area.firstOffset);
      this.#first += count;
    }
    this.#block = undefined;
  }

  /**
   * Rows of DNS questions and answers of windows that are over; to be called until there are no more.
   *
   * @param nowUs packet time, microseconds since the Unix epoch
   */
  takeDns(nowUs: number): DnsRows | undefined {
    return this.#dns.take(nowUs);
  }

  /** The rest of them, before the agent stops or a file has ended; to be called until there are no more. */
  flushDns(): DnsRows | undefined {
    return this.#dns.flush();
  }

  counters(): FrameCounters {
    const { commonFrames, ignoredFrames } = this.#table.compiled;
    const notCounted: Record<string, number> = {};
    const ignored = ignoredFrames.value;
    let seen = ignored + commonFrames.value;
    for (const [status, frames] of this.#frames.entries()) {
      seen += frames;
      if (status !== STATUS_COUNTED && frames > 0) notCounted[STATUS_NAMES[status]] = frames;
    }
    const counted = commonFrames.value + this.#frames[STATUS_COUNTED];
    return { seen, counted, ignored, notCounted, dns: this.#dns.counters() };
  }

  /** Decodes frame `i` of the block, layer by layer. @returns 1 where it is to be counted, as the packet at `address`; else 0 */
  #countRare(i: number, address: number): number {
    const block = this.#block;
    if (block === undefined) return 0;
    const { view, offsets, capturedLengths, wireLengths, linkType, vlanTags } = block;
    const packet = this.#packet;
    packet.timeUs = block.timesUs[i];
    packet.interfaceIndex = block.interfaceIndexes[i];
    packet.direction = block.directions[i];
    packet.segmentBytes = block.gsoSizes[i];
    // `| 0`: a length of 2^31 and more is a lie, and taken for none beyond what was captured.
    let status = this.#decoder.decode(
      packet,
      view,
      offsets[i] | 0,
      capturedLengths[i] | 0,
      wireLengths[i] | 0,
      linkType,
      vlanTags[i],
    );
    if (packet.hasRareFields !== 0) status = this.#resolveFragment(packet, status);
    this.#frames[status]++;
    if (status !== STATUS_COUNTED) return 0;
    if (packet.sourcePort === DNS_PORT || packet.destinationPort === DNS_PORT) this.#countDns(view, packet);
    this.#table.writePacket(address, packet);
    return 1;
  }

  /** @returns the status, now that it is known where fragments belong */
  #resolveFragment(packet: DecodedPacket, status: number): number {
    if (status === STATUS_FRAGMENT) {
      const resolution = this.#fragments.resolve(packet);
      if (resolution === FRAGMENT_OF_TUNNEL) return STATUS_TUNNEL_FRAGMENT;
      if (resolution !== FRAGMENT_FOUND) return STATUS_FRAGMENT;
      // A TCP fragment is the middle of a segment: payload in its place, nothing to say of the window.
      packet.window = 1;
      return STATUS_COUNTED;
    }
    if (packet.outerFragmentId !== 0) this.#fragments.addTunnel(packet);
    if (status === STATUS_COUNTED && packet.isFirstFragment !== 0) this.#fragments.add(packet);
    return status;
  }

  #countDns(view: DataView, packet: DecodedPacket): void {
    const { protocol } = packet;
    if (protocol !== PROTOCOL_UDP && protocol !== PROTOCOL_TCP) return;
    if (packet.payloadBytes > 0 && packet.fragmentOffset === 0) this.#dns.count(view, packet);
  }
}
