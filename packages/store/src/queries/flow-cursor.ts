import { createHash } from "node:crypto";
import { connectionIdSchema, type FlowsQuery } from "@hopline/api";
import { Fault } from "@hopline/fault";
import { z } from "zod";

const cursorSchema = z.object({
  /** Milliseconds since the Unix epoch: the first page's range, which further pages keep. */
  from: z.number().int(),
  to: z.number().int(),
  /** Milliseconds: when the first page was read. */
  now: z.number().int(),
  /** Microseconds: what arrived from then on is not there yet. */
  asOf: z.number().int(),
  total: z.number().int(),
  /** Where the last page ended: value of the sort column, and id. */
  key: z.number(),
  id: connectionIdSchema,
  /** Of the question: a cursor goes on with its own only. */
  question: z.string(),
});
export type FlowCursor = z.output<typeof cursorSchema>;

export function encodeCursor(cursor: FlowCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

/** @throws Fault `CURSOR_INVALID` where the text is no cursor, or belongs to another question. */
export function decodeCursor(text: string, query: FlowsQuery): FlowCursor {
  const fault = (message: string) =>
    new Fault({ code: "CURSOR_INVALID", message, hint: "Start again without a cursor." });
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    throw fault("The cursor is none that an earlier page gave.");
  }
  const parsed = cursorSchema.safeParse(value);
  if (!parsed.success) throw fault("The cursor is none that an earlier page gave.");
  if (parsed.data.question !== questionOf(query))
    throw fault("The cursor belongs to another filter or order.");
  return parsed.data;
}

/** A short name for filter and order; range and page size may be left out or differ on further pages. */
export function questionOf(query: FlowsQuery): string {
  const { cursor: _cursor, from: _from, to: _to, limit: _limit, ...question } = query;
  const ordered = Object.entries(question)
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(ordered)).digest("base64url").slice(0, 12);
}
