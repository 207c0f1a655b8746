import { problemSchema } from "@hopline/api";
import type { z } from "zod";

/** What a route of JSON answers with: its answer, or a problem. */
export function answerSchemas<Schema extends z.ZodType>(answer: Schema) {
  return { 200: answer, "4xx": problemSchema, "5xx": problemSchema };
}
