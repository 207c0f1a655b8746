import { Fault } from "@hopline/fault";
import type { FocusTuple } from "../focus.js";
import { type Instruction, LOAD_NUMBER, LONGEST_PROGRAM, RETURN, STORE_CELL } from "./cbpf.js";
import { ConnectionRule } from "./connection-rule.js";
import { WATCHED } from "./filter-cells.js";
import { type Found, searchInterface } from "./interface-search.js";
import { Program } from "./program.js";

/** What the kernel is to hand over. */
export interface FilterOrder {
  /** Interfaces whose frames are wanted; ascending, each once. */
  readonly watched: readonly number[];
  /** Interfaces of higher indexes count as watched, too; undefined: none. */
  readonly newestKnown?: number | undefined;
  /** Bytes kept of each frame. */
  readonly snapLength: number;
  /** One connection in 2^shift is kept of watched interfaces; 0: all. */
  readonly samplingShift: number;
  /** Connections that are kept whatever the sampling, on watched and on these other interfaces. */
  readonly focus: readonly FocusTuple[];
  /** Ascending, each once; those that are watched too count as watched. */
  readonly focusInterfaces: readonly number[];
  /** UDP ports behind whose headers the filter looks for the inner connection. */
  readonly vxlanPorts: readonly number[];
  readonly genevePorts: readonly number[];
}

/**
 * The kernel's filter for an order, so that what nobody asked for never reaches the ring. It is one comparison of the
 * interface, and no look into the frame unless connections matter.
 *
 * @throws Fault `CAPTURE_FILTER_TOO_LONG` beyond what one program of the kernel's can hold (about 2,700 interfaces)
 */
export function packetFilter(order: FilterOrder): Instruction[] {
  const { watched, newestKnown, snapLength, samplingShift, focus } = order;
  const others = focus.length === 0 ? [] : order.focusInterfaces.filter((index) => !watched.includes(index));
  const program = new Program();
  if (watched.length + others.length === 0 && newestKnown === undefined)
    return program.do(RETURN, 0).instructions();

  const sampled = Symbol("watched");
  const focused = Symbol("focused");
  const isSampling = samplingShift > 0;
  const onWatched: Found = isSampling ? { goTo: sampled } : { keep: snapLength };
  const onOther: Found = { goTo: focused };
  const interfaces = [
    ...watched.map((index) => [index, onWatched] as const),
    ...others.map((index) => [index, onOther] as const),
  ].sort(([a], [b]) => a - b);
  searchInterface(program, interfaces, newestKnown === undefined ? undefined : [newestKnown, onWatched]);
  if (isSampling || others.length > 0) {
    const rule = Symbol("rule");
    if (others.length > 0) {
      program.label(focused).do(LOAD_NUMBER, 0).do(STORE_CELL, WATCHED);
      if (isSampling) program.jump(rule);
    }
    if (isSampling) program.label(sampled).do(LOAD_NUMBER, 1).do(STORE_CELL, WATCHED);
    new ConnectionRule(program.label(rule), order).write();
  }
  const instructions = program.instructions();
  if (instructions.length <= LONGEST_PROGRAM) return instructions;
  throw new Fault({
    code: "CAPTURE_FILTER_TOO_LONG",
    message: `Watching ${interfaces.length} interfaces takes a kernel filter of ${instructions.length} instructions, ${LONGEST_PROGRAM} is the most.`,
    hint: "Watch fewer interfaces on this node, for example only those of pods.",
  });
}
