import type { Capture } from "../corpus/capture.js";
import type { PacketRecord } from "./packet-record.js";

/** One entry of a frame or a flow on which the two disagree; undefined: it says nothing of that. */
export interface Difference {
  /** Name of the capture. */
  readonly capture: string;
  /** Number of the frame within its capture, counting from 1; a flow's name. */
  readonly where: number | string;
  /** Name of the entry. */
  readonly entry: string;
  readonly ours: string | number | undefined;
  readonly theirs: string | number | undefined;
  /** Both records whole, for who writes a rule. */
  readonly ourRecord: PacketRecord;
  readonly theirRecord: PacketRecord;
}

/** A difference that is meant, or that tshark is to blame for. */
export interface DeliberateDifference {
  readonly reason: string;
  matches(difference: Difference): boolean;
}

/** Frames of several captures, one record a frame in the order of the file. */
export function compareFrames(
  captures: readonly Capture[],
  ours: readonly PacketRecord[],
  theirs: readonly PacketRecord[],
): Difference[] {
  const frames = captures.flatMap(({ name, frames: own }) =>
    own.map((_, i) => ({ capture: name, where: i + 1 })),
  );
  if (ours.length !== frames.length || theirs.length !== frames.length)
    throw new Error(`${frames.length} frames were written, we read ${ours.length}, tshark ${theirs.length}`);
  return frames.flatMap((frame, i) => compareRecords(frame, ours[i] ?? {}, theirs[i] ?? {}));
}

/** Of frames that neither counts, what they are not counted for is all that matters. */
export function compareRecords(
  at: Pick<Difference, "capture" | "where">,
  ourRecord: PacketRecord,
  theirRecord: PacketRecord,
): Difference[] {
  const differ = (entry: string) => ({
    ...at,
    entry,
    ours: ourRecord[entry],
    theirs: theirRecord[entry],
    ourRecord,
    theirRecord,
  });
  if (ourRecord.status !== theirRecord.status) return [differ("status")];
  if (ourRecord.source === undefined) return [];
  const entries = new Set([...Object.keys(ourRecord), ...Object.keys(theirRecord)]);
  return [...entries].filter((entry) => ourRecord[entry] !== theirRecord[entry]).map(differ);
}

/** Tells the deliberate differences from the others, and says which rules have matched nothing. */
export function judge(differences: readonly Difference[], rules: readonly DeliberateDifference[]) {
  const used = new Set<DeliberateDifference>();
  const unexplained = differences.filter((difference) => {
    const rule = rules.find((candidate) => candidate.matches(difference));
    if (rule !== undefined) used.add(rule);
    return rule === undefined;
  });
  const idle = rules.filter((rule) => !used.has(rule));
  return { unexplained: unexplained.map(describeDifference), idle: idle.map(({ reason }) => reason) };
}

function describeDifference({ capture, where, entry, ours, theirs }: Difference): string {
  return `${capture}, ${typeof where === "number" ? `frame ${where}` : where}: ${entry} is ${ours}, tshark says ${theirs}`;
}
