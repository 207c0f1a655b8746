import { readFile } from "node:fs/promises";
import { z } from "zod";

const settingsSchema = z.object({
  /** Where the collector answers. */
  HOPLINE_COLLECTOR_URL: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:4401"),
  /** Sent as a bearer token; the file wins, and is read again for every request, so that it may rotate. */
  HOPLINE_READ_TOKEN: z.string().optional(),
  HOPLINE_READ_TOKEN_FILE: z.string().optional(),
  /** Header in which a proxy before this server names the user; passed on for the collector's audit log. */
  HOPLINE_TRUSTED_USER_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/)
    .optional(),
});

export interface CollectorSettings {
  /** Origin and, where there is one, path prefix; no slash at the end. */
  readonly baseUrl: string;
  readonly token: string | undefined;
  readonly userHeader: string | undefined;
}

/**
 * Reads where the collector is and how to speak to it. At run time, per request: the build knows nothing of it.
 *
 * @throws Error naming the variable or file that cannot be used.
 */
export async function readCollectorSettings(
  env: Readonly<Record<string, string | undefined>>,
): Promise<CollectorSettings> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0]);
    const kind = name === "HOPLINE_COLLECTOR_URL" ? "http or https URL" : "name of a header";
    throw new Error(`${name} is ${JSON.stringify(env[name])}, which is no ${kind}.`);
  }
  const settings = parsed.data;
  const file = settings.HOPLINE_READ_TOKEN_FILE;
  const token = file === undefined ? settings.HOPLINE_READ_TOKEN : (await readFile(file, "utf8")).trim();
  return {
    baseUrl: settings.HOPLINE_COLLECTOR_URL.replace(/\/+$/, ""),
    token,
    userHeader: settings.HOPLINE_TRUSTED_USER_HEADER,
  };
}
