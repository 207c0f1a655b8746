import { ANCILLARY_INTERFACE_INDEX, JUMP_EQUAL, JUMP_GREATER, LOAD_WORD, RETURN } from "./cbpf.js";
import type { Label, Program } from "./program.js";

/** Indexes compared one after another at the leaves of the search: shorter than halving further. */
const LEAF_INDEXES = 4;

/** What to do with frames of an interface: an instruction to end with, or where to go on. */
export type Found = { readonly keep: number } | { readonly goTo: Label };

/**
 * Writes a binary search for the frame's interface, since a node has an interface a pod. Frames of all other
 * interfaces are refused.
 *
 * @param interfaces by index, ascending
 * @param above what to do with frames of interfaces whose index is higher than this one and not among `interfaces`
 */
export function searchInterface(
  program: Program,
  interfaces: readonly (readonly [number, Found])[],
  above?: readonly [number, Found],
): void {
  program.do(LOAD_WORD, ANCILLARY_INTERFACE_INDEX);
  if (above !== undefined) {
    const [index, found] = above;
    const known = Symbol("known");
    program.when(JUMP_GREATER, Math.max(index, interfaces.at(-1)?.[0] ?? 0), { no: known });
    if ("keep" in found) program.do(RETURN, found.keep);
    else program.jump(found.goTo);
    program.label(known);
    if (interfaces.length === 0) {
      program.do(RETURN, 0);
      return;
    }
  }
  search(program, interfaces);
}

function search(program: Program, interfaces: readonly (readonly [number, Found])[]): void {
  if (interfaces.length <= LEAF_INDEXES) {
    leaf(program, interfaces);
    return;
  }
  const middle = interfaces.length >>> 1;
  const upper = Symbol("upper half");
  program.when(JUMP_GREATER, interfaces[middle - 1]![0], { yes: upper });
  search(program, interfaces.slice(0, middle));
  program.label(upper);
  search(program, interfaces.slice(middle));
}

/** Every leaf ends by itself, so that most jumps are short. */
function leaf(program: Program, interfaces: readonly (readonly [number, Found])[]): void {
  const ways = new Map<Found, Label>();
  for (const [, found] of interfaces) if (!ways.has(found)) ways.set(found, Symbol("found"));
  const missing = Symbol("missing");
  const only = ways.size === 1;
  for (const [at, [index, found]] of interfaces.entries()) {
    const isLast = at === interfaces.length - 1;
    if (only && isLast) program.when(JUMP_EQUAL, index, { no: missing });
    else program.when(JUMP_EQUAL, index, { yes: ways.get(found)! });
  }
  if (!only) program.do(RETURN, 0);
  for (const [found, label] of ways) {
    program.label(label);
    if ("keep" in found) program.do(RETURN, found.keep);
    else program.jump(found.goTo);
  }
  if (only) program.label(missing).do(RETURN, 0);
}
