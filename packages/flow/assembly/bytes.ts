/** Unsigned 16 bits in network order. */
export function word16(at: usize): i32 {
  return ((<i32>load<u8>(at)) << 8) | <i32>load<u8>(at, 1);
}

/** 32 bits in network order. */
export function word32(at: usize): i32 {
  return bswap<i32>(load<i32>(at));
}

export function storeWord32(at: usize, value: i32): void {
  store<i32>(at, bswap<i32>(value));
}
