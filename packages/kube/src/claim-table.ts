import { isDeepStrictEqual } from "node:util";
import type { Owner } from "./endpoint.js";

/** One object's hold on one key, from the first claim to its end. */
interface Holding {
  readonly uid: string;
  startMs: number;
  /** By then it had the address for sure, as it says itself. */
  readyMs: number | undefined;
  /** When it was first heard of. */
  readonly seenMs: number;
  /** Infinity while it lasts. */
  endMs: number;
  /** False where the end only showed later, by a list that did not have it any more. */
  endSeen: boolean;
  /** What the owner was, from when on; the first from the beginning. */
  versions: { fromMs: number; owner: Owner }[];
}

/** A stretch of time with one owner in one state of its labels. `toMs` is not part of it; Infinity: it lasts. */
export interface Span {
  readonly uid: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly owner: Owner;
}

/** One claim on a key, see {@link ClaimTable.hold}. Times in Unix milliseconds. */
export interface Hold {
  readonly owner: Owner;
  readonly startMs: number;
  readonly readyMs: number | undefined;
  /** undefined while it lasts. */
  readonly endMs: number | undefined;
  /** When this became known; Infinity for what stands in a dump, which was made when all had happened. */
  readonly atMs: number;
}

interface Entry {
  holdings: Holding[];
  /** End of the holdings that were dropped: nobody else's begin before it. */
  floorMs: number;
  /** What follows from the holdings: in order of time, not overlapping. */
  spans: Span[];
}

/**
 * Who had what, when: spans of time for each key, one owner at a time.
 *
 * Where two owners' holdings overlap, the former's end stands if it was seen before the later one surely had the key
 * (by its readyMs, or else when it was first heard of), and the later one begins there. Otherwise the former is cut off
 * at the later one's readyMs, or else its startMs, but not before it was surely there itself.
 */
export class ClaimTable {
  readonly #entries = new Map<string, Entry>();
  readonly #keysByUid = new Map<string, Set<string>>();
  readonly #onChange: (key: string, before: readonly Span[], after: readonly Span[]) => void;

  /** `onChange` is told whenever the spans of a key are not what they were. */
  constructor(onChange: (key: string, before: readonly Span[], after: readonly Span[]) => void) {
    this.#onChange = onChange;
  }

  /** The owner at a time, or undefined. */
  at(key: string, timeMs: number): Owner | undefined {
    const spans = this.#entries.get(key)?.spans;
    if (spans === undefined) return undefined;
    for (let index = spans.length - 1; index >= 0; index--) {
      const span = spans[index]!;
      if (timeMs >= span.fromMs) return timeMs < span.toMs ? span.owner : undefined;
    }
    return undefined;
  }

  /** Keys that an object holds or held. */
  keysOf(uid: string): ReadonlySet<string> {
    return this.#keysByUid.get(uid) ?? new Set();
  }

  isOpen(key: string, uid: string): boolean {
    return this.#holding(key, uid)?.endMs === Number.POSITIVE_INFINITY;
  }

  /** Uids of all objects that hold anything now. */
  openUids(): string[] {
    return [...this.#keysByUid]
      .filter(([uid, keys]) => [...keys].some((key) => this.isOpen(key, uid)))
      .map(([uid]) => uid);
  }

  /**
   * Takes or keeps a key for an object. Its begin stays once it is told; an object that comes back to a key that it
   * had given up has had it throughout. Labels that differ count from `atMs` on; anything else that differs is
   * better knowledge, and counts from the beginning.
   */
  hold(key: string, { owner, startMs, readyMs, endMs, atMs }: Hold): void {
    const entry = this.#entries.get(key) ?? newEntry();
    const holding = entry.holdings.find(({ uid }) => uid === owner.uid);
    if (holding === undefined) {
      const versions = [{ fromMs: Number.NEGATIVE_INFINITY, owner }];
      entry.holdings.push({
        uid: owner.uid,
        startMs,
        readyMs,
        seenMs: atMs,
        endMs: endMs ?? Number.POSITIVE_INFINITY,
        endSeen: true,
        versions,
      });
    } else {
      holding.readyMs ??= readyMs;
      holding.endMs = endMs === undefined ? Number.POSITIVE_INFINITY : Math.min(holding.endMs, endMs);
      amend(holding, owner, atMs);
    }
    this.#entries.set(key, entry);
    this.#remember(owner.uid, key);
    this.#settle(key, entry);
  }

  /**
   * Ends a holding. A second end moves it only to an earlier time.
   *
   * @param seen false where it may have ended any time before
   */
  release(key: string, uid: string, endMs: number, seen = true): void {
    const entry = this.#entries.get(key);
    const holding = entry?.holdings.find((one) => one.uid === uid);
    if (entry === undefined || holding === undefined) return;
    if (endMs < holding.endMs) {
      holding.endMs = endMs;
      holding.endSeen = seen;
    }
    this.#settle(key, entry);
  }

  /** Puts back a span that was told before. Spans of one owner that follow on each other become one holding. */
  restore(key: string, span: Span): void {
    const entry = this.#entries.get(key) ?? newEntry();
    const holding = entry.holdings.find(({ uid }) => uid === span.uid);
    if (holding === undefined) {
      const versions = [{ fromMs: Number.NEGATIVE_INFINITY, owner: span.owner }];
      const { uid, fromMs: startMs, toMs: endMs } = span;
      entry.holdings.push({
        uid,
        startMs,
        readyMs: startMs,
        seenMs: startMs,
        endMs,
        endSeen: true,
        versions,
      });
    } else {
      const spans = [...spansOf(holding, holding.startMs, holding.endMs), span].sort(
        (a, b) => a.fromMs - b.fromMs,
      );
      holding.startMs = spans[0]!.fromMs;
      holding.readyMs = Math.min(holding.readyMs ?? holding.startMs, span.fromMs);
      holding.endMs = Math.max(...spans.map(({ toMs }) => toMs));
      holding.versions = spans.map(({ fromMs, owner }, index) => ({
        fromMs: index === 0 ? Number.NEGATIVE_INFINITY : fromMs,
        owner,
      }));
    }
    this.#entries.set(key, entry);
    this.#remember(span.uid, key);
    entry.spans = resolve(entry);
  }

  /** Forgets holdings that ended before a time; returns how many. */
  dropEndedBefore(timeMs: number): number {
    let dropped = 0;
    for (const [key, entry] of this.#entries) {
      const kept = entry.holdings.filter(({ endMs }) => endMs >= timeMs);
      if (kept.length === entry.holdings.length) continue;
      for (const { uid, endMs } of entry.holdings) if (endMs < timeMs) this.#forget(uid, key);
      dropped += entry.holdings.length - kept.length;
      if (kept.length === 0) {
        this.#entries.delete(key);
        continue;
      }
      const gone = entry.spans.filter((span) => !kept.some(({ uid }) => uid === span.uid));
      entry.floorMs = Math.max(entry.floorMs, ...gone.map(({ toMs }) => toMs));
      entry.holdings = kept;
      entry.spans = resolve(entry);
    }
    return dropped;
  }

  *spans(): Generator<readonly [key: string, span: Span]> {
    for (const [key, { spans }] of this.#entries) for (const span of spans) yield [key, span];
  }

  #holding(key: string, uid: string): Holding | undefined {
    return this.#entries.get(key)?.holdings.find((one) => one.uid === uid);
  }

  #settle(key: string, entry: Entry): void {
    const before = entry.spans;
    entry.spans = resolve(entry);
    if (!isDeepStrictEqual(before, entry.spans)) this.#onChange(key, before, entry.spans);
  }

  #remember(uid: string, key: string): void {
    const keys = this.#keysByUid.get(uid);
    if (keys === undefined) this.#keysByUid.set(uid, new Set([key]));
    else keys.add(key);
  }

  #forget(uid: string, key: string): void {
    const keys = this.#keysByUid.get(uid);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysByUid.delete(uid);
  }
}

function newEntry(): Entry {
  return { holdings: [], floorMs: Number.NEGATIVE_INFINITY, spans: [] };
}

/** Spans of all holdings, in order, without overlaps. */
function resolve({ holdings, floorMs }: Entry): Span[] {
  const ordered = [...holdings].sort(
    (a, b) => compare(sureMs(a), sureMs(b)) || compare(beginMs(a), beginMs(b)) || compare(a.uid, b.uid),
  );
  const spans: Span[] = [];
  let takenUntilMs = floorMs;
  for (const [index, holding] of ordered.entries()) {
    const next = ordered[index + 1];
    const fromMs = Math.max(holding.startMs, takenUntilMs);
    const toMs = next === undefined ? holding.endMs : endBefore(holding, next);
    takenUntilMs = Math.max(takenUntilMs, toMs);
    if (fromMs < toMs) spans.push(...spansOf(holding, fromMs, toMs));
  }
  return spans;
}

/** A time at which the owner surely had the key: what says in which order owners followed on each other. */
function sureMs(holding: Holding): number {
  return holding.readyMs ?? Math.min(holding.seenMs, holding.endMs);
}

function beginMs(holding: Holding): number {
  return holding.readyMs ?? holding.startMs;
}

/** When a holding ended, knowing that another one came after it. */
function endBefore(former: Holding, next: Holding): number {
  const surelyTakenMs = next.readyMs ?? (former.endSeen ? next.seenMs : next.startMs);
  if (former.endMs <= surelyTakenMs) return former.endMs;
  return Math.min(former.endMs, Math.max(beginMs(next), sureMs(former)));
}

function compare<Key extends number | string>(a: Key, b: Key): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A holding cut to a stretch of time, one span per version. */
function spansOf(holding: Holding, fromMs: number, toMs: number): Span[] {
  const spans: Span[] = [];
  for (const [index, version] of holding.versions.entries()) {
    const from = Math.max(fromMs, version.fromMs);
    const to = Math.min(toMs, holding.versions[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY);
    if (from < to) spans.push({ uid: holding.uid, fromMs: from, toMs: to, owner: version.owner });
  }
  return spans;
}

function amend(holding: Holding, owner: Owner, atMs: number): void {
  const latest = holding.versions.at(-1)!;
  if (isDeepStrictEqual(latest.owner, owner)) return;
  const sameLabels = isDeepStrictEqual(labelsOf(latest.owner), labelsOf(owner));
  holding.versions = holding.versions.map((version) => ({
    ...version,
    owner: withLabels(owner, version.owner),
  }));
  if (!sameLabels) holding.versions.push({ fromMs: atMs, owner });
}

function labelsOf(owner: Owner): Readonly<Record<string, string>> {
  return owner.kind === "service" ? {} : owner.labels;
}

function withLabels(owner: Owner, labelled: Owner): Owner {
  return owner.kind === "service" ? owner : { ...owner, labels: labelsOf(labelled) };
}
