#!/usr/bin/env node
import { randomBytes } from "node:crypto";
import { createLogger, readSettings, runApp } from "@hopline/process";
import { Agent } from "./agent.js";
import { bootIdOf } from "./boot-id.js";
import { settingSources, settingsSchema } from "./settings.js";
import { agentVersion } from "./version.js";

runApp("hopline agent", async (fail) => {
  const answer = readSettings({
    command: "hopline agent",
    about: "runs on each node: captures packets, counts flows and sends them to the collector",
    schema: settingsSchema,
    sources: settingSources,
    argv: process.argv.slice(2),
    env: process.env,
  });
  if (answer.kind === "help") return { print: answer.text };
  const { settings } = answer;
  const agent = new Agent({
    settings,
    version: agentVersion(),
    bootId: bootIdOf(Date.now(), randomBytes(6)),
    hashSeed: randomBytes(4).readInt32LE(),
    logger: createLogger({ app: "agent", level: settings.logLevel, format: settings.logFormat }),
    onFail: fail,
    // A file is read: what became of its frames is the answer, and then the same orderly end as by a signal.
    onFinished: (report) => {
      process.stdout.write(`${JSON.stringify(report)}\n`);
      process.kill(process.pid, "SIGTERM");
    },
  });
  await agent.start();
  return agent;
});
