import type { DnsNames } from "./dns-names.js";
import { DNS_UNANSWERED, type DnsRows } from "./dns-rows.js";

/** Words of a key: who asked whom where, the name's number, type and code, and the window. */
export const DNS_CLIENT = 0;
export const DNS_SERVER = 4;
/** Server port | protocol << 16 | direction << 24. */
export const DNS_PORT_PROTOCOL_DIRECTION = 8;
export const DNS_INTERFACE = 9;
export const DNS_NAME = 10;
export const DNS_TYPE_CODE = 11;
export const DNS_WINDOW = 12;
export const DNS_KEY_WORDS = 13;

const ROW_WORDS = 16;
const MOST_ROWS = 1 << 12;
const SLOTS = MOST_ROWS * 2;
const ADDRESS_BYTES = 16;

/** Sums of questions by client, server, name, type and code of a window. */
export class DnsSums {
  /** The key to be counted next: filled by the caller. */
  readonly key = new Int32Array(DNS_KEY_WORDS);
  readonly #rows = new Int32Array(MOST_ROWS * ROW_WORDS);
  readonly #questions = new Float64Array(MOST_ROWS);
  readonly #latencySumUs = new Float64Array(MOST_ROWS);
  readonly #latencyMaxUs = new Float64Array(MOST_ROWS);
  readonly #slots = new Int32Array(SLOTS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === MOST_ROWS;
  }

  /** Where there is anything: the first row's window. */
  get firstWindow(): number {
    return this.#rows[DNS_WINDOW];
  }

  /** Counts one question under {@link key}; only where {@link isFull} is false. */
  add(latencyUs: number): void {
    const row = this.#find();
    this.#questions[row]++;
    if ((this.key[DNS_TYPE_CODE] & 0xff) === DNS_UNANSWERED) return;
    this.#latencySumUs[row] += latencyUs;
    if (latencyUs > this.#latencyMaxUs[row]) this.#latencyMaxUs[row] = latencyUs;
  }

  /** All rows; there are none afterwards. */
  take(names: DnsNames): DnsRows {
    const count = this.#count;
    const words = this.#rows;
    const rows = {
      count,
      windowStarts: new Uint32Array(count),
      clientAddresses: new Uint8Array(count * ADDRESS_BYTES),
      serverAddresses: new Uint8Array(count * ADDRESS_BYTES),
      serverPorts: new Uint16Array(count),
      protocols: new Uint8Array(count),
      interfaceIndexes: new Int32Array(count),
      directions: new Uint8Array(count),
      names: new Array<string>(count),
      types: new Uint16Array(count),
      codes: new Uint8Array(count),
      questions: this.#questions.slice(0, count),
      latencySumUs: this.#latencySumUs.slice(0, count),
      latencyMaxUs: this.#latencyMaxUs.slice(0, count),
    };
    const clients = new DataView(rows.clientAddresses.buffer);
    const servers = new DataView(rows.serverAddresses.buffer);
    for (let row = 0; row < count; row++) {
      const at = row * ROW_WORDS;
      for (let word = 0; word < 4; word++) {
        clients.setInt32(row * ADDRESS_BYTES + 4 * word, words[at + DNS_CLIENT + word], false);
        servers.setInt32(row * ADDRESS_BYTES + 4 * word, words[at + DNS_SERVER + word], false);
      }
      const packed = words[at + DNS_PORT_PROTOCOL_DIRECTION];
      rows.serverPorts[row] = packed & 0xffff;
      rows.protocols[row] = (packed >>> 16) & 0xff;
      rows.directions[row] = packed >>> 24;
      rows.interfaceIndexes[row] = words[at + DNS_INTERFACE];
      rows.names[row] = names.textOf(words[at + DNS_NAME]);
      rows.types[row] = words[at + DNS_TYPE_CODE] >>> 8;
      rows.codes[row] = words[at + DNS_TYPE_CODE] & 0xff;
      rows.windowStarts[row] = words[at + DNS_WINDOW];
    }
    this.#questions.fill(0, 0, count);
    this.#latencySumUs.fill(0, 0, count);
    this.#latencyMaxUs.fill(0, 0, count);
    this.#slots.fill(0);
    this.#count = 0;
    return rows;
  }

  /** The row of {@link key}, made where there is none. */
  #find(): number {
    const key = this.key;
    let hash = 0;
    for (let word = 0; word < DNS_KEY_WORDS; word++) {
      hash = Math.imul(hash ^ key[word], 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    let slot = hash & (SLOTS - 1);
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & (SLOTS - 1))
      if (this.#holds(this.#slots[slot] - 1)) return this.#slots[slot] - 1;
    const row = this.#count++;
    this.#slots[slot] = row + 1;
    for (let word = 0; word < DNS_KEY_WORDS; word++) this.#rows[row * ROW_WORDS + word] = key[word];
    return row;
  }

  #holds(row: number): boolean {
    const at = row * ROW_WORDS;
    for (let word = 0; word < DNS_KEY_WORDS; word++)
      if (this.#rows[at + word] !== this.key[word]) return false;
    return true;
  }
}
