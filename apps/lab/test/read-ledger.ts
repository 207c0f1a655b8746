import { readFile } from "node:fs/promises";
import type { LedgerEntry } from "../src/ledger/ledger-entry.js";

/** A ledger's conversations, in order of their first line; a snapshot is replaced by what came of it. */
export async function readLedger(path: string): Promise<LedgerEntry[]> {
  const entries = new Map<string, LedgerEntry>();
  for (const line of (await readFile(path, "utf8")).split("\n")) {
    if (line === "") continue;
    const entry: LedgerEntry = JSON.parse(line);
    entries.set(entry.id, entry);
  }
  return [...entries.values()];
}
