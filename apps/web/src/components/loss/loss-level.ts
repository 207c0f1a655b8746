import type { LossCell } from "@hopline/api";
import { formatBytes, formatShare } from "../../units/quantity";
import type { HeatLegend, HeatLevel } from "./node-heatmap";

/** From so much on people notice it: TCP slows down, DNS is asked twice. */
const MUCH = 0.01;
/** What cannot be more than this is nothing. */
const NOTHING = 0.0001;

/** The colours of {@link lossLevel}. */
export const LOSS_LEGEND: HeatLegend = {
  none: "nothing, or too little to tell from nothing",
  some: `lost, below ${formatShare(MUCH)}`,
  much: `${formatShare(MUCH)} or more lost`,
  unknown: "unknown: choose it to see why",
};

export type LossFigures = Pick<
  LossCell,
  | "basis"
  | "payload"
  | "why"
  | "sentPayloadBytes"
  | "missingPayloadBytes"
  | "measuredWindows"
  | "leftOutWindows"
>;

/** `some` and `much` only where even the lower bound says that something was lost. */
export function lossLevel({ payload }: Pick<LossFigures, "payload">): HeatLevel {
  if (payload === null) return "unknown";
  if (payload.low === 0) return "none";
  return payload.ratio >= MUCH ? "much" : "some";
}

/** `2 %`; `up to 0.4 %` where it may as well be nothing; `unknown`. */
export function lossWord({ payload, basis }: Pick<LossFigures, "payload" | "basis">): string {
  if (payload === null) return "unknown";
  if (payload.low > 0 || payload.ratio === 0) return formatShare(payload.ratio);
  if (payload.high < NOTHING) return formatShare(0);
  return `up to ${formatShare(basis === "single-ended" ? payload.ratio : payload.high)}`;
}

/** The figure with its bound and what it is over, or why there is none. */
export function lossDetail(figures: LossFigures): string {
  const { payload, why, basis, sentPayloadBytes, missingPayloadBytes } = figures;
  const { measuredWindows, leftOutWindows } = figures;
  const windows =
    leftOutWindows === 0
      ? `${measuredWindows} windows`
      : `${measuredWindows} windows, ${leftOutWindows} incomplete ${leftOutWindows === 1 ? "one" : "ones"} left out`;
  if (payload === null) return `Unknown: ${why?.text ?? "nothing was measured"} (${windows})`;
  const { ratio, low, high } = payload;
  const missing = formatBytes(Math.max(0, missingPayloadBytes));
  const over = `${missing} of ${formatBytes(sentPayloadBytes)}, over ${windows}`;
  if (basis === "single-ended")
    return `At most ${formatShare(ratio)} lost, told from one end by what came twice or late (the other has no agent); ${over}`;
  return `${formatShare(ratio)} lost (95 % interval ${formatShare(low)} to ${formatShare(high)}): ${over}`;
}
