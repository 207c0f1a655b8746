#!/usr/bin/env node
import { Fault } from "@hopline/fault";
import { type Outcome, runApp } from "@hopline/process";
import { change } from "./commands/change.js";
import { down } from "./commands/down.js";
import { fault, faultCommand } from "./commands/fault.js";
import { status } from "./commands/status.js";
import { up } from "./commands/up.js";

const HELP = `hopline lab: a cluster in network namespaces of this machine.

  up       brings a lab up and keeps it until it is stopped
  status   its pods, and its account of conversations
  down     stops it, or takes away what a killed one left
  apply    creates or changes its Kubernetes objects (-f FILE)
  delete   deletes Kubernetes objects of it (-f FILE)
  fault    injects faults (add KIND), lists them, takes them back (remove ID|all)

Each takes --help.
`;

const COMMANDS = ["up", "status", "down", "apply", "delete", "fault"];

const [command = "--help", ...argv] = process.argv.slice(2);

runApp(
  command === "fault"
    ? faultCommand(argv)
    : COMMANDS.includes(command)
      ? `hopline lab ${command}`
      : "hopline lab",
  async (fail): Promise<Outcome> => {
    switch (command) {
      case "up":
        return up(argv, fail);
      case "status":
        return status(argv);
      case "down":
        return down(argv);
      case "apply":
      case "delete":
        return change(command, argv);
      case "fault":
        return fault(argv);
      case "--help":
      case "-h":
        return { print: HELP };
      default:
        throw new Fault({
          code: "SETTINGS_INVALID",
          message: `There is no command ${JSON.stringify(command)}.`,
          hint: "See hopline lab --help.",
        });
    }
  },
);
