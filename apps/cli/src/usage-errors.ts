import { Fault } from "@hopline/fault";
import { CommanderError } from "commander";
import { EXIT_FAILED, EXIT_USAGE } from "./exit-codes.js";

/** Faults that say that what was typed makes no sense, whatever the world is like. */
const USAGE_FAULTS: ReadonlySet<string> = new Set([
  "API_ADDRESS",
  "CAPTURE_MISSING",
  "CAPTURE_TWICE",
  "CONNECTION_ID_INVALID",
  "NODE_OPTION_INVALID",
  "POLICY_OPTIONS_CLASH",
  "POLICY_PEER_INVALID",
  "POLICY_PROPOSAL_EMPTY",
  "RANGE_INVALID",
  "TRACE_END_INVALID",
]);

/** `error: unknown option '--x'` of commander's, as this command says everything: with its name, and where to look. */
export function usageErrorText(text: string, name: string, command: string): string {
  const sentence = text
    .trim()
    .replace(/^error: /, "")
    .replace(/\.$/, "");
  const whole = sentence.charAt(0).toUpperCase() + sentence.slice(1);
  return `${name}: ${whole}. See ${[name, command].filter((part) => part !== "").join(" ")} --help.\n`;
}

/** Whether commander threw it, which has said already what is wrong, or that was the help that was asked for. */
export function isSaid(thrown: unknown): thrown is CommanderError {
  return thrown instanceof CommanderError;
}

/** With which code the process ends after this was thrown. */
export function exitCodeOf(thrown: unknown): number {
  if (isSaid(thrown)) return thrown.exitCode === 0 ? 0 : EXIT_USAGE;
  return thrown instanceof Fault && USAGE_FAULTS.has(thrown.code) ? EXIT_USAGE : EXIT_FAILED;
}
