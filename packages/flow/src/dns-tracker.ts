import {
  STATUS_TRUNCATED_DNS as CUT,
  type DecodedPacket,
  DnsMessage,
  decodeDns,
  PROTOCOL_TCP as TCP_PROTOCOL,
  STATUS_COUNTED as WHOLE,
} from "@hopline/packet";
import { DnsNames } from "./dns-names.js";
import { DNS_TIMEOUT_SECONDS, DNS_UNANSWERED, type DnsRows } from "./dns-rows.js";
import * as sums from "./dns-sums.js";
import { WINDOW_SECONDS } from "./row-flags.js";

const { DNS_INTERFACE, DNS_KEY_WORDS, DNS_NAME, DNS_PORT_PROTOCOL_DIRECTION, DNS_TYPE_CODE, DNS_WINDOW } =
  sums;
const { DNS_CLIENT, DNS_SERVER } = sums;
const PROTOCOL_TCP = TCP_PROTOCOL;

const DNS_PORT = 53;
const TCP_LENGTH_BYTES = 2;
const TIMEOUT_US = DNS_TIMEOUT_SECONDS * 1e6;
const WINDOW_US = WINDOW_SECONDS * 1e6;

/** Words of a slot: the key's as in DnsSums (its window unused), then these. 0 in CLIENT_PORT_ID's neighbour: free. */
const CLIENT_PORT_ID = DNS_KEY_WORDS;
const IS_WAITING = DNS_KEY_WORDS + 1;
const SLOT_WORDS = 16;
const WAYS = 4;
const SETS = 1 << 10;
const SLOTS = WAYS * SETS;

/** Monotonic counts. A message is decoded at each interface that it passes. */
export interface DnsCounters {
  readonly questions: number;
  readonly answers: number;
  readonly unanswered: number;
  /** Answers to questions that were not seen, or had been given up. */
  readonly unasked: number;
  /** Questions given up, before an answer, because too many waited at once. */
  readonly displaced: number;
  /** Messages that the capture cut. */
  readonly truncated: number;
  /** Messages on port 53 that are no DNS. */
  readonly bad: number;
}

/**
 * Pairs DNS questions with their answers, at each interface by itself: over UDP, and over TCP where a segment begins with a
 * message (RFC 7766 section 8). Bounded: {@link SLOTS} questions wait at most; the oldest of a set gives way.
 */
export class DnsTracker {
  readonly #message = new DnsMessage();
  readonly #names = new DnsNames();
  readonly #sums = new sums.DnsSums();
  readonly #words = new Int32Array(SLOTS * SLOT_WORDS);
  readonly #askedUs = new Float64Array(SLOTS);
  readonly #full: DnsRows[] = [];
  #questions = 0;
  #answers = 0;
  #unanswered = 0;
  #unasked = 0;
  #displaced = 0;
  #truncated = 0;
  #bad = 0;

  /** A packet from or to port 53 with payload, standing at it. */
  count(view: DataView, packet: DecodedPacket): void {
    const at = packet.protocol === PROTOCOL_TCP ? packet.offset + TCP_LENGTH_BYTES : packet.offset;
    const message = this.#message;
    const status = decodeDns(view, at, packet.end, message);
    if (status !== WHOLE) {
      if (status === CUT) this.#truncated++;
      else this.#bad++;
      return;
    }
    if (message.questionCount === 0) return;
    if (message.isResponse === 0 && packet.destinationPort === DNS_PORT) this.#ask(packet);
    else if (message.isResponse !== 0 && packet.sourcePort === DNS_PORT) this.#answer(packet);
  }

  /**
   * Rows of windows that are over, or all where there is much.
   *
   * @param nowUs packet time, microseconds since the Unix epoch
   */
  take(nowUs: number): DnsRows | undefined {
    const full = this.#full.shift();
    if (full !== undefined) return full;
    this.#giveUp(nowUs);
    if (this.#sums.count > 0)
      return nowUs / 1e6 >= this.#sums.firstWindow + WINDOW_SECONDS ? this.#takeRows() : undefined;
    // Of answers that nobody had asked for.
    if (this.#names.isCrowded) this.#forgetNames();
    return undefined;
  }

  /** All rows, with everything that waits as unanswered: before the agent stops, or a file has ended. */
  flush(): DnsRows | undefined {
    const full = this.#full.shift();
    if (full !== undefined) return full;
    this.#giveUp(Number.POSITIVE_INFINITY);
    return this.#sums.count > 0 ? this.#takeRows() : undefined;
  }

  counters(): DnsCounters {
    return {
      questions: this.#questions,
      answers: this.#answers,
      unanswered: this.#unanswered,
      unasked: this.#unasked,
      displaced: this.#displaced,
      truncated: this.#truncated,
      bad: this.#bad,
    };
  }

  #ask(packet: DecodedPacket): void {
    const portId = (packet.sourcePort << 16) | this.#message.id;
    const slot = this.#slotFor(packet, 0, portId);
    this.#questions++;
    const words = this.#words;
    const at = slot * SLOT_WORDS;
    if (words[at + IS_WAITING] !== 0) {
      // Asked again: it waits since it was asked first.
      if (this.#isQuestion(slot, portId)) return;
      this.#displaced++;
    }
    for (let word = 0; word < DNS_KEY_WORDS; word++) words[at + word] = this.#sums.key[word];
    words[at + CLIENT_PORT_ID] = portId;
    words[at + IS_WAITING] = 1;
    this.#askedUs[slot] = packet.timeUs;
  }

  #answer(packet: DecodedPacket): void {
    const portId = (packet.destinationPort << 16) | this.#message.id;
    const slot = this.#slotFor(packet, 1, portId);
    this.#answers++;
    if (this.#words[slot * SLOT_WORDS + IS_WAITING] === 0 || !this.#isQuestion(slot, portId)) {
      this.#unasked++;
      return;
    }
    this.#words[slot * SLOT_WORDS + IS_WAITING] = 0;
    const key = this.#sums.key;
    key[DNS_TYPE_CODE] = (key[DNS_TYPE_CODE] & ~0xff) | this.#message.responseCode;
    key[DNS_WINDOW] = windowOf(packet.timeUs);
    this.#add(Math.max(0, packet.timeUs - this.#askedUs[slot]));
  }

  /** Writes the key of the question that `packet` asks or answers. */
  #writeKey(packet: DecodedPacket, isAnswer: number): void {
    const key = this.#sums.key;
    const source = isAnswer === 0 ? DNS_CLIENT : DNS_SERVER;
    const destination = isAnswer === 0 ? DNS_SERVER : DNS_CLIENT;
    key[source] = packet.source0;
    key[source + 1] = packet.source1;
    key[source + 2] = packet.source2;
    key[source + 3] = packet.source3;
    key[destination] = packet.destination0;
    key[destination + 1] = packet.destination1;
    key[destination + 2] = packet.destination2;
    key[destination + 3] = packet.destination3;
    // Ingress and egress change places on the way back; an unknown direction stays what it is.
    const direction = packet.direction > 1 ? packet.direction : packet.direction ^ isAnswer;
    key[DNS_PORT_PROTOCOL_DIRECTION] = DNS_PORT | (packet.protocol << 16) | (direction << 24);
    key[DNS_INTERFACE] = packet.interfaceIndex;
    key[DNS_NAME] = this.#names.idOf(this.#message);
    key[DNS_TYPE_CODE] = this.#message.questionType << 8;
    key[DNS_WINDOW] = 0;
  }

  /**
   * As {@link #find}, for the question that `packet` asks or answers. What has waited too long in that slot is given up: by
   * packet time, not by when somebody next takes rows.
   */
  #slotFor(packet: DecodedPacket, isAnswer: number, portId: number): number {
    this.#writeKey(packet, isAnswer);
    const slot = this.#find(portId);
    if (!this.#isOverdue(slot, packet.timeUs)) return slot;
    this.#giveUpOn(slot);
    this.#writeKey(packet, isAnswer);
    return slot;
  }

  /** The slot of the waiting question that the sums' key and `portId` name; else a free one, or that of the oldest. */
  #find(portId: number): number {
    const key = this.#sums.key;
    let hash = Math.imul(portId ^ key[DNS_CLIENT + 3], 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15) ^ key[DNS_INTERFACE], 0x85ebca77);
    const first = ((hash >>> 16) & (SETS - 1)) * WAYS;
    let best = first;
    let bestUs = Number.POSITIVE_INFINITY;
    for (let slot = first; slot < first + WAYS; slot++) {
      const waits = this.#words[slot * SLOT_WORDS + IS_WAITING] !== 0;
      if (waits && this.#isQuestion(slot, portId)) return slot;
      const askedUs = waits ? this.#askedUs[slot] : Number.NEGATIVE_INFINITY;
      if (askedUs >= bestUs) continue;
      best = slot;
      bestUs = askedUs;
    }
    return best;
  }

  #isQuestion(slot: number, portId: number): boolean {
    const words = this.#words;
    const at = slot * SLOT_WORDS;
    if (words[at + CLIENT_PORT_ID] !== portId) return false;
    for (let word = 0; word < DNS_KEY_WORDS; word++)
      if (words[at + word] !== this.#sums.key[word]) return false;
    return true;
  }

  /** Counts what has waited too long. */
  #giveUp(nowUs: number): void {
    for (let slot = 0; slot < SLOTS; slot++) if (this.#isOverdue(slot, nowUs)) this.#giveUpOn(slot);
  }

  #isOverdue(slot: number, nowUs: number): boolean {
    return this.#words[slot * SLOT_WORDS + IS_WAITING] !== 0 && nowUs - this.#askedUs[slot] >= TIMEOUT_US;
  }

  /** Counts the question as unanswered; the sums' key is its afterwards. */
  #giveUpOn(slot: number): void {
    const words = this.#words;
    const at = slot * SLOT_WORDS;
    const key = this.#sums.key;
    words[at + IS_WAITING] = 0;
    for (let word = 0; word < DNS_KEY_WORDS; word++) key[word] = words[at + word];
    key[DNS_TYPE_CODE] |= DNS_UNANSWERED;
    key[DNS_WINDOW] = windowOf(this.#askedUs[slot]);
    this.#unanswered++;
    this.#add(0);
  }

  #add(latencyUs: number): void {
    if (this.#sums.isFull) this.#full.push(this.#sums.take(this.#names));
    this.#sums.add(latencyUs);
  }

  #takeRows(): DnsRows {
    const rows = this.#sums.take(this.#names);
    if (this.#names.isCrowded) this.#forgetNames();
    return rows;
  }

  /** All names but those of questions that wait. */
  #forgetNames(): void {
    const ids = new Int32Array(SLOTS);
    for (let slot = 0; slot < SLOTS; slot++)
      if (this.#words[slot * SLOT_WORDS + IS_WAITING] !== 0)
        ids[slot] = this.#words[slot * SLOT_WORDS + DNS_NAME];
    this.#names.keep(ids);
    for (let slot = 0; slot < SLOTS; slot++) this.#words[slot * SLOT_WORDS + DNS_NAME] = ids[slot];
  }
}

/** Start of its window, Unix seconds. */
function windowOf(timeUs: number): number {
  return Math.floor(timeUs / WINDOW_US) * WINDOW_SECONDS;
}
