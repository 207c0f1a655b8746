/**
 * Writes the 64-bit id of a connection (decision 2 of the design) as two words, the low one first, at
 * `out[2 * row]`: the layout of a `u64` column. Any node that knows the tuple that the server sees gets the same id.
 *
 * The hash keeps two 32-bit words that feed each other; each step is a bijection of the pair, so that two tuples only
 * collide as random 64-bit numbers do. It must never change: rows of different agents meet by it.
 *
 * @param clientAddress 16 bytes at `clientOffset`, IPv4 mapped; so the server's
 */
export function writeConnectionId(
  out: Uint32Array,
  row: number,
  protocol: number,
  clientAddress: Uint8Array,
  clientOffset: number,
  clientPort: number,
  serverAddress: Uint8Array,
  serverOffset: number,
  serverPort: number,
): void {
  let low = 0x243f6a88 ^ protocol;
  let high = 0x85a308d3;
  for (let word = 0; word < 9; word++) {
    let value: number;
    if (word < 4) value = readWord(clientAddress, clientOffset + 4 * word);
    else if (word < 8) value = readWord(serverAddress, serverOffset + 4 * (word - 4));
    else value = (clientPort << 16) | serverPort;
    low = (rotate(Math.imul(low ^ value, 0xcc9e2d51), 15) + high) | 0;
    high = (rotate(Math.imul(high ^ value, 0x1b873593), 13) + low) | 0;
  }
  low ^= rotate(high, 7);
  low = mix(low);
  high = mix((high + low) | 0);
  low = (low + mix(high ^ 0x13198a2e)) | 0;
  out[2 * row] = low;
  out[2 * row + 1] = high;
}

/** The id as the product shows it: 16 hexadecimal digits. */
export function formatConnectionId(words: Uint32Array, row: number): string {
  return hex(words[2 * row + 1]) + hex(words[2 * row]);
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}

function readWord(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** The 32-bit finalizer of MurmurHash3: each input bit changes each output bit with probability near 1/2. */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
