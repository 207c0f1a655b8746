import { createInterface } from "node:readline";
import type { LabMessage, WorkloadMessage } from "./messages.js";
import { Workload } from "./workload.js";

/*
 * The program of one pod. It runs in the pod's network namespace and hears from the lab, and reports to it, in JSON
 * lines; when its standard input ends, the lab is gone and so is the pod.
 * Few imports, on purpose: about thirty of these start together.
 */

let workload: Workload | undefined;

// A pipe's writes are synchronous on Linux: what is reported before exit is reported.
function tell(message: WorkloadMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function handle(message: LabMessage): Promise<void> {
  if (message.type === "begin") {
    workload = new Workload({
      beginning: message,
      report: (entry) => tell({ type: "conversation", entry }),
      random: Math.random,
      nowMs: Date.now,
    });
    await workload.start();
    tell({ type: "serving" });
    return;
  }
  if (workload === undefined) return;
  switch (message.type) {
    case "zone":
      workload.setZone(message.addresses);
      break;
    case "scrape-targets":
      workload.setScrapeTargets(message.pods);
      break;
    case "rate":
      workload.setRate(message.rate);
      break;
    case "resume":
      workload.resume();
      break;
    case "pause":
    case "drain":
      await workload[message.type]();
      tell({ type: "done", what: message.type, counters: workload.counters });
      break;
    case "snapshot":
      for (const entry of workload.snapshot()) tell({ type: "conversation", entry });
      tell({ type: "done", what: "snapshot", counters: workload.counters });
      break;
    case "stop":
      await workload.stop();
      process.exit(0);
  }
}

function fail(thrown: unknown): void {
  tell({ type: "trouble", message: thrown instanceof Error ? thrown.message : String(thrown) });
  process.exit(1);
}

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
// Ctrl-C reaches the whole group of processes; the lab stops its pods in order, by their standard input.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.stdout.on("error", () => process.exit(1));
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const message: LabMessage = JSON.parse(line);
    void handle(message).catch(fail);
  })
  .on("close", () => process.exit(0));
