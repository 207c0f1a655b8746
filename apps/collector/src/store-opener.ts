import { readFileSync } from "node:fs";
import { describe, Fault } from "@hopline/fault";
import { KEEP_EVERYTHING, openStore, type Store } from "@hopline/store";
import type { CollectorSettings } from "./settings.js";

type StoreSettings = Pick<
  CollectorSettings,
  | "dataDir"
  | "clickhouseUrl"
  | "clickhouseUser"
  | "clickhousePassword"
  | "clickhousePasswordFile"
  | "clickhouseDatabase"
  | "keepEverything"
>;

/**
 * Makes inert stores as the settings say: the embedded engine, or a server where there is a URL.
 *
 * @throws Fault `SETTINGS_INVALID`, `PASSWORD_FILE_UNREADABLE`; the returned function throws the latter as well.
 */
export function storeOpener(settings: StoreSettings, now: () => number): () => Store {
  const { dataDir, clickhouseUrl: url, clickhousePassword, clickhousePasswordFile } = settings;
  const common = settings.keepEverything ? { now, retention: KEEP_EVERYTHING } : { now };
  if (url === undefined) return () => openStore({ ...common, kind: "embedded", dataDir });
  if (clickhousePassword !== undefined && clickhousePasswordFile !== undefined) {
    throw new Fault({
      code: "SETTINGS_INVALID",
      message: "The ClickHouse password is given twice, as itself and as a file.",
      hint: "Give one of the two.",
    });
  }
  const server = new URL(url);
  return () =>
    openStore({
      ...common,
      kind: "server",
      url: server.origin + server.pathname.replace(/\/$/, ""),
      user: settings.clickhouseUser ?? (decodeURIComponent(server.username) || "default"),
      password: clickhousePassword ?? passwordFrom(clickhousePasswordFile, server),
      database: settings.clickhouseDatabase ?? "hopline",
    });
}

function passwordFrom(file: string | undefined, server: URL): string {
  if (file === undefined) return decodeURIComponent(server.password);
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (thrown) {
    throw new Fault({
      code: "PASSWORD_FILE_UNREADABLE",
      message: `The ClickHouse password file ${file} cannot be read: ${describe(thrown)}.`,
      hint: "Check its path and its permissions.",
      cause: thrown,
    });
  }
}
