/**
 * Classic BPF, as far as our filters need it: instructions and their encoding as `struct sock_filter`
 * (Documentation/networking/filter.rst, linux/filter.h). A is the accumulator, X the index register.
 */

/** One instruction. Jumps count the instructions to skip, from the one that follows. */
export interface Instruction {
  readonly code: number;
  /** Skipped when the comparison holds, 0 to 255. */
  readonly jumpTrue: number;
  /** Skipped when it does not. */
  readonly jumpFalse: number;
  readonly operand: number;
}

/** A = 4, 2 or 1 bytes of the frame at the operand. A load behind the frame's end refuses the frame. */
export const LOAD_WORD = 0x20;
export const LOAD_HALF = 0x28;
/** A = 4, 2 or 1 bytes of the frame at X + the operand. */
export const LOAD_WORD_AT_X = 0x40;
export const LOAD_HALF_AT_X = 0x48;
export const LOAD_BYTE_AT_X = 0x50;
/** A = the frame's length, whatever is captured of it. */
export const LOAD_LENGTH = 0x80;
/** A = the operand; X = the operand. */
export const LOAD_NUMBER = 0x00;
export const LOAD_X_NUMBER = 0x01;
/** Sixteen cells: M[operand] to A or X, and A or X to it. */
export const LOAD_CELL = 0x60;
export const LOAD_X_CELL = 0x61;
export const STORE_CELL = 0x02;
export const STORE_X_CELL = 0x03;
/** On A, in 32 bits without sign. */
export const ADD = 0x04;
export const ADD_X = 0x0c;
export const SUBTRACT_X = 0x1c;
export const MULTIPLY = 0x24;
export const AND = 0x54;
export const SHIFT_LEFT = 0x64;
export const SHIFT_RIGHT = 0x74;
/** X = A; A = X. */
export const A_TO_X = 0x07;
export const X_TO_A = 0x87;
export const JUMP_ALWAYS = 0x05;
export const JUMP_EQUAL = 0x15;
export const JUMP_GREATER = 0x25;
export const JUMP_GREATER_OR_EQUAL = 0x35;
/** A & operand is not 0. */
export const JUMP_ANY_BIT = 0x45;
/** A > X. */
export const JUMP_GREATER_THAN_X = 0x2d;
/** Ends the program: how many bytes of the frame to keep, 0 to refuse it. */
export const RETURN = 0x06;

/** BPF_MAXINSNS: the kernel takes no longer program. */
export const LONGEST_PROGRAM = 4096;
/** Largest distance that a conditional jump reaches. */
export const LONGEST_JUMP = 255;

/** SKF_AD_OFF + SKF_AD_IFINDEX: loading from here gives the interface index of the frame, not bytes of it. */
export const ANCILLARY_INTERFACE_INDEX = (-0x1000 + 8) >>> 0;
/** SKF_AD_OFF + SKF_AD_HATYPE: the device's ARPHRD_ type. */
export const ANCILLARY_DEVICE_TYPE = (-0x1000 + 28) >>> 0;

/** `struct sock_filter` is { u16 code; u8 jt; u8 jf; u32 k } in the host's byte order. */
export function encode(program: readonly Instruction[]): Uint8Array {
  const words16 = new Uint16Array(program.length * 4);
  const bytes = new Uint8Array(words16.buffer);
  const words32 = new Uint32Array(words16.buffer);
  for (let i = 0; i < program.length; i++) {
    const { code, jumpTrue, jumpFalse, operand } = program[i]!;
    words16[i * 4] = code;
    bytes[i * 8 + 2] = jumpTrue;
    bytes[i * 8 + 3] = jumpFalse;
    words32[i * 2 + 1] = operand;
  }
  return bytes;
}
