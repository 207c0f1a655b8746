/**
 * Classic BPF, as far as our filters need it: instructions and their encoding as `struct sock_filter`
 * (Documentation/networking/filter.rst, linux/filter.h).
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

/** BPF_LD | BPF_W | BPF_ABS */
export const LOAD_WORD = 0x20;
/** BPF_JMP | BPF_JA */
export const JUMP_ALWAYS = 0x05;
/** BPF_JMP | BPF_JEQ | BPF_K */
export const JUMP_EQUAL = 0x15;
/** BPF_JMP | BPF_JGT | BPF_K */
export const JUMP_GREATER = 0x25;
/** BPF_RET | BPF_K */
export const RETURN = 0x06;

/** BPF_MAXINSNS: the kernel takes no longer program. */
export const LONGEST_PROGRAM = 4096;
/** Largest distance that a conditional jump reaches. */
export const LONGEST_JUMP = 255;

/** SKF_AD_OFF + SKF_AD_IFINDEX: loading from here gives the interface index of the frame, not bytes of it. */
export const ANCILLARY_INTERFACE_INDEX = (-0x1000 + 8) >>> 0;

export function loadWord(offset: number): Instruction {
  return { code: LOAD_WORD, jumpTrue: 0, jumpFalse: 0, operand: offset };
}

/** Ends the program: how many bytes of the frame to keep, 0 to refuse it. */
export function keep(bytes: number): Instruction {
  return { code: RETURN, jumpTrue: 0, jumpFalse: 0, operand: bytes };
}

export function skipIfEqual(operand: number, instructions: number): Instruction {
  return { code: JUMP_EQUAL, jumpTrue: instructions, jumpFalse: 0, operand };
}

export function skipUnlessEqual(operand: number, instructions: number): Instruction {
  return { code: JUMP_EQUAL, jumpTrue: 0, jumpFalse: instructions, operand };
}

/**
 * Skips `instructions` when the accumulator is greater than `operand`: one instruction, or two where the distance is
 * more than a conditional jump can reach.
 */
export function skipIfGreater(operand: number, instructions: number): Instruction[] {
  if (instructions <= LONGEST_JUMP)
    return [{ code: JUMP_GREATER, jumpTrue: instructions, jumpFalse: 0, operand }];
  return [
    { code: JUMP_GREATER, jumpTrue: 0, jumpFalse: 1, operand },
    { code: JUMP_ALWAYS, jumpTrue: 0, jumpFalse: 0, operand: instructions },
  ];
}

/** `struct sock_filter` is { u16 code; u8 jt; u8 jf; u32 k } in the host's byte order. */
export function assemble(program: readonly Instruction[]): Uint8Array {
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
