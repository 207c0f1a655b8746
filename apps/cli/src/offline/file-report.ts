import { z } from "zod";

/** What an agent prints when it has read a capture file to its end. */
export const fileReportSchema = z.object({
  node: z.string(),
  file: z.string(),
  /** `seen` = `counted` + the sum of `notCounted`. */
  seen: z.number(),
  counted: z.number(),
  notCounted: z.record(z.string(), z.number()),
  dropped: z.number().nullable(),
  /** Batches of rows that were not stored. */
  refusedBatches: z.number(),
  /** Why not, in sentences. */
  refusals: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type FileReport = z.output<typeof fileReportSchema>;

/** `12,000 frames = 11,900 in connections + 80 arp + 20 not_ip; 3 lost by the capturing program` */
export function totalsText(reports: readonly FileReport[]): string {
  const sum = (of: (report: FileReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const reasons = new Map<string, number>();
  for (const { notCounted } of reports) {
    for (const [reason, frames] of Object.entries(notCounted))
      reasons.set(reason, (reasons.get(reason) ?? 0) + frames);
  }
  const byReason = [...reasons]
    .filter(([, frames]) => frames > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([reason, frames]) => ` + ${frames.toLocaleString("en")} ${reason}`);
  const known = reports.filter(({ dropped }) => dropped !== null);
  const lost =
    known.length === 0
      ? ""
      : `; ${sum((report) => report.dropped ?? 0).toLocaleString("en")} lost while capturing`;
  return `${sum(({ seen }) => seen).toLocaleString("en")} frames = ${sum(({ counted }) => counted).toLocaleString("en")} in connections${byReason.join("")}${lost}`;
}
