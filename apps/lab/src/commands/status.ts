import { type Outcome, readSettings } from "@hopline/process";
import { z } from "zod";
import type { LabState } from "../control/lab-control.js";
import { describeEntry } from "./fault.js";
import { labNameSchema, labNameSource } from "./lab-name.js";
import { controlOf } from "./running-lab.js";

/** `lab status`: pods, faults, and what the ledger holds so far. */
export async function status(argv: readonly string[]): Promise<Outcome> {
  const answer = readSettings({
    command: "hopline lab status",
    about: "pods of a running lab, and its account of conversations.",
    schema: z.object({ name: labNameSchema, json: z.boolean().default(false) }),
    sources: { name: labNameSource, json: { flag: "json", boolean: true, about: "one JSON object" } },
    argv,
    env: process.env,
  });
  if (answer.kind === "help") return { print: answer.text };
  const state = await (await controlOf(answer.settings.name)).state();
  return { print: answer.settings.json ? `${JSON.stringify(state)}\n` : describeState(state) };
}

function describeState(state: LabState): string {
  const rows = state.pods.map((pod) => [
    `${pod.namespace}/${pod.name}`,
    pod.phase,
    pod.address ?? "-",
    pod.node ?? "-",
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)) + 2);
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("")
      .trimEnd(),
  );
  const { conversations, byOutcome, deniedAttempts } = state.ledger;
  const outcomes = Object.entries(byOutcome).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    `${state.name}: ${state.pods.length} pods, rate ${state.rate}${state.calling ? "" : ", quiet"}`,
    `${conversations} conversations ended: ${outcomes.join(", ")}; ${deniedAttempts} attempts of what is denied`,
    ...state.faults.map((entry) => `fault ${describeEntry(entry)}`),
    ...lines,
    "",
  ].join("\n");
}
