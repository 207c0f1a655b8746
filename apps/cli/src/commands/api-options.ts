import { readFileSync } from "node:fs";
import { Fault, whyUnreadable } from "@hopline/fault";
import { type Command, InvalidArgumentError, Option } from "commander";
import { ApiClient } from "../api-client.js";
import { parseDuration } from "../quantities.js";

export interface ApiOptions {
  readonly api: string;
  readonly tokenFile?: string;
}

/** Of commands that print a table, or JSON. */
export interface TableOptions extends ApiOptions {
  readonly output: "table" | "json";
}

/** Of those that look back from now. */
export interface RecentOptions extends TableOptions {
  /** How far back, milliseconds. */
  readonly last: number;
}

/** Of those that choose by namespace. */
export interface NamespaceOptions extends RecentOptions {
  /** One or more, separated by commas. */
  readonly namespace?: string;
}

const DEFAULT_API = "http://127.0.0.1:4401";

/** Adds `--api` and `--token-file`. */
export function withApi(command: Command): Command {
  return command
    .option("--api <url>", "the collector (or HOPLINE_API)", process.env.HOPLINE_API || DEFAULT_API)
    .option("--token-file <file>", "file with the readers' token (or HOPLINE_READ_TOKEN)");
}

/** Adds `-o`; the first form is the default. */
export function withOutput(command: Command, ...forms: readonly [string, ...string[]]): Command {
  return command.option("-o, --output <form>", choice(forms), wordOption(...forms), forms[0]);
}

/** Adds a duration back from now, `--last` unless it is called otherwise. @param usual e.g. `15m` */
export function withLast(command: Command, usual: string, about = "how far back", flag = "--last"): Command {
  return command.addOption(
    new Option(`${flag} <duration>`, about).argParser(durationOption).default(parseDuration(usual), usual),
  );
}

/** Adds `--limit`. */
export function withLimit(command: Command, usual: number): Command {
  return command.option("--limit <n>", "at most so many, up to 1000", integerOption(1, 1000), usual);
}

/** Adds `-n`. @param whose what the namespaces are of, e.g. `either end in` */
export function withNamespaces(command: Command, whose: string): Command {
  return command.option("-n, --namespace <names>", `${whose} one of these, separated by commas`, namespaces);
}

/** From so long before now until now, milliseconds since the Unix epoch. */
export function lastRange(lastMs: number): { readonly from: number; readonly to: number } {
  const to = Date.now();
  return { from: to - lastMs, to };
}

/** @throws Fault `API_ADDRESS`, `TOKEN_UNREADABLE` or `TOKEN_EMPTY` */
export function apiClient(options: ApiOptions): ApiClient {
  return new ApiClient({ url: options.api, token: readToken(options) });
}

/** Asks a collector, and lets go of the connection to it whatever comes. */
export async function askCollector<Answer>(
  options: ApiOptions,
  ask: (client: ApiClient) => Promise<Answer>,
): Promise<Answer> {
  const client = apiClient(options);
  try {
    return await ask(client);
  } finally {
    await client.close();
  }
}

/**
 * Prints an answer as it was asked for.
 *
 * @param text for people, on standard output
 * @param note what else there is to say, on standard error
 */
export function printAnswer<Answer>(
  { output }: { readonly output: string },
  answer: Answer,
  text: (answer: Answer) => string,
  note: (answer: Answer) => string = () => "",
): void {
  if (output === "json") {
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    return;
  }
  process.stdout.write(text(answer));
  process.stderr.write(note(answer));
}

function readToken({ tokenFile }: ApiOptions): string | undefined {
  if (tokenFile === undefined) return process.env.HOPLINE_READ_TOKEN || undefined;
  let token: string;
  try {
    token = readFileSync(tokenFile, "utf8").trim();
  } catch (thrown) {
    throw new Fault({
      code: "TOKEN_UNREADABLE",
      message: `The token file ${tokenFile} can't be read: ${whyUnreadable(thrown)}.`,
      hint: "Give --token-file the file that holds the readers' token.",
      cause: thrown,
    });
  }
  if (token !== "") return token;
  throw new Fault({
    code: "TOKEN_EMPTY",
    message: `The token file ${tokenFile} is empty.`,
    hint: "Give --token-file the file that holds the readers' token.",
  });
}

const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function namespaces(text: string): string {
  const wrong = text.split(",").find((name) => !NAMESPACE.test(name));
  if (wrong === undefined) return text;
  throw new InvalidArgumentError(`${JSON.stringify(wrong)} is no name of a namespace.`);
}

/** A commander parser for the name of one namespace. */
export function namespaceOption(text: string): string {
  if (NAMESPACE.test(text)) return text;
  throw new InvalidArgumentError("It takes the name of one namespace.");
}

/** A commander parser for some of a fixed set of words, separated by commas. */
export function wordsOption(words: readonly string[]): (text: string) => string {
  return (text) => {
    const wrong = text.split(",").find((word) => !words.includes(word));
    if (wrong === undefined) return text;
    throw new InvalidArgumentError(`There is no ${JSON.stringify(wrong)}; it takes ${words.join(", ")}.`);
  };
}

/** A commander parser for `15m` and the like, giving milliseconds. */
export function durationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0)
    throw new InvalidArgumentError("It takes a duration such as 90s, 15m or 6h.");
  return ms;
}

/** A commander parser for a point in time, giving milliseconds since the Unix epoch. */
export function timeOption(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError("It takes a time such as 2026-11-21T10:00:00Z.");
  return time;
}

/** A commander parser for whole numbers in a range. */
export function integerOption(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most && text.trim() !== "") return value;
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`);
  };
}

/** A commander parser for a fixed set of words. */
export function wordOption<Word extends string>(...words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw new InvalidArgumentError(`It takes ${choice(words)}.`);
  };
}

/** `table, csv or json`. */
function choice(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), ...words.slice(-1)].join(" or ");
}

/** A commander parser for numbers above zero. */
export function numberOption(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (value > 0 && value <= most) return value;
    throw new InvalidArgumentError(`It takes a number above 0, up to ${most}.`);
  };
}
