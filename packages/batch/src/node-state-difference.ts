import { z } from "zod";
import {
  forwardingStateSchema,
  interfaceStateSchema,
  type NodeState,
  neighbourStateSchema,
  nodeStateSchema,
  routeStateSchema,
  ruleStateSchema,
} from "./node-state.js";

/** Entries that are gone, by their places in the earlier list (from 0, ascending), and those that are new or not as they were. */
function changesOf<Entry extends z.ZodType>(entry: Entry) {
  return z.object({ removed: z.array(z.int().min(0)), added: z.array(entry) });
}

/** How a node's state differs from an earlier one, which was sent whole: of 15,000 entries of a large cluster few do. */
export const nodeStateDifferenceSchema = z.object({
  version: z.literal(2),
  /** When the whole one was read, milliseconds since the Unix epoch. */
  since: z.int(),
  interfaces: changesOf(interfaceStateSchema),
  routes: changesOf(routeStateSchema),
  rules: changesOf(ruleStateSchema),
  neighbours: changesOf(neighbourStateSchema),
  forwarding: changesOf(forwardingStateSchema),
  conntrack: nodeStateSchema.shape.conntrack,
  cut: nodeStateSchema.shape.cut,
});
export type NodeStateDifference = z.output<typeof nodeStateDifferenceSchema>;

/** What agents send and the store keeps. */
export const sentNodeStateSchema = z.discriminatedUnion("version", [
  nodeStateSchema,
  nodeStateDifferenceSchema,
]);
export type SentNodeState = z.output<typeof sentNodeStateSchema>;

interface Changes<Entry> {
  readonly removed: readonly number[];
  readonly added: readonly Entry[];
}

/**
 * @param whole the state that the difference is to
 * @param sinceMs when it was read, milliseconds since the Unix epoch, a whole number
 */
export function nodeStateDifference(
  whole: NodeState,
  sinceMs: number,
  state: NodeState,
): NodeStateDifference {
  return {
    version: 2,
    since: sinceMs,
    interfaces: changes(whole.interfaces, state.interfaces),
    routes: changes(whole.routes, state.routes),
    rules: changes(whole.rules, state.rules),
    neighbours: changes(whole.neighbours, state.neighbours),
    forwarding: changes(whole.forwarding, state.forwarding),
    conntrack: state.conntrack,
    cut: state.cut,
  };
}

/** The state that {@link nodeStateDifference} was given; what is new in a list comes last. */
export function withDifference(whole: NodeState, difference: NodeStateDifference): NodeState {
  return {
    version: 1,
    interfaces: changed(whole.interfaces, difference.interfaces),
    routes: changed(whole.routes, difference.routes),
    rules: changed(whole.rules, difference.rules),
    neighbours: changed(whole.neighbours, difference.neighbours),
    forwarding: changed(whole.forwarding, difference.forwarding),
    conntrack: difference.conntrack,
    cut: difference.cut,
  };
}

function changes<Entry>(
  before: readonly Entry[],
  after: readonly Entry[],
): { removed: number[]; added: Entry[] } {
  // A list that nobody has read again is the same one.
  if (before === after) return { removed: [], added: [] };
  const places = new Map<string, number[]>();
  for (let place = before.length - 1; place >= 0; place--) {
    const text = JSON.stringify(before[place]);
    const known = places.get(text);
    if (known === undefined) places.set(text, [place]);
    else known.push(place);
  }
  const added = after.filter((entry) => places.get(JSON.stringify(entry))?.pop() === undefined);
  return { removed: [...places.values()].flat().sort((a, b) => a - b), added };
}

function changed<Entry>(before: Entry[], { removed, added }: Changes<Entry>): Entry[] {
  if (removed.length === 0 && added.length === 0) return before;
  const gone = new Set(removed);
  return [...before.filter((_, place) => !gone.has(place)), ...added];
}
