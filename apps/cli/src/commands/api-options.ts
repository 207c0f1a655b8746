import { readFileSync } from "node:fs";
import { describe, Fault } from "@hopline/fault";
import { type Command, InvalidArgumentError } from "commander";
import { ApiClient } from "../api-client.js";
import { parseDuration } from "../quantities.js";

export interface ApiOptions {
  readonly api: string;
  readonly tokenFile?: string;
}

/** Adds `--api` and `--token-file`. */
export function withApi(command: Command): Command {
  return command
    .option("--api <url>", "the collector (HOPLINE_API)", process.env.HOPLINE_API ?? "http://127.0.0.1:4401")
    .option("--token-file <file>", "token for the API (or HOPLINE_READ_TOKEN)");
}

/** @throws Fault `TOKEN_UNREADABLE` */
export function apiClient(options: ApiOptions): ApiClient {
  return new ApiClient({ url: options.api, token: readToken(options) });
}

function readToken(options: ApiOptions): string | undefined {
  if (options.tokenFile === undefined) return process.env.HOPLINE_READ_TOKEN;
  try {
    return readFileSync(options.tokenFile, "utf8").trim();
  } catch (thrown) {
    throw new Fault({
      code: "TOKEN_UNREADABLE",
      message: `The token file can't be read: ${describe(thrown)}.`,
    });
  }
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
    throw new InvalidArgumentError(`It takes ${words.join(" or ")}.`);
  };
}
