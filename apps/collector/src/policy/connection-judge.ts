import { type RecordedDoubt, undecidedRecord } from "@hopline/policy";
import type { NamedEnd } from "../naming/address-book.js";
import { objectKey } from "./cluster-object.js";
import type { Side, SidedConnection } from "./epoch-judge.js";
import { EpochJudges } from "./epoch-judges.js";
import type { EpochChange } from "./epoch-log.js";
import { type Judged, judgedBy, notJudged } from "./judged.js";
import type { ObjectVersion } from "./object-versions.js";
import type { PolicyHistory } from "./policy-history.js";
import type { PolicyKnowledge } from "./policy-knowledge.js";
import { blurOf, type Margins, type Stretch, StretchAround } from "./stretch.js";

/** A connection in its initiator's direction. */
export interface ConnectionQuestion {
  /** By its own address, before any translation. */
  readonly client: NamedEnd;
  readonly clientAddress: string;
  /** The backend; the Service itself where nobody knows for which backend it was dialled. */
  readonly server: NamedEnd;
  readonly serverAddress: string;
  /** IANA number. */
  readonly protocol: number;
  readonly clientPort: number;
  /** At the server. */
  readonly serverPort: number;
  /** Where it is not the server's address. */
  readonly dialledAddress: string | undefined;
  /** What the server sees, where it is not the client's address. */
  readonly seenClientAddress: string | undefined;
  /** Which end is the client was guessed by the ports. */
  readonly isGuess: boolean;
}

/** The same is true of all times of the stretch. */
export interface Answer extends Stretch {
  readonly judged: Judged;
  /** Ask again at that time by the clock: what would change the answer may still be on its way. */
  readonly askAgainAtMs: number | undefined;
  /** Ask again when it is known what policies were at this time. */
  readonly knownAtMs: number | undefined;
}

export interface ConnectionJudgeOptions {
  readonly history: PolicyHistory;
  readonly knowledge: () => PolicyKnowledge;
  readonly now: () => number;
  /** For so long after a change was heard of, nodes may still act by what was before. */
  readonly settleMs: number;
}

/** A change may have reached nodes before it reached the collector. */
const AHEAD_MS = 1000;
/** How far a row may be ahead of what is known to be all. */
const KNOWN_AHEAD_MS = 2000;
/** More changes at once than this are not told apart. */
const MAX_CHANGES = 8;
const MAX_POD_VERSIONS = 3;
const MAX_BACKENDS = 256;
const ICMP = 1;
const ICMPV6 = 58;
/** Linux takes the ports of its clients from here on (ip_local_port_range). */
const FIRST_CLIENT_PORT = 32_768;

const ALWAYS = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
const NOT_WATCHED = notJudged("What policies were then is not known: the cluster could not be watched.");
const UNKNOWN_END = notJudged("It is not known who one of the ends was.");
const NO_BACKEND = notJudged("A Service was dialled, and it is not known which backends it had.");

/** Judges connections by the policies, labels and named ports of their time. */
export class ConnectionJudge {
  readonly #options: ConnectionJudgeOptions;
  readonly #judges: EpochJudges;
  readonly #margins: Margins;
  readonly #podKeys = new WeakMap<NamedEnd, string>();
  /** Of the epochs, around the time that was asked for last. */
  #stretch: { readonly of: Stretch; readonly revision: number; readonly changes: number } | undefined;

  constructor(options: ConnectionJudgeOptions) {
    this.#options = options;
    this.#judges = new EpochJudges(options.history.epochs);
    this.#margins = { aheadMs: AHEAD_MS, settleMs: options.settleMs };
  }

  /** @param timeMs Unix milliseconds: when the connection, or what is seen of it, began. */
  judge(question: ConnectionQuestion, timeMs: number): Answer {
    const { untilMs, isLive, missing } = this.#knowledge;
    const atOnce = { askAgainAtMs: undefined, knownAtMs: undefined };
    if (missing !== undefined) return { judged: notJudged(missing), ...ALWAYS, ...atOnce };
    if (timeMs > untilMs + KNOWN_AHEAD_MS)
      return { judged: NOT_WATCHED, fromMs: timeMs, toMs: timeMs + 1, ...atOnce, knownAtMs: timeMs };
    const judged = this.#judgeBoth(question, timeMs);
    // What denies may have been taken away by a change that has not been heard of yet.
    const sureAtMs = timeMs + AHEAD_MS;
    const isHeld = isLive && judged.verdict === "denied" && this.#options.now() < sureAtMs;
    return {
      judged,
      ...this.#quietStretch(question, timeMs),
      ...atOnce,
      ...(isHeld ? { askAgainAtMs: sureAtMs } : {}),
    };
  }

  /** False before policies were read for the first time, where that is to be expected. */
  get isReady(): boolean {
    const { untilMs, missing } = this.#knowledge;
    return missing !== undefined || untilMs > 0;
  }

  /** Whether all that `knownAtMs` asks for is known. */
  isKnown(timeMs: number): boolean {
    const { untilMs, missing } = this.#knowledge;
    return missing !== undefined || timeMs <= untilMs + KNOWN_AHEAD_MS;
  }

  get #knowledge(): PolicyKnowledge {
    const { history, knowledge } = this.#options;
    const known = knowledge();
    return history.isRestored ? known : { ...known, untilMs: 0 };
  }

  /** In the direction that is told, and where that is a guess in the other one, too. */
  #judgeBoth(question: ConnectionQuestion, timeMs: number): Judged {
    const judged = withoutDeniedIcmp(this.#judgeOnce(question, timeMs), question.protocol);
    if (judged.verdict !== "denied" || !isDoubtfulGuess(question)) return judged;
    const { client, clientAddress, clientPort, server, serverAddress, serverPort } = question;
    const reversed = this.#judgeOnce(
      {
        ...question,
        ...{ client: server, clientAddress: serverAddress, clientPort: serverPort },
        ...{ server: client, serverAddress: clientAddress, serverPort: clientPort },
        ...{ dialledAddress: undefined, seenClientAddress: undefined },
      },
      timeMs,
    );
    return agreed("initiator-unknown", [judged, reversed]);
  }

  #judgeOnce(question: ConnectionQuestion, timeMs: number): Judged {
    const sources = this.#sidesOf(question.client, question.clientAddress, timeMs);
    if (question.server.kind === "service") return this.#judgeBackends(question, sources, timeMs);
    const destinations = this.#sidesOf(question.server, question.serverAddress, timeMs);
    const { protocol, serverPort: port } = question;
    const sided = destinations.map((destination) => ({ destination, port }));
    return this.#judgeSides(question, protocol, sources, sided, timeMs);
  }

  /** Nobody knows for which backend a Service was dialled: what is so for each of them is so. */
  #judgeBackends(question: ConnectionQuestion, sources: readonly Side[], timeMs: number): Judged {
    const { server, serverAddress, serverPort, protocol } = question;
    const service = this.#options.history.serviceAt(server.namespace, server.name, timeMs);
    if (service === undefined) return NO_BACKEND;
    const dialled = { ...question, dialledAddress: serverAddress };
    const backends = this.#options.history.backendsAt(service, { protocol, port: serverPort }, timeMs);
    const results = backends
      .slice(0, MAX_BACKENDS)
      .map(({ side: destination, port }) =>
        this.#judgeSides(dialled, protocol, sources, [{ destination, port }], timeMs),
      );
    return results.length === 0 ? NO_BACKEND : agreed("backend-unknown", results);
  }

  /** In every state that the cluster may have been in then. */
  #judgeSides(
    question: ConnectionQuestion,
    protocol: number,
    sources: readonly Side[],
    destinations: readonly { readonly destination: Side; readonly port: number }[],
    timeMs: number,
  ): Judged {
    if (sources.length === 0 || destinations.length === 0) return UNKNOWN_END;
    const { dialledAddress, seenClientAddress } = question;
    const { epochs, isCut } = this.#epochsOf(question, timeMs);
    const results: Judged[] = [];
    for (const epoch of epochs) {
      const judge = this.#judges.of(epoch);
      for (const source of sources) {
        for (const { destination, port } of destinations) {
          const connection: SidedConnection = {
            ...{ source, destination, protocol, port },
            ...(dialledAddress === undefined ? {} : { dialledAddress }),
            ...(seenClientAddress === undefined ? {} : { seenSourceAddress: seenClientAddress }),
          };
          results.push(judge.judge(connection));
        }
      }
    }
    return isCut ? undecided("policy-changing", results) : agreed("policy-changing", results);
  }

  /** The epochs that may have been, the one of the time itself first. */
  #epochsOf(question: ConnectionQuestion, timeMs: number): { epochs: readonly number[]; isCut: boolean } {
    const { epochs: log } = this.#options.history;
    const present = log.at(timeMs);
    const near = this.#changesNear(timeMs).filter(({ change }) => touches(change, question));
    if (near.length === 0) return { epochs: [present], isCut: false };
    const isCut = near.length > MAX_CHANGES;
    const kept = isCut ? [near[0]!, near.at(-1)!] : near;
    return { epochs: [...new Set([present, ...kept.flatMap(({ index }) => [index, index + 1])])], isCut };
  }

  /** Changes of which it is not sure whether they came before a time or after it. */
  #changesNear(timeMs: number): { change: EpochChange; index: number }[] {
    const { changes } = this.#options.history.epochs;
    const near: { change: EpochChange; index: number }[] = [];
    // Mostly the last few are asked for.
    for (let index = changes.length - 1; index >= 0; index--) {
      const change = changes[index]!;
      const { fromMs, toMs } = blurOf(change.when, this.#margins);
      if (timeMs >= toMs) break;
      if (timeMs >= fromMs) near.unshift({ change, index });
    }
    return near;
  }

  #sidesOf(end: NamedEnd, address: string, timeMs: number): readonly Side[] {
    switch (end.kind) {
      case "external":
        return [{ kind: "external", address }];
      case "node":
        return [{ kind: "node", name: end.name, address }];
      case "workload": {
        const versions = this.#podVersionsAt(end, timeMs);
        return versions.flatMap((version): Side[] => {
          const { object } = version.state;
          return object.family === "pod" ? [{ kind: "pod", version, pod: object.pod, address }] : [];
        });
      }
      case "service":
      case "unknown":
        return [];
    }
  }

  /** Versions of a pod that there may have been then, the one of the time itself first, or the one nearest to it. */
  #podVersionsAt(end: NamedEnd, timeMs: number): readonly ObjectVersion[] {
    const versions = this.#options.history.podVersions(this.#podKeyOf(end));
    if (versions.length <= 1) return versions;
    const possible = versions.filter(
      ({ from, to }) =>
        timeMs >= blurOf(from, this.#margins).fromMs &&
        (to === undefined || timeMs < blurOf(to, this.#margins).toMs),
    );
    if (possible.length === 0) return nearest(versions, timeMs);
    return possible.sort((a, b) => distance(a, timeMs) - distance(b, timeMs)).slice(0, MAX_POD_VERSIONS);
  }

  /** The time around a moment in which nothing changed that could change the answer. */
  #quietStretch(question: ConnectionQuestion, timeMs: number): Stretch {
    // Its backends come and go; a tenth of a second is nothing to that.
    if (question.server.kind === "service") return { fromMs: timeMs, toMs: timeMs + 100 };
    const around = new StretchAround(timeMs, this.#margins, this.#epochStretch(timeMs));
    for (const end of [question.client, question.server]) {
      if (end.kind !== "workload") continue;
      const versions = this.#options.history.podVersions(this.#podKeyOf(end));
      if (versions.length <= 1) continue;
      for (const { from, to } of versions) {
        around.mind(from);
        if (to !== undefined) around.mind(to);
      }
    }
    return around.stretch;
  }

  #podKeyOf(end: NamedEnd): string {
    let key = this.#podKeys.get(end);
    if (key === undefined) {
      key = objectKey({ kind: "Pod", namespace: end.namespace, name: end.pod });
      this.#podKeys.set(end, key);
    }
    return key;
  }

  #epochStretch(timeMs: number): Stretch {
    const { revision, changes } = this.#options.history.epochs;
    const known = this.#stretch;
    const isCurrent = known?.revision === revision && known.changes === changes.length;
    if (isCurrent && timeMs >= known.of.fromMs && timeMs < known.of.toMs) return known.of;
    const around = new StretchAround(timeMs, this.#margins, ALWAYS);
    for (const { when } of changes) around.mind(when);
    this.#stretch = { of: around.stretch, revision, changes: changes.length };
    return around.stretch;
  }
}

/** The common result, or a doubt. */
function agreed(doubt: RecordedDoubt, results: readonly Judged[]): Judged {
  const first = results[0] ?? UNKNOWN_END;
  if (results.every(({ verdict }) => verdict === first.verdict)) return first;
  return undecided(doubt, results);
}

function undecided(doubt: RecordedDoubt, results: readonly Judged[]): Judged {
  return judgedBy(
    undecidedRecord(
      doubt,
      results.flatMap(({ record }) => record ?? []),
    ),
  );
}

/** No policy but those of the admin tiers says anything about ICMP, and how nodes apply these to it is not defined. */
function withoutDeniedIcmp(judged: Judged, protocol: number): Judged {
  const isDenied = judged.verdict === "denied" && (protocol === ICMP || protocol === ICMPV6);
  return isDenied ? undecided("protocol", [judged]) : judged;
}

/** A guess by the ports is as good as sure where one of them is a client's and the other one is not. */
function isDoubtfulGuess({ isGuess, clientPort, serverPort }: ConnectionQuestion): boolean {
  return isGuess && !(clientPort >= FIRST_CLIENT_PORT && serverPort < FIRST_CLIENT_PORT);
}

function touches({ scope }: EpochChange, { client, server }: ConnectionQuestion): boolean {
  switch (scope.kind) {
    case "everybody":
      return true;
    case "namespace":
      return client.namespace === scope.name || server.namespace === scope.name;
    case "node":
      return client.node === scope.name || server.node === scope.name;
  }
}

function nearest(versions: readonly ObjectVersion[], timeMs: number): readonly ObjectVersion[] {
  return [...versions].sort((a, b) => distance(a, timeMs) - distance(b, timeMs)).slice(0, 1);
}

/** How far a time is from a version's; 0 within it. */
function distance({ from, to }: ObjectVersion, timeMs: number): number {
  if (timeMs < from.atMs) return from.atMs - timeMs;
  return to === undefined || timeMs < to.atMs ? 0 : timeMs - to.atMs + 1;
}
