import { describe, Fault } from "@hopline/fault";
import { Command } from "commander";
import { appCommands } from "./commands/apps.js";
import { demoCommand } from "./commands/demo.js";
import { dnsCommand } from "./commands/dns.js";
import { endpointsCommand } from "./commands/endpoints.js";
import { flowsCommand } from "./commands/flows.js";
import { hopsCommand } from "./commands/hops.js";
import { mapCommand } from "./commands/map.js";
import { observeCommand } from "./commands/observe.js";
import { openCommand } from "./commands/open.js";
import { policyCheckCommand } from "./commands/policy-check.js";
import { statusCommand } from "./commands/status.js";
import { traceCommand } from "./commands/trace.js";

const program = new Command("hopline")
  .description("observability and flow tracing for Kubernetes pod networks")
  .version("0.1.0")
  .showHelpAfterError("(hopline --help lists the commands)");

demoCommand(program);
observeCommand(program);
mapCommand(program);
hopsCommand(program);
traceCommand(program);
dnsCommand(program);
endpointsCommand(program);
flowsCommand(program);
openCommand(program);
statusCommand(program);
policyCheckCommand(program.command("policy").description("what network policies say"));
appCommands(program);

process.stdout.on("error", (thrown: NodeJS.ErrnoException) => {
  if (thrown.code === "EPIPE") process.exit(0);
});

try {
  await program.parseAsync();
} catch (thrown) {
  const isExpected = thrown instanceof Fault;
  process.stderr.write(`hopline: ${isExpected ? "" : "this is a bug: "}${describe(thrown)}\n`);
  if (process.env.HOPLINE_DEBUG === "1" && thrown instanceof Error) process.stderr.write(`${thrown.stack}\n`);
  process.exitCode = 1;
}
