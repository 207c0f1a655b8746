import type { KubeObject } from "@hopline/kube";
import { z } from "zod";

/** When something changed, Unix milliseconds: at `atMs` as far as is known, and not before `earliestMs`. */
export interface Moment {
  readonly earliestMs: number;
  readonly atMs: number;
}

/** What a dump does not date has always been so. */
export const ALWAYS: Moment = { earliestMs: 0, atMs: 0 };

/** Times in objects are whole seconds. */
const SECOND_MS = 1000;
/** A change that is told at once and says that it is older than this comes from a server whose clock differs. */
const LONGEST_DELAY_MS = 10_000;

/**
 * When an object came to be as it is.
 *
 * @param sinceMs it may have happened any time since then; 0 where nothing is known of the time before, undefined where
 *   it was heard as soon as it happened.
 */
export function momentOf(
  object: KubeObject,
  isNew: boolean,
  sinceMs: number | undefined,
  nowMs: number,
): Moment {
  const ownMs = isNew ? createdMs(object) : touchedMs(object);
  if (sinceMs === undefined) {
    const isTrusted = ownMs !== undefined && ownMs <= nowMs && nowMs - ownMs < LONGEST_DELAY_MS;
    return { earliestMs: isTrusted ? ownMs : nowMs, atMs: nowMs };
  }
  // Of an object that was there before anybody looked, it is taken that it was made as it is.
  if (sinceMs === 0) return { earliestMs: createdMs(object) ?? 0, atMs: createdMs(object) ?? 0 };
  if (ownMs === undefined || ownMs + SECOND_MS <= sinceMs || ownMs > nowMs)
    return { earliestMs: sinceMs, atMs: nowMs };
  return { earliestMs: Math.max(ownMs, sinceMs), atMs: Math.min(ownMs + SECOND_MS, nowMs) };
}

function createdMs({ metadata }: KubeObject): number | undefined {
  return metadata.creationTimestamp == null ? undefined : Date.parse(metadata.creationTimestamp);
}

const managedSchema = z.array(
  z.looseObject({ time: z.iso.datetime({ offset: true }).nullish(), subresource: z.string().nullish() }),
);

/** When its spec or labels were last written, as the API server keeps it (meta/v1 ManagedFieldsEntry). */
function touchedMs({ metadata }: KubeObject): number | undefined {
  const entries = managedSchema.safeParse(metadata.managedFields).data ?? [];
  const times = entries
    .filter(({ time, subresource }) => time && !subresource)
    .map(({ time }) => Date.parse(time ?? ""));
  return times.length === 0 ? undefined : Math.max(...times);
}
