import type { AuditAction, AuditEntry } from "@hopline/api";
import { formatExactCount } from "../../units/quantity";

/** In the order in which they are offered. */
export const ACTION_NAMES: readonly { readonly value: AuditAction; readonly name: string }[] = [
  { value: "view", name: "Looked" },
  { value: "export", name: "Exported" },
  { value: "what-if", name: "Tried policies" },
  { value: "advise", name: "Asked for advice" },
  { value: "log", name: "Read this log" },
];

export function actionName(action: AuditAction): string {
  return ACTION_NAMES.find(({ value }) => value === action)?.name ?? action;
}

/** How much they got: rows, and of a file its bytes. */
export function gotText({ rows, bytes }: Pick<AuditEntry, "rows" | "bytes">): string {
  const lines = `${formatExactCount(rows)} ${rows === 1 ? "row" : "rows"}`;
  return bytes === 0 ? lines : `${lines}, ${formatExactCount(bytes)} bytes`;
}

/** What was asked, a condition each; times are milliseconds in the log, and dates here. */
export function askedParts({ query }: Pick<AuditEntry, "query">): string[] {
  return query
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const [name, value] = part.split(/=(.*)/s);
      const isTime = (name === "from" || name === "to") && /^\d+$/.test(value ?? "");
      if (!isTime) return decoded(part);
      return `${name}=${new Date(Number(value)).toISOString().replace(/\.000Z$/, "Z")}`;
    });
}

/** Some of it is in words, where a percent sign may be one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Entries have no id of their own. */
export function entryKey({ at, actor, action, query }: AuditEntry): string {
  return `${at} ${actor} ${action} ${query}`;
}
