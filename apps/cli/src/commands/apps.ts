import { spawn } from "node:child_process";
import type { Command } from "commander";
import { type AppName, appEntry } from "../installed-apps.js";

const ABOUT: Readonly<Record<AppName, string>> = {
  agent: "run an agent on this node (see hopline agent --help)",
  collector: "run a collector (see hopline collector --help)",
  web: "run the web UI (PORT, HOSTNAME, HOPLINE_COLLECTOR_URL)",
  lab: "a cluster in network namespaces: up, status, apply -f FILE, delete -f FILE, fault, down",
};

/** `hopline agent|collector|web|lab …`: the other apps, with their own flags. */
export function appCommands(program: Command): void {
  for (const name of ["agent", "collector", "web", "lab"] as const) {
    program
      .command(name)
      .description(ABOUT[name])
      .helpOption(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .action((_options, command: Command) => runApp(name, command.args));
  }
}

/** Runs an app in this one's place: same terminal, same signals, same exit code. */
function runApp(name: AppName, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [appEntry(name), ...args], { stdio: "inherit" });
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}
