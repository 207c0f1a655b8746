import { parseArgs } from "node:util";
import { Fault } from "@hopline/fault";
import type { z } from "zod";

/** How one setting is written on the command line and in the environment. */
export interface SettingSource {
  /** Flag name without dashes, e.g. `data-dir`. */
  readonly flag: string;
  /** Environment variable; the flag wins over it. */
  readonly env?: string;
  /** A switch takes no value; `--no-x` turns it off. */
  readonly boolean?: true;
  /** May be given several times; in the environment, separated by commas. */
  readonly multiple?: true;
  /** For `--help`: what it sets, in a few words, with its unit. */
  readonly about: string;
}

export interface SettingsRequest<Schema extends z.ZodObject> {
  /** The app's name as the user typed it, e.g. `hopline agent`. */
  readonly command: string;
  readonly about: string;
  readonly schema: Schema;
  readonly sources: { readonly [K in keyof z.input<Schema>]-?: SettingSource };
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Either the settings, or `help` as text to print. */
export type SettingsAnswer<Schema extends z.ZodObject> =
  | { readonly kind: "settings"; readonly settings: z.output<Schema> }
  | { readonly kind: "help"; readonly text: string };

/**
 * Reads flags and environment into checked settings.
 *
 * @throws Fault `SETTINGS_INVALID`, naming the flag or variable, what it holds and what it should hold.
 */
export function readSettings<Schema extends z.ZodObject>(
  request: SettingsRequest<Schema>,
): SettingsAnswer<Schema> {
  const entries = Object.entries(request.sources) as [string, SettingSource][];
  const values = parseFlags(request, entries);
  if (values.help === true) return { kind: "help", text: helpText(request, entries) };

  const given: Record<string, unknown> = {};
  for (const [key, source] of entries) {
    const fromFlag = values[source.flag];
    const fromEnv = source.env === undefined ? undefined : request.env[source.env];
    if (fromFlag !== undefined) given[key] = fromFlag;
    else if (fromEnv !== undefined && fromEnv !== "")
      given[key] = fromEnvironment(fromEnv, source, request.command);
  }
  const parsed = request.schema.safeParse(given);
  if (parsed.success) return { kind: "settings", settings: parsed.data };

  const issue = parsed.error.issues[0];
  const key = String(issue?.path[0] ?? "");
  const source = request.sources[key as keyof typeof request.sources] as SettingSource | undefined;
  const name = source === undefined ? key : nameOf(source);
  const holds = key in given ? `is ${JSON.stringify(given[key])}` : "is not set";
  throw invalid(request.command, `${name} ${holds}: ${issue?.message ?? "it does not fit"}.`, parsed.error);
}

function parseFlags(
  request: SettingsRequest<z.ZodObject>,
  entries: [string, SettingSource][],
): Record<string, unknown> {
  const options: Record<string, { type: "boolean" | "string"; multiple?: boolean; short?: string }> = {
    help: { type: "boolean", short: "h" },
  };
  for (const [, source] of entries) {
    options[source.flag] = {
      type: source.boolean ? "boolean" : "string",
      multiple: source.multiple === true,
    };
  }
  try {
    return parseArgs({ args: [...request.argv], options, allowNegative: true, strict: true }).values;
  } catch (thrown) {
    const message =
      thrown instanceof Error ? thrown.message.replace(/\. To specify a positional.*$/s, "") : String(thrown);
    throw invalid(request.command, `${message.replace(/\.$/, "")}.`, thrown);
  }
}

function fromEnvironment(text: string, source: SettingSource, command: string): unknown {
  if (source.multiple) return text.split(",").map((part) => part.trim());
  if (!source.boolean) return text;
  if (text === "1" || text === "true") return true;
  if (text === "0" || text === "false") return false;
  throw invalid(command, `${source.env} is ${JSON.stringify(text)}: it takes true or false.`);
}

function nameOf(source: SettingSource): string {
  return source.env === undefined ? `--${source.flag}` : `--${source.flag} (${source.env})`;
}

function invalid(command: string, message: string, cause?: unknown): Fault {
  return new Fault({
    code: "SETTINGS_INVALID",
    message: `${command}: ${message}`,
    hint: `See ${command} --help.`,
    cause,
  });
}

function helpText(request: SettingsRequest<z.ZodObject>, entries: [string, SettingSource][]): string {
  const rows = entries.map(([, source]) => {
    const flag = source.boolean ? `--${source.flag}` : `--${source.flag} VALUE`;
    return [flag, source.env === undefined ? source.about : `${source.about} (${source.env})`] as const;
  });
  const width = Math.max(...rows.map(([flag]) => flag.length), 6) + 2;
  const lines = rows.map(([flag, about]) => `  ${flag.padEnd(width)}${about}`);
  return [
    `${request.command}: ${request.about}`,
    "",
    ...lines,
    `  ${"--help".padEnd(width)}this text`,
    "",
  ].join("\n");
}
