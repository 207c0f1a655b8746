/*
 * The holes in TCP streams' sequence space that a late segment may still fill: a few for each stream, in blocks that only
 * streams with holes take. Sequence numbers are 32-bit signed integers, compared by their difference (RFC 9293 section 3.4).
 *
 * A stream with more holes than seven forgets the lowest, which stays a gap for ever. A block is an index, from 0 on.
 */
const HOLES_PER_STREAM: i32 = 7;
/** The number of holes, then start and end of each, lowest first. */
const BLOCK_BYTES: usize = 64;
const FIRST_HOLE: usize = 4;
const HOLE_BYTES: usize = 8;

/** No window is wider (RFC 7323 section 2.3): a hole further back can no longer be told from one ahead. */
const FURTHEST_BYTES: u32 = 0x40000000;
const MOST_BLOCKS: i32 = 1 << 16;

/** Holes that had to be forgotten while they could still be filled. */
export let forgottenHoles: f64 = 0;
let blocks: usize = 0;
let used: i32 = 0;
let freed: usize = 0;
let freedCount: i32 = 0;

export function reserveHoles(): void {
  blocks = heap.alloc(<usize>MOST_BLOCKS * BLOCK_BYTES);
  freed = heap.alloc((<usize>MOST_BLOCKS) << 2);
}

/** Takes a block without holes, or returns -1 where all are in use. */
export function allocateHoles(): i32 {
  if (freedCount > 0) {
    freedCount--;
    return load<i32>(freed + ((<usize>freedCount) << 2));
  }
  if (used === MOST_BLOCKS) {
    forgottenHoles++;
    return -1;
  }
  return used++;
}

export function releaseHoles(block: i32): void {
  setCount(block, 0);
  store<i32>(freed + ((<usize>freedCount) << 2), block);
  freedCount++;
}

/** Adds the hole [start, end), which lies above all others of the block. */
export function addHole(block: i32, start: i32, end: i32): void {
  forgetFarHoles(block, end);
  if (countOf(block) === HOLES_PER_STREAM) {
    remove(block, 0);
    forgottenHoles++;
  }
  insert(block, countOf(block), start, end);
}

/**
 * Takes [start, end) out of the block's holes.
 * @returns how many bytes of it lay in holes
 */
export function fillHoles(block: i32, start: i32, end: i32): i32 {
  let filled = 0;
  for (let i = countOf(block) - 1; i >= 0; i--) {
    const at = holeAt(block, i);
    const holeStart = load<i32>(at);
    const holeEnd = load<i32>(at, 4);
    const from = start - holeStart > 0 ? start : holeStart;
    const to = end - holeEnd < 0 ? end : holeEnd;
    const bytes = to - from;
    if (bytes <= 0) continue;
    filled += bytes;
    if (from === holeStart && to === holeEnd) remove(block, i);
    else if (from === holeStart) store<i32>(at, to);
    else {
      store<i32>(at, from, 4);
      if (to !== holeEnd) split(block, i, to, holeEnd);
    }
  }
  return filled;
}

/** Forgets holes that are too far below `next` to be compared with it. @returns how many holes are left */
export function forgetFarHoles(block: i32, next: i32): i32 {
  while (countOf(block) > 0 && <u32>(next - load<i32>(holeAt(block, 0))) > FURTHEST_BYTES) remove(block, 0);
  return countOf(block);
}

/** The upper rest of a hole that a segment filled in the middle. */
function split(block: i32, i: i32, start: i32, end: i32): void {
  if (countOf(block) < HOLES_PER_STREAM) {
    insert(block, i + 1, start, end);
    return;
  }
  forgottenHoles++;
  // The lowest goes; where that is the lower rest itself, the upper one takes its place.
  remove(block, 0);
  insert(block, i, start, end);
}

function insert(block: i32, i: i32, start: i32, end: i32): void {
  const at = holeAt(block, i);
  const count = countOf(block);
  memory.copy(at + HOLE_BYTES, at, holeAt(block, count) - at);
  store<i32>(at, start);
  store<i32>(at, end, 4);
  setCount(block, count + 1);
}

function remove(block: i32, i: i32): void {
  const at = holeAt(block, i);
  const count = countOf(block);
  memory.copy(at, at + HOLE_BYTES, holeAt(block, count) - at - HOLE_BYTES);
  setCount(block, count - 1);
}

function holeAt(block: i32, i: i32): usize {
  return blocks + <usize>block * BLOCK_BYTES + FIRST_HOLE + <usize>i * HOLE_BYTES;
}

function countOf(block: i32): i32 {
  return load<i32>(blocks + <usize>block * BLOCK_BYTES);
}

function setCount(block: i32, count: i32): void {
  store<i32>(blocks + <usize>block * BLOCK_BYTES, count);
}
