import {
  STATUS_COUNTED as COUNTED,
  DecodedPacket,
  type FrameDecoder,
  STATUS_FRAGMENT as LATER_FRAGMENT,
  STATUS_NAMES,
  PROTOCOL_TCP as TCP_PROTOCOL,
  STATUS_TUNNEL_FRAGMENT as TUNNEL_FRAGMENT,
  PROTOCOL_UDP as UDP_PROTOCOL,
} from "@hopline/packet";
import type { DnsRows } from "./dns-rows.js";
import { type DnsCounters, DnsTracker } from "./dns-tracker.js";
import { FlowKey } from "./flow-key.js";
import type { FlowTable } from "./flow-table.js";
import { FRAGMENT_FOUND, FRAGMENT_OF_TUNNEL, FragmentTable } from "./fragment-table.js";

// Own copies: see entry-layout.ts.
const STATUS_COUNTED = COUNTED;
const STATUS_FRAGMENT = LATER_FRAGMENT;
const PROTOCOL_TCP = TCP_PROTOCOL;
const PROTOCOL_UDP = UDP_PROTOCOL;

/** Frames that are decoded before they are counted: enough to be worth it, few enough to stay in the cache. */
const BATCH_FRAMES = 64;
const DNS_PORT = 53;

/** What the hot loop takes of a block of frames; the FrameBlock of packages/capture is one. */
export interface FrameColumns {
  /** A view over the bytes of all frames. */
  readonly view: DataView;
  readonly count: number;
  /** Offset of each frame's first byte in `view`. */
  readonly offsets: Uint32Array;
  readonly capturedLengths: Uint32Array;
  readonly wireLengths: Uint32Array;
  /** Microseconds since the Unix epoch. */
  readonly timesUs: Float64Array;
  readonly interfaceIndexes: Int32Array;
  /** DIRECTION_ constants. */
  readonly directions: Uint8Array;
  /** VLAN tag control information that the kernel took off the frame, or -1. */
  readonly vlanTags: Int32Array;
  /** Payload bytes of one segment of a GSO or GRO super-frame, or 0. */
  readonly gsoSizes: Uint16Array;
  /** LINKTYPE_ of all frames of the block. */
  readonly linkType: number;
}

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

const NONE_IGNORED = new Uint8Array(0);

/** The hot loop: decodes each frame of a block and counts it into the flow table, or by the reason why not. */
export class FrameCounter {
  readonly #decoder: FrameDecoder;
  readonly #table: FlowTable;
  readonly #packets = Array.from({ length: BATCH_FRAMES }, () => new DecodedPacket());
  readonly #keys = Array.from({ length: BATCH_FRAMES }, () => new FlowKey());
  readonly #fragments = new FragmentTable();
  readonly #dns = new DnsTracker();
  /** By status. */
  readonly #frames = new Float64Array(STATUS_NAMES.length);
  #ignoredInterfaces: Uint8Array = NONE_IGNORED;
  #ignored = 0;
  #latestUs = Number.NEGATIVE_INFINITY;

  constructor({ decoder, table }: FrameCounterOptions) {
    this.#decoder = decoder;
    this.#table = table;
  }

  /** The latest time of any frame so far, in microseconds since the Unix epoch; -Infinity before the first. */
  get latestUs(): number {
    return this.#latestUs;
  }

  /** @param byIndex 1 at each interface index whose frames are not wanted; indexes beyond its end are wanted */
  ignoreInterfaces(byIndex: Uint8Array): void {
    this.#ignoredInterfaces = byIndex;
  }

  countBlock(block: FrameColumns): void {
    const { count } = block;
    for (let start = 0; start < count; start += BATCH_FRAMES) {
      const end = Math.min(start + BATCH_FRAMES, count);
      const decoded = this.#decode(block, start, end);
      this.#table.countAll(this.#packets, this.#keys, decoded);
    }
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
    const notCounted: Record<string, number> = {};
    let seen = this.#ignored;
    for (const [status, frames] of this.#frames.entries()) {
      seen += frames;
      if (status !== STATUS_COUNTED && frames > 0) notCounted[STATUS_NAMES[status]] = frames;
    }
    const counted = this.#frames[STATUS_COUNTED];
    return { seen, counted, ignored: this.#ignored, notCounted, dns: this.#dns.counters() };
  }

  /** Decodes frames `start` to `end` - 1. @returns how many packets are to be counted, from the first of `#packets` on */
  #decode(block: FrameColumns, start: number, end: number): number {
    const {
      view,
      offsets,
      capturedLengths,
      wireLengths,
      timesUs,
      interfaceIndexes,
      directions,
      vlanTags,
      gsoSizes,
      linkType,
    } = block;
    const decoder = this.#decoder;
    const table = this.#table;
    const packets = this.#packets;
    const keys = this.#keys;
    const frames = this.#frames;
    const ignored = this.#ignoredInterfaces;
    const ignoredLength = ignored.length;
    let latestUs = this.#latestUs;
    let decoded = 0;
    for (let i = start; i < end; i++) {
      const timeUs = timesUs[i];
      if (timeUs > latestUs) latestUs = timeUs;
      const interfaceIndex = interfaceIndexes[i];
      if (interfaceIndex < ignoredLength && interfaceIndex >= 0 && ignored[interfaceIndex] !== 0) {
        this.#ignored++;
        continue;
      }
      const packet = packets[decoded];
      packet.timeUs = timeUs;
      packet.interfaceIndex = interfaceIndex;
      packet.direction = directions[i];
      packet.segmentBytes = gsoSizes[i];
      // `| 0`: a length of 2^31 and more is a lie, and taken for none beyond what was captured.
      let status = decoder.decode(
        packet,
        view,
        offsets[i] | 0,
        capturedLengths[i] | 0,
        wireLengths[i] | 0,
        linkType,
        vlanTags[i],
      );
      if (packet.hasRareFields !== 0) status = this.#resolveFragment(packet, status);
      frames[status]++;
      if (status !== STATUS_COUNTED) continue;
      table.keyOf(packet, keys[decoded]);
      decoded++;
      if (packet.sourcePort === DNS_PORT || packet.destinationPort === DNS_PORT) this.#countDns(view, packet);
    }
    this.#latestUs = latestUs;
    return decoded;
  }

  /** @returns the status, now that it is known where fragments belong */
  #resolveFragment(packet: DecodedPacket, status: number): number {
    if (status === STATUS_FRAGMENT) {
      const resolution = this.#fragments.resolve(packet);
      if (resolution === FRAGMENT_OF_TUNNEL) return TUNNEL_FRAGMENT;
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
