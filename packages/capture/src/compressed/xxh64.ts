/** Primes of XXH64 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md). */
const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;
const STRIPE_BYTES = 32;
const TWO_32 = 2 ** 32;

/** XXH64 with the seed 0, of which zstd keeps the lower half as a frame's checksum (RFC 8878 section 3.1.1). */
export class Xxh64 {
  /** Four accumulators, upper word first. */
  readonly #lanes = new Int32Array(8);
  readonly #rest = new Uint8Array(STRIPE_BYTES);
  readonly #restView = new DataView(this.#rest.buffer);
  #restBytes = 0;
  #bytes = 0;

  constructor() {
    const starts = [PRIME_1 + PRIME_2, PRIME_2, 0n, -PRIME_1];
    for (const [lane, start] of starts.entries()) {
      this.#lanes[2 * lane] = Number(BigInt.asIntN(32, start >> 32n));
      this.#lanes[2 * lane + 1] = Number(BigInt.asIntN(32, start));
    }
  }

  update(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    let at = 0;
    if (this.#restBytes > 0) {
      at = this.#keep(bytes);
      if (this.#restBytes < STRIPE_BYTES) return;
      this.#stripes(this.#restView, 0, STRIPE_BYTES);
      this.#restBytes = 0;
    }
    const whole = at + Math.floor((bytes.length - at) / STRIPE_BYTES) * STRIPE_BYTES;
    this.#stripes(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at, whole);
    this.#keep(bytes.subarray(whole));
  }

  /** The lower 32 bits of the hash. */
  lowerHalf(): number {
    return Number(BigInt.asUintN(32, this.#digest()));
  }

  /** Takes bytes until a stripe is full; returns how many. */
  #keep(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, STRIPE_BYTES - this.#restBytes);
    this.#rest.set(taken, this.#restBytes);
    this.#restBytes += taken.length;
    return taken.length;
  }

  /** The hot loop: JavaScript has no fast 64-bit integers, so each is two words. */
  #stripes(view: DataView, start: number, end: number): void {
    const lanes = this.#lanes;
    const prime1High = 0x9e3779b1 | 0;
    const prime1Low = 0x85ebca87 | 0;
    const prime2High = 0xc2b2ae3d | 0;
    const prime2Low = 0x27d4eb4f | 0;
    for (let at = start; at < end; at += STRIPE_BYTES) {
      for (let lane = 0; lane < 8; lane += 2) {
        const inputLow = view.getInt32(at + 4 * lane, true);
        const inputHigh = view.getInt32(at + 4 * lane + 4, true);
        let low = Math.imul(inputLow, prime2Low);
        let high =
          (upperOfProduct(inputLow, prime2Low, low) +
            Math.imul(inputHigh, prime2Low) +
            Math.imul(inputLow, prime2High)) |
          0;
        const sum = (low >>> 0) + (lanes[lane + 1]! >>> 0);
        high = (high + lanes[lane]! + (sum >= TWO_32 ? 1 : 0)) | 0;
        low = sum | 0;
        const turnedHigh = (high << 31) | (low >>> 1);
        const turnedLow = (low << 31) | (high >>> 1);
        low = Math.imul(turnedLow, prime1Low);
        lanes[lane + 1] = low;
        lanes[lane] =
          upperOfProduct(turnedLow, prime1Low, low) +
          Math.imul(turnedHigh, prime1Low) +
          Math.imul(turnedLow, prime1High);
      }
    }
  }

  #digest(): bigint {
    let hash = PRIME_5;
    if (this.#bytes >= STRIPE_BYTES) {
      const lanes = [0, 2, 4, 6].map(
        (at) => (BigInt(this.#lanes[at]! >>> 0) << 32n) | BigInt(this.#lanes[at + 1]! >>> 0),
      );
      hash = [1n, 7n, 12n, 18n].reduce((sum, turn, lane) => sum + turned(lanes[lane]!, turn), 0n);
      for (const lane of lanes) hash = wrapped((hash ^ mixed(lane)) * PRIME_1 + PRIME_4);
    }
    hash = wrapped(hash + BigInt(this.#bytes));
    let at = 0;
    for (; at + 8 <= this.#restBytes; at += 8)
      hash = wrapped(turned(hash ^ mixed(this.#restView.getBigUint64(at, true)), 27n) * PRIME_1 + PRIME_4);
    for (; at + 4 <= this.#restBytes; at += 4)
      hash = wrapped(
        turned(hash ^ wrapped(BigInt(this.#restView.getUint32(at, true)) * PRIME_1), 23n) * PRIME_2 + PRIME_3,
      );
    for (; at < this.#restBytes; at++)
      hash = wrapped(turned(hash ^ wrapped(BigInt(this.#rest[at]!) * PRIME_5), 11n) * PRIME_1);
    hash = wrapped((hash ^ (hash >> 33n)) * PRIME_2);
    hash = wrapped((hash ^ (hash >> 29n)) * PRIME_3);
    return hash ^ (hash >> 32n);
  }
}

/**
 * The upper word of a product of two words without sign, of which the lower one is known. A double holds 53 of its 64
 * bits: the error, divided by 2^32, is far less than the half that is rounded.
 */
function upperOfProduct(a: number, b: number, lower: number): number {
  return (((a >>> 0) * (b >>> 0) - (lower >>> 0)) / TWO_32 + 0.5) | 0;
}

function mixed(input: bigint): bigint {
  return wrapped(turned(wrapped(input * PRIME_2), 31n) * PRIME_1);
}

function turned(value: bigint, bits: bigint): bigint {
  return wrapped(value << bits) | (value >> (64n - bits));
}

function wrapped(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
