import * as cbpf from "../src/ring/cbpf.js";

/** What a filter is run over: a frame, and what the kernel knows of it besides. */
export interface FilteredFrame {
  readonly bytes: Uint8Array;
  readonly interfaceIndex: number;
  readonly deviceType: number;
}

/**
 * What the kernel's interpreter does, for the instructions that we use; and what its checker refuses: jumps that do not fit
 * or leave the program, cells that are read before they are written.
 */
export function runFilter(
  program: readonly cbpf.Instruction[],
  frame: FilteredFrame,
): { kept: number; steps: number } {
  const { bytes } = frame;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cells: (number | undefined)[] = Array(16).fill(undefined);
  const cell = (at: number): number => {
    const value = cells[at];
    if (value === undefined) throw new Error(`cell ${at} is read before it is written`);
    return value;
  };
  let a = 0;
  let x = 0;
  for (let pc = 0, steps = 1; ; pc++, steps++) {
    const instruction = program[pc];
    if (instruction === undefined) throw new Error("ran off the program");
    const { code, jumpTrue, jumpFalse, operand } = instruction;
    if (jumpTrue > 255 || jumpFalse > 255) throw new Error("a jump does not fit its byte");
    const at = code === cbpf.LOAD_WORD || code === cbpf.LOAD_HALF ? operand : (x + operand) >>> 0;
    const jump = (yes: boolean): void => {
      pc += yes ? jumpTrue : jumpFalse;
    };
    switch (code) {
      case cbpf.LOAD_WORD:
      case cbpf.LOAD_WORD_AT_X:
        if (operand === cbpf.ANCILLARY_INTERFACE_INDEX) a = frame.interfaceIndex;
        else if (operand === cbpf.ANCILLARY_DEVICE_TYPE) a = frame.deviceType;
        else if (at + 4 > bytes.length) return { kept: 0, steps };
        else a = view.getUint32(at, false);
        break;
      case cbpf.LOAD_HALF:
      case cbpf.LOAD_HALF_AT_X:
        if (at + 2 > bytes.length) return { kept: 0, steps };
        a = view.getUint16(at, false);
        break;
      case cbpf.LOAD_BYTE_AT_X:
        if (at + 1 > bytes.length) return { kept: 0, steps };
        a = view.getUint8(at);
        break;
      case cbpf.LOAD_LENGTH:
        a = bytes.length;
        break;
      case cbpf.LOAD_NUMBER:
        a = operand;
        break;
      case cbpf.LOAD_X_NUMBER:
        x = operand;
        break;
      case cbpf.LOAD_CELL:
        a = cell(operand);
        break;
      case cbpf.LOAD_X_CELL:
        x = cell(operand);
        break;
      case cbpf.STORE_CELL:
        cells[operand] = a;
        break;
      case cbpf.STORE_X_CELL:
        cells[operand] = x;
        break;
      case cbpf.ADD:
        a = (a + operand) >>> 0;
        break;
      case cbpf.ADD_X:
        a = (a + x) >>> 0;
        break;
      case cbpf.SUBTRACT_X:
        a = (a - x) >>> 0;
        break;
      case cbpf.MULTIPLY:
        a = Math.imul(a, operand) >>> 0;
        break;
      case cbpf.AND:
        a = (a & operand) >>> 0;
        break;
      case cbpf.SHIFT_LEFT:
        a = (a << operand) >>> 0;
        break;
      case cbpf.SHIFT_RIGHT:
        a >>>= operand;
        break;
      case cbpf.A_TO_X:
        x = a;
        break;
      case cbpf.X_TO_A:
        a = x;
        break;
      case cbpf.JUMP_ALWAYS:
        pc += operand;
        break;
      case cbpf.JUMP_EQUAL:
        jump(a === operand);
        break;
      case cbpf.JUMP_GREATER:
        jump(a > operand);
        break;
      case cbpf.JUMP_GREATER_OR_EQUAL:
        jump(a >= operand);
        break;
      case cbpf.JUMP_ANY_BIT:
        jump((a & operand) !== 0);
        break;
      case cbpf.JUMP_GREATER_THAN_X:
        jump(a > x);
        break;
      case cbpf.RETURN:
        return { kept: operand, steps };
      default:
        throw new Error(`unknown code ${code}`);
    }
  }
}
