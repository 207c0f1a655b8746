import { basename } from "node:path";
import { describe, Fault } from "@hopline/fault";
import { Command } from "commander";
import { alertsCommand } from "./commands/alerts.js";
import { appCommands } from "./commands/apps.js";
import { auditCommand } from "./commands/audit.js";
import { demoCommand } from "./commands/demo.js";
import { dnsCommand } from "./commands/dns.js";
import { doctorCommand } from "./commands/doctor.js";
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
import { exitCodeOf, isSaid, usageErrorText } from "./usage-errors.js";

/** kubectl runs a plugin by this file name; its users know it as `kubectl hopline`. */
const NAME = basename(process.argv[1] ?? "").startsWith("kubectl-") ? "kubectl hopline" : "hopline";

const program = new Command(NAME)
  .description("Observability and flow tracing for Kubernetes pod networks.")
  .version("0.1.0")
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({
    outputError: (text, write) => write(usageErrorText(text, NAME, commandPath())),
  })
  .exitOverride();

program.commandsGroup("Look at a cluster:");
observeCommand(program);
mapCommand(program);
hopsCommand(program);
traceCommand(program);
dnsCommand(program);
dropsCommand(program);
alertsCommand(program);
endpointsCommand(program);
program.commandsGroup("Policy and audit:");
const policyCommand = program.command("policy").description("what network policies say, and said");
policyCheckCommand(policyCommand);
policyStatusCommand(policyCommand);
policyWhatIfCommand(policyCommand);
policyAdviseCommand(policyCommand);
auditCommand(program);
program.commandsGroup("Look at capture files:");
flowsCommand(program);
openCommand(program);
program.commandsGroup("Hopline itself:");
demoCommand(program);
doctorCommand(program);
statusCommand(program);
appCommands(program);
program.helpCommand("help [command]", "what a command does, and its options");
program.addHelpText(
  "after",
  `
Examples:
  ${NAME} demo                                 a small cluster in this machine, watched, with the web UI
  ${NAME} doctor                               what is wrong with this installation
  ${NAME} observe -n shop --outcome dropped    connections of a namespace that were dropped
  ${NAME} trace shop/web shop/api:8080         the way from one to the other, and where it breaks
  ${NAME} flows node1.pcap node2.pcap          the connections in captures, without a cluster

Exit codes:
  0  it was done, and what was asked about is well
  1  it could not be done: no collector answers, a file cannot be read, …
  2  wrong options or arguments
  3  alerts, doctor, status, policy status: what was asked about is not well`,
);

process.stdout.on("error", (thrown: NodeJS.ErrnoException) => {
  if (thrown.code === "EPIPE") process.exit(0);
});

/** Of the command that is asked for: `policy what-if`. */
function commandPath(): string {
  const names: string[] = [];
  let command: Command | undefined = program;
  for (const word of process.argv.slice(2)) {
    command = command?.commands.find((one) => one.name() === word);
    if (command === undefined) break;
    names.push(word);
  }
  return names.join(" ");
}

try {
  const [word, topic] = process.argv.slice(2);
  if (word === "help" && topic !== undefined && !program.commands.some((one) => one.name() === topic))
    program.error(`unknown command '${topic}'`);
  await program.parseAsync();
} catch (thrown) {
  if (!isSaid(thrown)) {
    const isExpected = thrown instanceof Fault;
    process.stderr.write(`hopline: ${isExpected ? "" : "this is a bug: "}${describe(thrown)}\n`);
    if (process.env.HOPLINE_DEBUG === "1" && thrown instanceof Error)
      process.stderr.write(`${thrown.stack}\n`);
  }
  process.exitCode = exitCodeOf(thrown);
}
