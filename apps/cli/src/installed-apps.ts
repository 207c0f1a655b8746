import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Fault } from "@hopline/fault";

/** The other apps, which this one starts as processes. */
export type AppName = "agent" | "collector" | "lab" | "web";

const ENTRIES: Readonly<Record<AppName, string>> = {
  agent: "../../agent/dist/main.js",
  collector: "../../collector/dist/main.js",
  lab: "../../lab/dist/main.js",
  web: "../../web/bin/serve.mjs",
};

/**
 * The file that Node runs for an app.
 *
 * @throws Fault `APP_NOT_BUILT`
 */
export function appEntry(name: AppName): string {
  const entry = fileURLToPath(new URL(ENTRIES[name], import.meta.url));
  if (existsSync(entry)) return entry;
  throw new Fault({
    code: "APP_NOT_BUILT",
    message: `The ${name} is not built: ${entry} is missing.`,
    hint: "Run npm run build.",
  });
}
