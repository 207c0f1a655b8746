import { diagnose, type Finding, type Status } from "@hopline/api";

export interface Health {
  readonly level: "unknown" | "good" | "warn" | "bad";
  /** A few words. */
  readonly title: string;
  /** What is wrong or not known, and what to do about it; empty where the record is whole. */
  readonly findings: readonly Finding[];
  /** Of each of them, its sentence. */
  readonly reasons: readonly string[];
}

/** What the status says about how whole the record of the last minutes is. */
export function healthOf(status: Status | undefined): Health {
  if (status === undefined) return { level: "unknown", title: "Loading…", findings: [], reasons: [] };
  const findings = diagnose(status).filter(({ level }) => level !== "note");
  const reasons = findings.map(({ sentence }) => sentence);
  if (findings.some(({ level }) => level === "bad"))
    return { level: "bad", title: titleOf(status, reasons.length), findings, reasons };
  if (findings.length > 0)
    return { level: "warn", title: titleOf(status, reasons.length), findings, reasons };
  const count = status.agents.length;
  return { level: "good", title: `${count} ${count === 1 ? "agent" : "agents"} live`, findings, reasons };
}

function titleOf(status: Status, count: number): string {
  if (status.agents.length === 0) return "No agents";
  return `${count} ${count === 1 ? "problem" : "problems"}`;
}
