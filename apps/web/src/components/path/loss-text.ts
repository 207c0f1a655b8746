import type { PathSegment } from "@hopline/api";
import { formatBytes, formatExactCount, formatShare } from "../../units/quantity";

export interface LossText {
  readonly text: string;
  /** The bound, or why there is no figure. */
  readonly detail: string;
  /** `none`: nothing was lost; `some`: even the lower bound says that something was; else it cannot be told. */
  readonly level: "none" | "some" | "unknown";
}

/** A segment's loss in words; of packets without payload where no payload was carried. */
export function lossText({ loss }: Pick<PathSegment, "loss">): LossText {
  const { payload, empty, why, basis, missingPayloadBytes, leftOutWindows } = loss;
  const figure = payload ?? empty;
  if (figure === null) {
    const reasons = why.map(({ text }) => text).join(", ") || "nothing was measured";
    if (missingPayloadBytes <= 0) return { text: "Loss unknown", detail: reasons, level: "unknown" };
    return { text: `${formatBytes(missingPayloadBytes)} fewer came out`, detail: reasons, level: "some" };
  }
  const details = [`95 % interval ${formatShare(figure.low)} to ${formatShare(figure.high)}`];
  if (payload === null) details.push("of packets without payload");
  if (basis === "single-ended") details.push("told from one end, a bound from above");
  if (leftOutWindows > 0) details.push(`${leftOutWindows} incomplete windows left out`);
  return {
    text: `${basis === "single-ended" && figure.ratio > 0 ? "At most " : ""}${formatShare(figure.ratio)} lost`,
    detail: details.join("; "),
    level: figure.low > 0 ? "some" : "none",
  };
}

/** Where a connection that came through lost something, in a sentence; undefined where nothing is known to be lost. */
export function lossSentence(segment: PathSegment, to: "client" | "server"): string | undefined {
  const { kind, fromNode, toNode, loss } = segment;
  if (loss.basis === "single-ended" || lossText(segment).level !== "some") return undefined;
  const where =
    kind === "wire" ? `on the wire from ${fromNode} to ${toNode}` : `inside ${fromNode}, the ${kind}`;
  const what =
    loss.missingPayloadBytes > 0
      ? `${formatBytes(loss.missingPayloadBytes)} of ${formatBytes(loss.sentPayloadBytes)} payload`
      : `${formatExactCount(loss.missingEmptyPackets)} of ${formatExactCount(loss.sentEmptyPackets)} packets without payload`;
  return `${what} to the ${to} went missing ${where}.`;
}
