import type { AddressBook, AddressOwner, DialledService } from "./address-book.js";
import type { AddressIds } from "./address-ids.js";

/**
 * Rows whose times are in the same tenth of a second share an answer: an address that passes from one pod to another is
 * free for longer than that in between.
 */
const BUCKET_MS = 100;
const BUCKETS = 2 ** 32;
/** Ports and protocols fit below this; times an address id, it stays exact in a double. */
const PORTS_AND_PROTOCOLS = 2 ** 24;

/** The book's answers while one batch is being named, by address and time: a few for each address, for all of its rows. */
export class NameCache {
  readonly #book: AddressBook;
  readonly #ids: AddressIds;
  readonly #texts: string[] = [];
  readonly #owners = new Map<number, AddressOwner>();
  /** By address: times at which the book named the same pod, node or Service; it has the address in between as well. */
  readonly #tenures: { fromMs: number; toMs: number; readonly owner: AddressOwner }[] = [];
  readonly #listeners = new Map<number, { readonly bucket: number; readonly owner: AddressOwner }>();
  readonly #services = new Map<
    number,
    { readonly bucket: number; readonly service: DialledService | undefined }
  >();

  constructor(book: AddressBook, ids: AddressIds) {
    this.#book = book;
    this.#ids = ids;
  }

  text(id: number): string {
    let text = this.#texts[id];
    if (text === undefined) {
      text = this.#ids.textOf(id);
      this.#texts[id] = text;
    }
    return text;
  }

  /** Who had an address, whatever the port. */
  owner(id: number, timeMs: number): AddressOwner {
    const tenure = this.#tenures[id];
    if (tenure !== undefined && timeMs >= tenure.fromMs && timeMs <= tenure.toMs) return tenure.owner;
    const key = id * BUCKETS + (Math.floor(timeMs / BUCKET_MS) % BUCKETS);
    let owner = this.#owners.get(key);
    if (owner === undefined) {
      owner = this.#book.ownerAt(this.#ids.bytesOf(id), timeMs, 0, 0);
      this.#owners.set(key, owner);
    }
    if (tenure?.owner === owner) {
      tenure.fromMs = Math.min(tenure.fromMs, timeMs);
      tenure.toMs = Math.max(tenure.toMs, timeMs);
    } else if (owner.isLasting) this.#tenures[id] = { fromMs: timeMs, toMs: timeMs, owner };
    return owner;
  }

  /** Who listened on a port of an address: on a node's, that may be a pod of the node's network. */
  listener(id: number, port: number, protocol: number, timeMs: number): AddressOwner {
    const owner = this.owner(id, timeMs);
    // A pod has all of its ports to itself.
    if (owner.end.pod !== "" || port === 0) return owner;
    const key = id * PORTS_AND_PROTOCOLS + port * 256 + protocol;
    const bucket = Math.floor(timeMs / BUCKET_MS);
    const known = this.#listeners.get(key);
    if (known?.bucket === bucket) return known.owner;
    const listener = this.#book.ownerAt(this.#ids.bytesOf(id), timeMs, port, protocol);
    this.#listeners.set(key, { bucket, owner: listener });
    return listener;
  }

  service(id: number, port: number, protocol: number, timeMs: number): DialledService | undefined {
    const key = id * PORTS_AND_PROTOCOLS + port * 256 + protocol;
    const bucket = Math.floor(timeMs / BUCKET_MS);
    const known = this.#services.get(key);
    if (known?.bucket === bucket) return known.service;
    const service = this.#book.serviceAt(this.#ids.bytesOf(id), port, protocol, timeMs);
    this.#services.set(key, { bucket, service });
    return service;
  }
}
