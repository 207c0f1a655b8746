import { sameAddress } from "@hopline/packet";
import { type ConntrackRecord, RECORD_DESTROY, RECORD_DUMPED } from "./conntrack-record.js";
import { EntryStore, ORIGINAL, REPLY } from "./entry-store.js";
import { type Translation, translationOf } from "./translation.js";
import { copyReversed, copyTuple, emptyTuple, type Tuple } from "./tuple.js";
import { hashTuple, TupleIndex } from "./tuple-index.js";

/** What {@link TranslationTable.find} gives where nothing fits. */
export const NOT_FOUND = -1;

/** An event is stamped when the tool prints it: up to this much after the packet that caused it. */
const EVENT_DELAY_US = 100_000;
/** A row may lie this far outside its entry's life (events late under load, stray packets after the end). */
const MAX_GAP_US = 2_000_000;
const KEEP_ENDED_MS = 120_000;
const MAX_ENTRIES = 524_288;

/** Under which of its tuples an entry stands in the index; `HALF` is between DNAT and SNAT, as a bridge sees it. */
const HALF = 2;
const HANDLES_PER_ENTRY = 3;

/** Counters since the start, all monotonic. */
export interface TranslationCounters {
  added: number;
  ended: number;
  /** DESTROY for an entry that the table did not have. */
  unknownEnds: number;
  /** Entries ended because a new one took their tuple, or a dump lacked them: their DESTROY was lost. */
  missedEnds: number;
  /** Ended entries given up before their time because the table was full. */
  evictedEnded: number;
  /** Living entries given up because the table was full. */
  evictedLive: number;
}

export interface TranslationTableOptions {
  readonly maxEntries?: number;
  /** How long an ended entry still names rows, in milliseconds: windows close after connections do. */
  readonly keepEndedMs?: number;
}

/** A look-up's answer: filled again by every {@link TranslationTable.find}. */
export interface Found {
  /** Whether the tuple asked for runs from the server back to the initiator. */
  isReply: boolean;
  translation: Translation;
  /** As the initiator sent it. */
  readonly original: Tuple;
  /** Source = client, destination = server, as the server sees them (decision 2). */
  readonly serverSeen: Tuple;
}

export function emptyFound(): Found {
  return { isReply: false, translation: "none", original: emptyTuple(), serverSeen: emptyTuple() };
}

/**
 * The kernel's translations, found by any tuple that a packet of the connection shows on its way: the original,
 * the reply, either reversed, and what a bridge sees after DNAT and before SNAT. A tuple that is used again
 * is another entry; which of them a row belongs to is decided by time.
 */
export class TranslationTable {
  readonly counters: TranslationCounters = {
    added: 0,
    ended: 0,
    unknownEnds: 0,
    missedEnds: 0,
    evictedEnded: 0,
    evictedLive: 0,
  };
  readonly #maxEntries: number;
  readonly #keepEndedUs: number;
  readonly #entries = new EntryStore();
  readonly #index = new TupleIndex();
  readonly #original = emptyTuple();
  readonly #reply = emptyTuple();
  readonly #key = emptyTuple();
  #evictionHand = 0;
  #dump = 0;

  // What the visitors below compare with and leave behind; fields, so that a look-up makes no closure.
  #wanted: Tuple = emptyTuple();
  #wantedFirstUs = 0;
  #wantedLastUs = 0;
  #best = NOT_FOUND;
  #bestGapUs = 0;
  #bestReversed = false;
  #wantedRecord: ConntrackRecord | undefined;
  #liveEntry = NOT_FOUND;

  constructor(options: TranslationTableOptions = {}) {
    this.#maxEntries = options.maxEntries ?? MAX_ENTRIES;
    this.#keepEndedUs = (options.keepEndedMs ?? KEEP_ENDED_MS) * 1000;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Takes in one line of an event stream or a dump. The record may be reused afterwards. */
  apply(record: ConntrackRecord): void {
    const existing = this.#findLive(record);
    if (record.kind === RECORD_DESTROY) {
      if (existing === NOT_FOUND || this.#entries.ids[existing] !== record.id) this.counters.unknownEnds++;
      else this.#end(existing, record.timeUs);
      return;
    }
    if (existing !== NOT_FOUND) {
      if (this.#entries.ids[existing] === record.id) {
        this.#entries.dumps[existing] = this.#dump;
        return;
      }
      // A dump line may be older than an event that was read while the dump went on.
      if (record.kind === RECORD_DUMPED && this.#entries.startsUs[existing]! >= record.timeUs) return;
      // The kernel has one entry per tuple and zone: the one that we have is gone, and its DESTROY was lost.
      this.counters.missedEnds++;
      this.#end(existing, record.timeUs);
    }
    this.#add(record);
  }

  /** Call before the lines of a dump. */
  beginDump(): void {
    this.#dump++;
  }

  /**
   * Call after the lines of a dump: what lived before it began and was not in it has ended unseen.
   *
   * @param beganUs when the dump began, microseconds since the Unix epoch.
   */
  endDump(beganUs: number): void {
    const { used, endsUs, startsUs, dumps } = this.#entries;
    for (let entry = 0; entry < this.#entries.highest; entry++) {
      const lives = used[entry] === 1 && endsUs[entry] === Infinity;
      if (!lives || dumps[entry] === this.#dump || startsUs[entry]! > beganUs) continue;
      this.counters.missedEnds++;
      this.#end(entry, beganUs);
    }
  }

  /**
   * @param seen a 5-tuple as it was on some interface.
   * @param firstUs first packet of the row, microseconds since the Unix epoch.
   * @param lastUs its last packet.
   * @param into filled where the answer is true.
   */
  find(seen: Tuple, firstUs: number, lastUs: number, into: Found): boolean {
    this.#wanted = seen;
    this.#wantedFirstUs = firstUs;
    this.#wantedLastUs = lastUs;
    this.#best = NOT_FOUND;
    this.#index.visit(hashTuple(seen), this.#considerForRow);
    if (this.#best === NOT_FOUND) return false;

    const entry = Math.floor(this.#best / HANDLES_PER_ENTRY);
    const which = this.#best % HANDLES_PER_ENTRY;
    this.#entries.readTuple(entry, ORIGINAL, this.#original);
    this.#entries.readTuple(entry, REPLY, this.#reply);
    copyTuple(this.#original, into.original);
    copyReversed(this.#reply, into.serverSeen);
    into.translation = translationOf(this.#original, this.#reply);
    into.isReply = which === REPLY ? !this.#bestReversed : this.#bestReversed;
    return true;
  }

  /** Forgets what ended long enough before `nowUs` (microseconds since the Unix epoch). */
  expire(nowUs: number): void {
    for (;;) {
      const entry = this.#entries.firstEnded;
      if (entry === NOT_FOUND || this.#entries.endsUs[entry]! + this.#keepEndedUs > nowUs) return;
      this.#entries.takeFirstEnded();
      this.#drop(entry);
    }
  }

  #add(record: ConntrackRecord): void {
    if (this.#entries.size >= this.#maxEntries) this.#evict();
    const entries = this.#entries;
    const entry = entries.allocate();
    entries.protocols[entry] = record.original.protocol;
    entries.ids[entry] = record.id;
    entries.zones[entry] = record.zone;
    entries.startsUs[entry] = record.kind === RECORD_DUMPED ? 0 : record.timeUs;
    entries.endsUs[entry] = Infinity;
    entries.dumps[entry] = this.#dump;
    entries.writeTuple(entry, ORIGINAL, record.original);
    entries.writeTuple(entry, REPLY, record.reply);
    this.#eachKey(entry, (which) => {
      this.#index.add(hashTuple(this.#key), entry * HANDLES_PER_ENTRY + which);
    });
    this.counters.added++;
  }

  #end(entry: number, endUs: number): void {
    this.#entries.endsUs[entry] = endUs;
    this.#entries.appendEnded(entry);
    this.counters.ended++;
  }

  /** The entry must be out of the list of the ended. */
  #drop(entry: number): void {
    this.#eachKey(entry, (which) => {
      this.#index.remove(hashTuple(this.#key), entry * HANDLES_PER_ENTRY + which);
    });
    this.#entries.free(entry);
  }

  #evict(): void {
    const ended = this.#entries.takeFirstEnded();
    if (ended !== NOT_FOUND) {
      this.counters.evictedEnded++;
      this.#drop(ended);
      return;
    }
    while (this.#entries.used[this.#evictionHand] !== 1) this.#moveHand();
    this.counters.evictedLive++;
    this.#drop(this.#evictionHand);
    this.#moveHand();
  }

  #moveHand(): void {
    this.#evictionHand = (this.#evictionHand + 1) % this.#entries.highest;
  }

  /** Puts each tuple under which `entry` is indexed into `#key`. An untranslated entry needs only one. */
  #eachKey(entry: number, use: (which: number) => void): void {
    this.#entries.readTuple(entry, ORIGINAL, this.#original);
    this.#entries.readTuple(entry, REPLY, this.#reply);
    const translation = translationOf(this.#original, this.#reply);
    copyTuple(this.#original, this.#key);
    use(ORIGINAL);
    if (translation === "none") return;
    copyTuple(this.#reply, this.#key);
    use(REPLY);
    if (translation !== "dnat+snat") return;
    this.#readKey(entry, HALF, this.#key);
    use(HALF);
  }

  #readKey(entry: number, which: number, into: Tuple): void {
    if (which !== HALF) {
      this.#entries.readTuple(entry, which, into);
      return;
    }
    // From the initiator as it is to the server as it is: DNAT has happened, SNAT has not.
    this.#entries.readTuple(entry, REPLY, into);
    const serverPort = into.sourcePort;
    into.destination.set(into.source);
    this.#entries.readTuple(entry, ORIGINAL, this.#original);
    into.source.set(this.#original.source);
    into.sourcePort = this.#original.sourcePort;
    into.destinationPort = serverPort;
  }

  #findLive(record: ConntrackRecord): number {
    this.#wantedRecord = record;
    this.#liveEntry = NOT_FOUND;
    this.#index.visit(hashTuple(record.original), this.#considerForRecord);
    return this.#liveEntry;
  }

  readonly #considerForRecord = (handle: number): void => {
    const record = this.#wantedRecord;
    if (record === undefined || handle % HANDLES_PER_ENTRY !== ORIGINAL) return;
    const entry = handle / HANDLES_PER_ENTRY;
    if (this.#entries.endsUs[entry] !== Infinity || this.#entries.zones[entry] !== record.zone) return;
    this.#entries.readTuple(entry, ORIGINAL, this.#original);
    if (isSame(this.#original, record.original)) this.#liveEntry = entry;
  };

  readonly #considerForRow = (handle: number): void => {
    const entry = Math.floor(handle / HANDLES_PER_ENTRY);
    this.#readKey(entry, handle % HANDLES_PER_ENTRY, this.#key);
    const same = isSame(this.#key, this.#wanted);
    if (!same && !isReverse(this.#key, this.#wanted)) return;

    const startUs = this.#entries.startsUs[entry]! - EVENT_DELAY_US;
    const endUs = this.#entries.endsUs[entry]! + EVENT_DELAY_US;
    const gapUs = Math.max(0, startUs - this.#wantedLastUs, this.#wantedFirstUs - endUs);
    if (gapUs > MAX_GAP_US || !this.#isBetter(handle, gapUs)) return;
    this.#best = handle;
    this.#bestGapUs = gapUs;
    this.#bestReversed = !same;
  };

  /** Nearest in time; of several that cover the row the youngest, for it has taken the tuple over. */
  #isBetter(handle: number, gapUs: number): boolean {
    if (this.#best === NOT_FOUND) return true;
    if (gapUs !== this.#bestGapUs) return gapUs < this.#bestGapUs;
    const entry = Math.floor(handle / HANDLES_PER_ENTRY);
    const best = Math.floor(this.#best / HANDLES_PER_ENTRY);
    if (this.#entries.startsUs[entry] !== this.#entries.startsUs[best]) {
      return this.#entries.startsUs[entry]! > this.#entries.startsUs[best]!;
    }
    return handle < this.#best;
  }
}

function isSame(one: Tuple, other: Tuple): boolean {
  return (
    one.protocol === other.protocol &&
    one.sourcePort === other.sourcePort &&
    one.destinationPort === other.destinationPort &&
    sameAddress(one.source, 0, other.source, 0) &&
    sameAddress(one.destination, 0, other.destination, 0)
  );
}

function isReverse(one: Tuple, other: Tuple): boolean {
  return (
    one.protocol === other.protocol &&
    one.sourcePort === other.destinationPort &&
    one.destinationPort === other.sourcePort &&
    sameAddress(one.source, 0, other.destination, 0) &&
    sameAddress(one.destination, 0, other.source, 0)
  );
}
