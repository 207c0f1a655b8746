import type { PathSegment } from "@hopline/api";
import { formatBytes, formatShare } from "../../units/quantity";

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
    const missing = missingPayloadBytes > 0 ? `; ${formatBytes(missingPayloadBytes)} fewer came out` : "";
    const reasons = why.map(({ text }) => text).join(", ") || "nothing was measured";
    return { text: "Loss unknown", detail: `${reasons}${missing}`, level: "unknown" };
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
