import { describe, Fault } from "@hopline/fault";
import { Command } from "commander";
import { alertsCommand } from "./commands/alerts.js";
import { appCommands } from "./commands/apps.js";
import { auditCommand } from "./commands/audit.js";
import { demoCommand } from "./commands/demo.js";
import { dnsCommand } from "./commands/dns.js";
import { dropsCommand } from "./commands/drops.js";
import { endpointsCommand } from "./commands/endpoints.js";
import { flowsCommand } from "./commands/flows.js";
import { hopsCommand } from "./commands/hops.js";
import { mapCommand } from "./commands/map.js";
import { observeCommand } from "./commands/observe.js";
import { openCommand } from "./commands/open.js";
import { policyAdviseCommand } from "./commands/policy-advise.js";
import { policyCheckCommand } from "./commands/policy-check.js";
import { policyStatusCommand } from "./commands/policy-status.js";
import { policyWhatIfCommand } from "./commands/policy-what-if.js";
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
alertsCommand(program);
dropsCommand(program);
endpointsCommand(program);
flowsCommand(program);
openCommand(program);
statusCommand(program);
const policyCommand = program.command("policy").description("what network policies say, and said");
policyCheckCommand(policyCommand);
policyStatusCommand(policyCommand);
policyWhatIfCommand(policyCommand);
policyAdviseCommand(policyCommand);
auditCommand(program);
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
