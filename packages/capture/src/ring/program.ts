import { type Instruction, JUMP_ALWAYS, LONGEST_JUMP } from "./cbpf.js";

/** A place in a program, to be jumped to from before it: classic BPF knows no jump back. */
export type Label = symbol;

interface Item {
  readonly code: number;
  readonly operand: number;
  /** Where it goes when its comparison holds, and when not; the next instruction where there is none. */
  readonly yes: Label | undefined;
  readonly no: Label | undefined;
  /** A conditional jump that reaches no further than its byte, or one that is followed by two that do. */
  isLong: boolean;
}

/** A program as it is written: with labels instead of distances. */
export class Program {
  readonly #items: Item[] = [];
  /** Item numbers by label. */
  readonly #labels = new Map<Label, number>();

  do(code: number, operand = 0): this {
    return this.#add(code, operand, undefined, undefined);
  }

  jump(to: Label): this {
    return this.#add(JUMP_ALWAYS, 0, to, undefined);
  }

  /** A conditional jump. */
  when(code: number, operand: number, { yes, no }: { readonly yes?: Label; readonly no?: Label }): this {
    return this.#add(code, operand, yes, no);
  }

  /** Here it is. */
  label(label: Label): this {
    this.#labels.set(label, this.#items.length);
    return this;
  }

  /** Turns labels into distances. Jumps that are too far for one instruction become three. */
  instructions(): Instruction[] {
    let places = this.#places();
    for (let grew = true; grew; places = this.#places()) {
      grew = false;
      for (const [at, item] of this.#items.entries()) {
        if (item.isLong || item.code === JUMP_ALWAYS) continue;
        const next = places[at]! + 1;
        if (
          Math.max(this.#distance(places, item.yes, next), this.#distance(places, item.no, next)) >
          LONGEST_JUMP
        ) {
          item.isLong = true;
          grew = true;
        }
      }
    }
    return this.#items.flatMap((item, at) => this.#encode(item, places[at]!, places));
  }

  #add(code: number, operand: number, yes: Label | undefined, no: Label | undefined): this {
    this.#items.push({ code, operand, yes, no, isLong: false });
    return this;
  }

  /** Where each item begins, and, last, where the program ends. */
  #places(): number[] {
    let place = 0;
    const places = this.#items.map(({ isLong }) => {
      const own = place;
      place += isLong ? 3 : 1;
      return own;
    });
    return [...places, place];
  }

  #encode({ code, operand, yes, no, isLong }: Item, place: number, places: readonly number[]): Instruction[] {
    const distance = (label: Label | undefined, from: number): number => this.#distance(places, label, from);
    if (code === JUMP_ALWAYS) return [instruction(code, distance(yes, place + 1))];
    if (!isLong) return [instruction(code, operand, distance(yes, place + 1), distance(no, place + 1))];
    const next = place + 3;
    return [
      instruction(code, operand, 0, 1),
      instruction(JUMP_ALWAYS, yes === undefined ? next - place - 2 : distance(yes, place + 2)),
      instruction(JUMP_ALWAYS, no === undefined ? 0 : distance(no, next)),
    ];
  }

  #distance(places: readonly number[], label: Label | undefined, from: number): number {
    if (label === undefined) return 0;
    const item = this.#labels.get(label);
    const place = item === undefined ? undefined : places[item];
    if (place === undefined || place < from) throw new Error(`no way to the label ${String(label)}`);
    return place - from;
  }
}

function instruction(code: number, operand: number, jumpTrue = 0, jumpFalse = 0): Instruction {
  return { code, jumpTrue, jumpFalse, operand };
}
