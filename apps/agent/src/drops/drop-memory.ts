import {
  type ConntrackRecord,
  copyReversed,
  copyTuple,
  emptyRecord,
  emptyTuple,
  RECORD_DESTROY,
  RECORD_NEW,
  type TranslationTable,
  type Tuple,
} from "@hopline/conntrack";
import { PROTOCOL_TCP, sameAddress } from "@hopline/packet";

/** Longer than between any two of a connection's first segments: Linux repeats a SYN after 1, 3, 7, 15 and 31 seconds. */
const REMEMBERED_US = 60_000_000;
/**
 * So far may the time of a row and that of the drop lie apart. The row's own packets are dropped some microseconds later, and
 * both have the time at which the packet came; where the kernel has forgotten that, the drop has the time at which it was read.
 */
const NEAR_US = 1_000_000;
const MOST_REMEMBERED = 65_536;
/** Of one client address and port; a socket without a connection may send from it to many. */
const MOST_OF_ONE_CLIENT = 16;

/** A flow that was dropped before conntrack had confirmed it. */
interface Dropped {
  /** As it was dropped first: behind the translation. */
  readonly tuple: Tuple;
  readonly initialSequence: number | undefined;
  readonly firstUs: number;
  lastUs: number;
  /** What the translation table was told of it; undefined until a row has shown as what the client sent it. */
  told: ConntrackRecord | undefined;
}

/**
 * Why this is needed: a packet that a policy drops in FORWARD has been translated, and carries its backend's address, but
 * conntrack confirms no connection whose first packet is dropped, and tells nobody of it. What the client's own interface saw still
 * has the Service's address. So the dropped flow is remembered, and where a row from the same client address and port goes
 * elsewhere at that time, what was dropped is its translation: the table then knows it like one of conntrack's.
 *
 * A client's next attempt with the same first segment may be given to another backend. It stays the connection that it was
 * at first, for the client has only one.
 */
export class DropMemory {
  readonly #translations: TranslationTable;
  readonly #most: number;
  /** By client: the oldest first. */
  readonly #byClient = new Map<string, Dropped[]>();
  #size = 0;
  #lastId = 0;

  /** @param most flows that are remembered; the oldest are forgotten first. */
  constructor(translations: TranslationTable, most = MOST_REMEMBERED) {
    this.#translations = translations;
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Takes note of a dropped packet. Where it belongs to an attempt that was dropped before, `tuple` becomes that one's.
   *
   * @param tuple as the packet was when it was dropped
   * @param initialSequence of the TCP segment that begins the connection
   */
  note(tuple: Tuple, initialSequence: number | undefined, timeUs: number): void {
    const key = clientKey(tuple);
    const flows = this.#byClient.get(key) ?? [];
    const known = flows.find((flow) => isSameAttempt(flow, tuple, initialSequence));
    if (known !== undefined) {
      known.lastUs = Math.max(known.lastUs, timeUs);
      copyTuple(known.tuple, tuple);
      return;
    }
    this.#add(key, flows, tuple, initialSequence, timeUs);
  }

  /**
   * Takes note of a dropped packet whose connection the kernel told of, both ways: nothing is left to find out.
   *
   * @param tuple as the packet was when it was dropped; becomes the first attempt's
   */
  noteTold(tuple: Tuple, original: Tuple, initialSequence: number | undefined, timeUs: number): void {
    this.note(tuple, initialSequence, timeUs);
    const flow = this.#byClient.get(clientKey(tuple))?.find((one) => isSame(one.tuple, tuple));
    if (flow !== undefined) this.#tell(flow, original);
  }

  /**
   * Whether a flow that conntrack does not have is one that was dropped; the translation table knows it from then on.
   *
   * @param seen as it was on some interface, from the client
   * @param firstUs of its packets, microseconds since the Unix epoch
   */
  explain(seen: Tuple, firstUs: number, lastUs: number): boolean {
    if (this.#size === 0) return false;
    const flows = this.#byClient.get(clientKey(seen));
    if (flows === undefined) return false;
    const near = flows.filter((flow) => firstUs - NEAR_US <= flow.lastUs && flow.firstUs - NEAR_US <= lastUs);
    const same = near.find((flow) => isSame(flow.tuple, seen));
    const flow = same ?? near.find((one) => one.told === undefined || isSame(one.told.original, seen));
    if (flow === undefined) return false;
    this.#tell(flow, seen);
    return true;
  }

  /** Forgets what was not dropped again for a minute; for the translation table that is its end. */
  expire(nowUs: number): void {
    for (const [key, flows] of this.#byClient) {
      const kept = flows.filter((flow) => flow.lastUs + REMEMBERED_US > nowUs);
      if (kept.length === flows.length) continue;
      for (const flow of flows) if (!kept.includes(flow)) this.#forget(flow);
      if (kept.length === 0) this.#byClient.delete(key);
      else this.#byClient.set(key, kept);
    }
  }

  #add(
    key: string,
    flows: Dropped[],
    tuple: Tuple,
    initialSequence: number | undefined,
    timeUs: number,
  ): void {
    const kept = emptyTuple();
    copyTuple(tuple, kept);
    if (flows.length === MOST_OF_ONE_CLIENT) this.#forget(flows.shift());
    flows.push({ tuple: kept, initialSequence, firstUs: timeUs, lastUs: timeUs, told: undefined });
    this.#byClient.set(key, flows);
    this.#size++;
    if (this.#size > this.#most) this.#forgetOldest();
  }

  /** The table knows the tuple already where a drop has been told twice. */
  #tell(flow: Dropped, original: Tuple): void {
    if (flow.told !== undefined) return;
    const record = emptyRecord();
    record.kind = RECORD_NEW;
    record.timeUs = flow.firstUs;
    this.#lastId = (this.#lastId + 1) >>> 0;
    record.id = this.#lastId;
    copyTuple(original, record.original);
    copyReversed(flow.tuple, record.reply);
    this.#translations.apply(record);
    flow.told = record;
  }

  #forget(flow: Dropped | undefined): void {
    if (flow === undefined) return;
    this.#size--;
    if (flow.told === undefined) return;
    flow.told.kind = RECORD_DESTROY;
    flow.told.timeUs = flow.lastUs;
    this.#translations.apply(flow.told);
  }

  #forgetOldest(): void {
    for (const [key, flows] of this.#byClient) {
      for (const flow of flows) this.#forget(flow);
      this.#byClient.delete(key);
      return;
    }
  }
}

/**
 * TCP: the same first segment. Else from one port to the same port elsewhere, once it is known that it was sent to a Service.
 */
function isSameAttempt(flow: Dropped, tuple: Tuple, initialSequence: number | undefined): boolean {
  if (isSame(flow.tuple, tuple)) return true;
  if (tuple.protocol === PROTOCOL_TCP)
    return initialSequence !== undefined && initialSequence === flow.initialSequence;
  return (
    flow.told !== undefined &&
    !isSame(flow.told.original, flow.tuple) &&
    tuple.destinationPort === flow.tuple.destinationPort
  );
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

function clientKey({ protocol, source, sourcePort }: Tuple): string {
  return `${protocol} ${sourcePort} ${Buffer.from(source.buffer, source.byteOffset, source.length).toString("latin1")}`;
}
