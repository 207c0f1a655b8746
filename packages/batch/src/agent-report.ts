import { z } from "zod";

/** Request header in which an agent says how it is, with each batch and each question for orders. */
export const AGENT_REPORT_HEADER = "hopline-agent-report";
/** Longer ones are not read. */
const MOST_HEADER_CHARACTERS = 8192;
const MOST_TROUBLES = 6;
/** Characters. */
const MOST_SENTENCE = 240;

const troubleSchema = z.object({
  /** What of the agent: `conntrack`, `drop evidence`, … */
  part: z.string(),
  /** The Fault's code. */
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
});
export type AgentTrouble = z.output<typeof troubleSchema>;

const reportSchema = z.object({
  node: z.string().min(1).max(253),
  /** The node's clock as it was sent, milliseconds since the Unix epoch. */
  sentAtMs: z.number(),
  troubles: z.array(troubleSchema),
  /** `net.netfilter.nf_conntrack_*` of the node; null where there is no such setting to read. */
  conntrack: z.object({
    events: z.number().nullable(),
    acct: z.number().nullable(),
    timestamp: z.number().nullable(),
  }),
});
/** How an agent is, in its own words. Not stored: the next one comes with the next batch. */
export type AgentReport = z.output<typeof reportSchema>;

/** As a header's value. What is very long is cut off, and of many troubles the last are left out, so that it fits. */
export function formatAgentReport(report: AgentReport): string {
  const troubles = report.troubles.slice(0, MOST_TROUBLES).map(({ part, code, message, hint }) => ({
    ...{ part, code, message: message.slice(0, MOST_SENTENCE) },
    hint: hint?.slice(0, MOST_SENTENCE) ?? null,
  }));
  for (;;) {
    const header = Buffer.from(JSON.stringify({ ...report, troubles })).toString("base64url");
    if (header.length <= MOST_HEADER_CHARACTERS || troubles.pop() === undefined) return header;
  }
}

/** Undefined where the header is missing, or is none of ours. */
export function parseAgentReport(header: unknown): AgentReport | undefined {
  if (typeof header !== "string" || header.length > MOST_HEADER_CHARACTERS) return undefined;
  try {
    return reportSchema.safeParse(JSON.parse(Buffer.from(header, "base64url").toString())).data;
  } catch {
    return undefined;
  }
}
