import type { z } from "zod";

/** What is wrong with a field of an object. */
export interface FieldIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** An object in the form it is judged in, or what is wrong with it. */
export type Parsed<Value> =
  | { readonly value: Value; readonly issues?: undefined }
  | { readonly value?: undefined; readonly issues: readonly FieldIssue[] };

export function issuesOf(error: z.ZodError): FieldIssue[] {
  return error.issues.flatMap((issue): FieldIssue[] => {
    if (issue.code !== "unrecognized_keys") return [{ path: issue.path, message: sentence(issue.message) }];
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: "is no field of this kind" }));
  });
}

function sentence(message: string): string {
  return message.replace(/^Invalid (input|option): /, "").replace(/\.$/, "");
}
