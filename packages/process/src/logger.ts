import pino, { type Logger } from "pino";
import pretty from "pino-pretty";
import { z } from "zod";

export type { Logger };

export const logLevelSchema = z.enum(["debug", "info", "warn", "error", "silent"]).default("info");
export const logFormatSchema = z.enum(["auto", "json", "text"]).default("auto");

export interface LoggerOptions {
  readonly app: string;
  readonly level: z.output<typeof logLevelSchema>;
  /** `auto`: text on a terminal, JSON lines elsewhere. */
  readonly format: z.output<typeof logFormatSchema>;
}

/** Logs go to standard error, so that standard output stays free for answers. */
export function createLogger(options: LoggerOptions): Logger {
  const text = options.format === "text" || (options.format === "auto" && process.stderr.isTTY);
  const settings = { name: options.app, level: options.level, base: undefined };
  if (!text) return pino(settings, pino.destination({ dest: 2, sync: true }));
  return pino(
    settings,
    pretty({ destination: 2, sync: true, ignore: "pid,hostname", translateTime: "HH:MM:ss" }),
  );
}
