#!/usr/bin/env node
import { createLogger, runApp } from "@hopline/process";
import { SYSTEM_CLOCK } from "./clock.js";
import { Collector } from "./collector.js";
import { readCollectorSettings } from "./settings.js";

runApp("hopline collector", async (fail) => {
  const answer = readCollectorSettings(process.argv.slice(2), process.env);
  if (answer.kind === "help") return { print: answer.text };

  const { settings } = answer;
  const log = createLogger({ app: "collector", level: settings.logLevel, format: settings.logFormat });
  const collector = new Collector({ settings, env: process.env, clock: SYSTEM_CLOCK, log });
  // Not awaited: a signal that comes before the store is open finds somebody to stop.
  collector.start().catch(fail);
  return collector;
});
