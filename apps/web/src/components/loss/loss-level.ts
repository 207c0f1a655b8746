import type { LossCell } from "@hopline/api";
import { formatBytes, formatShare } from "../../units/quantity";

/** From so much on people notice it: TCP slows down, DNS is asked twice. */
const MUCH = 0.01;

type Figures = Pick<
  LossCell,
  "payload" | "why" | "sentPayloadBytes" | "missingPayloadBytes" | "measuredWindows" | "leftOutWindows"
>;

/** `some` and `much` only where even the lower bound says that something was lost. */
export function lossLevel({ payload }: Pick<LossCell, "payload">): "none" | "some" | "much" | "unknown" {
  if (payload === null) return "unknown";
  if (payload.low === 0) return "none";
  return payload.ratio >= MUCH ? "much" : "some";
}

/** The figure with its bound and what it is over, or why there is none. */
export function lossDetail({ payload, why, ...counts }: Figures): string {
  const { sentPayloadBytes, missingPayloadBytes, measuredWindows, leftOutWindows } = counts;
  const windows =
    leftOutWindows === 0
      ? `${measuredWindows} windows`
      : `${measuredWindows} windows, ${leftOutWindows} incomplete ones left out`;
  if (payload === null) return `Unknown: ${why?.text ?? "nothing was measured"} (${windows})`;
  const { ratio, low, high } = payload;
  const missing = formatBytes(Math.max(0, missingPayloadBytes));
  return `${formatShare(ratio)} lost, 95 %: ${formatShare(low)} to ${formatShare(high)}; ${missing} of ${formatBytes(sentPayloadBytes)}, over ${windows}`;
}
