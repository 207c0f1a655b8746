import { CommanderError } from "commander";

/** As the other apps end where a setting is wrong. */
export const EXIT_USAGE = 2;

/** `error: unknown option '--x'` of commander's, as this command says everything: with its name, and where to look. */
export function usageErrorText(text: string, name: string, command: string): string {
  const sentence = text
    .trim()
    .replace(/^error: /, "")
    .replace(/\.$/, "");
  const whole = sentence.charAt(0).toUpperCase() + sentence.slice(1);
  return `${name}: ${whole}. See ${[name, command].filter((part) => part !== "").join(" ")} --help.\n`;
}

/** Whether it was thrown instead of ending the process, and with which code that is to end. */
export function usageExitCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof CommanderError)) return undefined;
  return thrown.exitCode === 0 ? 0 : EXIT_USAGE;
}
