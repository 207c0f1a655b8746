import { Fault } from "@hopline/fault";
import { type Outcome, readSettings } from "@hopline/process";
import { z } from "zod";
import { FAULT_FLAGS, isFaultKind, readFaultFlags } from "../faults/fault-flags.js";
import { faultRequestSchema } from "../faults/fault-request.js";
import type { FaultEntry, FaultReport } from "../faults/faults.js";
import type { FaultReading, Tally } from "../faults/planned-fault.js";
import { labNameSchema, labNameSource } from "./lab-name.js";
import { controlOf } from "./running-lab.js";

const HELP = `hopline lab fault: what goes wrong in a running lab.

  add KIND …      injects a fault and prints its id
  list            the faults that are there, with what the kernel has counted for them
  remove ID|all   takes a fault back

Kinds (each takes --help):
${Object.entries(FAULT_FLAGS)
  .map(([kind, { about }]) => `  ${kind.padEnd(17)}${about}\n`)
  .join("")}
Each takes --name LAB and -o json. lab down takes every fault with it.
`;

const OUTPUT = z.enum(["text", "json"], "take text or json").default("text");
const COMMON = {
  schema: { name: labNameSchema, output: OUTPUT },
  sources: { name: labNameSource, output: { flag: "output", about: "text or json; also -o (text)" } },
} as const;

/** What such a command line is called in messages: `hopline lab fault add mtu`. */
export function faultCommand([verb, kind]: readonly string[]): string {
  const name = "hopline lab fault";
  if (verb === "add" && kind !== undefined && isFaultKind(kind)) return `${name} add ${kind}`;
  return verb === "add" || verb === "list" || verb === "remove" ? `${name} ${verb}` : name;
}

/** `lab fault add KIND`, `lab fault list`, `lab fault remove ID|all`. */
export async function fault(words: readonly string[]): Promise<Outcome> {
  const [verb = "--help", ...argv] = words.map((word) => (word === "-o" ? "--output" : word));
  switch (verb) {
    case "add":
      return add(argv);
    case "list":
      return list(argv);
    case "remove":
      return remove(argv);
    case "--help":
    case "-h":
      return { print: HELP };
    default:
      throw wrong(`There is no command ${JSON.stringify(verb)}.`);
  }
}

async function add([kind = "", ...argv]: readonly string[]): Promise<Outcome> {
  if (kind === "--help" || kind === "-h") return { print: HELP };
  if (!isFaultKind(kind)) {
    throw wrong(
      kind === "" || kind.startsWith("-")
        ? "This needs the kind of fault as its first word."
        : `There is no fault ${JSON.stringify(kind)}.`,
    );
  }
  const answer = readFaultFlags({ command: `hopline lab fault add ${kind}`, kind, argv, others: COMMON });
  if (answer.kind === "help") return { print: answer.text };
  const { name, output } = z.object(COMMON.schema).parse(answer.settings);
  const request = faultRequestSchema.parse({ ...answer.settings, kind });
  const entry = await (await controlOf(name)).addFault(request);
  return { print: output === "json" ? `${JSON.stringify(entry)}\n` : `${describeEntry(entry)}\n` };
}

async function list(argv: readonly string[]): Promise<Outcome> {
  const answer = readSettings({
    command: "hopline lab fault list",
    about: "the faults that are there, with what the kernel has counted for them.",
    schema: z.object(COMMON.schema),
    sources: COMMON.sources,
    argv,
    env: process.env,
  });
  if (answer.kind === "help") return { print: answer.text };
  const { name, output } = answer.settings;
  return { print: describeReports(await (await controlOf(name)).faults(), output, "no faults") };
}

async function remove([id = "", ...argv]: readonly string[]): Promise<Outcome> {
  const given = !id.startsWith("-") && id !== "";
  const answer = readSettings({
    command: "hopline lab fault remove",
    about: "takes back the fault whose id is the first word, or all.",
    schema: z.object(COMMON.schema),
    sources: COMMON.sources,
    argv: given ? argv : [id, ...argv].filter(Boolean),
    env: process.env,
  });
  if (answer.kind === "help") return { print: answer.text };
  if (!given) throw wrong("This needs a fault's id, or all, as its first word.");
  const { name, output } = answer.settings;
  return { print: describeReports(await (await controlOf(name)).removeFault(id), output, "no faults") };
}

function wrong(message: string): Fault {
  return new Fault({ code: "SETTINGS_INVALID", message, hint: "See hopline lab fault --help." });
}

/** `f1 mtu: the tunnel of node1 takes 1300 bytes instead of 1450`. */
export function describeEntry({ id, kind, about }: FaultEntry): string {
  return `${id} ${kind}: ${about}`;
}

function describeReports(reports: readonly FaultReport[], output: "text" | "json", none: string): string {
  if (output === "json") return `${JSON.stringify(reports)}\n`;
  if (reports.length === 0) return `${none}\n`;
  return reports
    .map((report) => {
      const counted = report.reading === undefined ? "" : `; ${describeReading(report.reading)}`;
      return `${describeEntry(report)}${counted}\n`;
    })
    .join("");
}

function describeReading(reading: FaultReading): string {
  if (reading.type === "queue") {
    return (
      `${reading.sentPackets} packets passed, ${reading.overlimits} times one had to wait, ` +
      `${reading.droppedPackets} dropped`
    );
  }
  if (reading.type === "table") return `${reading.entries} entries of ${reading.limit}`;
  return `dropped ${describeTally(reading.dropped)} of ${describeTally(reading.matched)}`;
}

function describeTally({ packets, bytes, payloadBytes }: Tally): string {
  return `${packets} packets (${bytes} bytes, ${payloadBytes} of payload)`;
}
