import { Fault } from "@hopline/fault";
import {
  ANCILLARY_INTERFACE_INDEX,
  type Instruction,
  keep,
  LONGEST_PROGRAM,
  loadWord,
  skipIfEqual,
  skipIfGreater,
  skipUnlessEqual,
} from "./cbpf.js";

/** Indexes compared one after another at the leaves of the search: shorter than halving further. */
const LEAF_INDEXES = 4;

/**
 * A filter that keeps the first `snapLength` bytes of frames of the given interfaces and refuses all others,
 * so that they never reach the ring: a binary search, since a node has an interface a pod.
 *
 * @param indexes ascending, each once
 * @throws Fault `CAPTURE_FILTER_TOO_LONG` beyond what one program of the kernel's can hold (about 2,700 interfaces)
 */
export function interfaceFilter(indexes: readonly number[], snapLength: number): Instruction[] {
  if (indexes.length === 0) return [keep(0)];
  const program = [loadWord(ANCILLARY_INTERFACE_INDEX), ...search(indexes, 0, indexes.length, snapLength)];
  if (program.length <= LONGEST_PROGRAM) return program;
  throw new Fault({
    code: "CAPTURE_FILTER_TOO_LONG",
    message: `Watching ${indexes.length} interfaces takes a kernel filter of ${program.length} instructions, ${LONGEST_PROGRAM} is the most.`,
    hint: "Watch fewer interfaces on this node, for example only those of pods.",
  });
}

function search(indexes: readonly number[], from: number, to: number, snapLength: number): Instruction[] {
  if (to - from <= LEAF_INDEXES) return leaf(indexes.slice(from, to), snapLength);
  const middle = (from + to) >>> 1;
  const lower = search(indexes, from, middle, snapLength);
  return [
    ...skipIfGreater(indexes[middle - 1]!, lower.length),
    ...lower,
    ...search(indexes, middle, to, snapLength),
  ];
}

/** Any of these: keep; none: refuse. Every leaf returns by itself, so that no jump is long. */
function leaf(indexes: readonly number[], snapLength: number): Instruction[] {
  const last = indexes.length - 1;
  const comparisons = indexes.map((index, i) =>
    i < last ? skipIfEqual(index, last - i) : skipUnlessEqual(index, 1),
  );
  return [...comparisons, keep(snapLength), keep(0)];
}
