import { setTimeout as delay } from "node:timers/promises";
import { sweepLab, sweepNamespaces } from "./sweep.js";

/*
 * Outlives its lab: it hears from the lab through its standard input only. The word `done` means that the lab has
 * cleaned up by itself; the pipe's end without it means that the lab was killed, and then the reaper does it.
 */

/** A command that the lab had started may still make something after the lab's death. */
const LATECOMERS_MS = 500;

const name = process.argv[2] ?? "";
let heard = "";

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.stdin.setEncoding("utf8");
process.stdin.on("data", (text: string) => {
  heard += text;
});
process.stdin.once("end", async () => {
  if (!heard.includes("done")) {
    await sweepNamespaces(name);
    await delay(LATECOMERS_MS);
    // The record goes last: as long as it is there, the next lab of this name waits for this process to end.
    await sweepLab(name);
  }
  process.exit(0);
});
