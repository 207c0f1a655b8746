import { getSystemErrorName } from "node:util";
import { describe, Fault } from "@hopline/fault";
import { type GroupHandle, type NflogAddon, nflogAddon } from "./nflog-addon.js";
import { type LoggedPacket, readNflogMessages } from "./nflog-message.js";

/** Kernel memory for a group's packets that nobody has read yet: at 400 bytes each and ten reads a second, 50,000 a second. */
const BUFFER_BYTES = 2 * 2 ** 20;
/** The kernel hands packets over when so many have gathered, or after so long. */
const GATHERED_PACKETS = 32;
const DELAY_CENTISECONDS = 5;
/** A datagram of the kernel's is at most a page or 8 KiB; with a packet of 128 bytes far less. */
const DATAGRAM_BYTES = 65_536;
/** NFULNL_CFG_F_ of linux/netfilter/nfnetlink_log.h. */
const FLAG_SEQUENCE = 1;
const FLAG_CONNTRACK = 4;

/** Counters since the group was bound, all monotonic. */
export interface NflogCounters {
  packets: number;
  /** Packets that the kernel had no room for, by the gaps in its numbers. */
  lost: number;
  /** How often the kernel said so. */
  overruns: number;
}

export interface NflogGroupOptions {
  readonly group: number;
  /** How much of each packet is wanted, from its IP header on. */
  readonly copyBytes: number;
}

/**
 * One group of netfilter's logs, bound: what rules with that `--nflog-group` log comes here and nowhere else.
 * Reading never waits.
 */
export class NflogGroup {
  readonly group: number;
  /** Whether packets come with their conntrack entry, as they do where ctnetlink is there. */
  readonly hasConntrack: boolean;
  readonly counters: NflogCounters = { packets: 0, lost: 0, overruns: 0 };
  readonly #addon: NflogAddon;
  readonly #handle: GroupHandle;
  readonly #datagram = new Uint8Array(DATAGRAM_BYTES);
  #nextSequence: number | undefined;

  /**
   * @throws Fault `NFLOG_NO_ADDON`; `NFLOG_BUSY` where another program reads the group or the capability is missing; `NFLOG_UNSUPPORTED`
   */
  constructor({ group, copyBytes }: NflogGroupOptions) {
    this.group = group;
    this.#addon = nflogAddon();
    const open = (flags: number): GroupHandle =>
      this.#addon.open(BUFFER_BYTES, group, copyBytes, DELAY_CENTISECONDS, GATHERED_PACKETS, flags);
    let handle: GroupHandle | undefined;
    try {
      handle = open(FLAG_SEQUENCE | FLAG_CONNTRACK);
    } catch (thrown) {
      if (errorName(thrown) !== "ENOTSUP") throw groupFault(group, thrown);
    }
    this.hasConntrack = handle !== undefined;
    try {
      this.#handle = handle ?? open(FLAG_SEQUENCE);
    } catch (thrown) {
      throw groupFault(group, thrown);
    }
  }

  /**
   * Hands over the packets that wait.
   *
   * @param mostDatagrams to read in one call; the rest waits for the next
   * @throws Fault `NFLOG_UNSUPPORTED` where the kernel gives no more
   */
  read(consume: (packet: LoggedPacket) => void, mostDatagrams: number): void {
    for (let datagram = 0; datagram < mostDatagrams; datagram++) {
      const bytes = this.#next();
      if (bytes === 0) return;
      if (bytes < 0) {
        this.counters.overruns++;
        continue;
      }
      readNflogMessages(
        this.#datagram.subarray(0, bytes),
        (packet) => {
          this.counters.packets++;
          consume(packet);
        },
        (sequence) => this.#note(sequence),
      );
    }
  }

  close(): void {
    this.#addon.close(this.#handle);
  }

  #next(): number {
    try {
      return this.#addon.read(this.#handle, this.#datagram);
    } catch (thrown) {
      throw groupFault(this.group, thrown);
    }
  }

  #note(sequence: number): void {
    const expected = this.#nextSequence ?? sequence;
    // Numbers are of 32 bits and go round.
    this.counters.lost += (sequence - expected) >>> 0;
    this.#nextSequence = (sequence + 1) >>> 0;
  }
}

function errorName(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("errno" in thrown) || typeof thrown.errno !== "number")
    return undefined;
  return getSystemErrorName(-thrown.errno);
}

function groupFault(group: number, thrown: unknown): unknown {
  const name = errorName(thrown);
  if (name === undefined) return thrown;
  if (name === "EPERM" || name === "EBUSY" || name === "EACCES") {
    return new Fault({
      code: "NFLOG_BUSY",
      message: `What firewall rules log to NFLOG group ${group} can't be read: another program reads that group, or this process lacks the capability NET_ADMIN (${name}).`,
      hint: "A group has one reader. Leave it out with --nflog-groups, let rules log to a group of their own, or give the agent NET_ADMIN.",
      cause: thrown,
    });
  }
  return new Fault({
    code: "NFLOG_UNSUPPORTED",
    message: `What firewall rules log to NFLOG group ${group} can't be read: ${describe(thrown)}.`,
    hint: "The kernel needs CONFIG_NETFILTER_NETLINK_LOG. --nflog-groups none turns it off.",
    cause: thrown,
  });
}
