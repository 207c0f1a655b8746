import {
  type AuditEntry,
  auditActionSchema,
  auditLogAnswerSchema,
  auditManifestSchema,
  conformanceSchema,
  PATHS,
  verdictSchema,
} from "@hopline/api";
import { Fault } from "@hopline/fault";
import { dataDirSchema } from "@hopline/process";
import { type Command, InvalidArgumentError } from "commander";
import { archiveFiles, type ExportedFile, SUMS_FILE } from "../audit/archive-files.js";
import { requireNoExport, writeExport } from "../audit/write-export.js";
import { type TextColumn, textTable } from "../text-table.js";
import {
  type ApiOptions,
  askCollector,
  durationOption,
  integerOption,
  printAnswer,
  timeOption,
  withApi,
  withLimit,
  withNamespaces,
  withOutput,
  wordsOption,
} from "./api-options.js";

interface ScopeOptions extends ApiOptions {
  readonly from?: number;
  readonly to?: number;
  readonly last?: number;
}

interface ExportOptions extends ScopeOptions {
  readonly output: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly port?: number;
  readonly verdict?: string;
  readonly conformance?: string;
}

interface LogOptions extends ScopeOptions {
  readonly who?: string;
  readonly did?: string;
  readonly limit: number;
  readonly output: "table" | "json";
}

/** `hopline audit`: who talked to whom against policy, as files; and who looked at it. */
export function auditCommand(program: Command): void {
  const audit = program.command("audit").description("connections against policy, as files for an auditor");
  withNamespaces(withRange(audit.command("export")), "either end in")
    .description("CSV, JSON lines, Parquet and a report to print, with SHA-256 sums; asks for a range")
    .option("--pod <pod>", "either end is this pod: namespace/name, or its name")
    .option("--port <port>", "the server's port", integerOption(0, 65_535))
    .option(
      "--verdict <words>",
      `some of ${verdictSchema.options.join(", ")}, separated by commas`,
      wordsOption(verdictSchema.options),
    )
    .option(
      "--conformance <words>",
      `some of ${conformanceSchema.options.join(", ")}, separated by commas`,
      wordsOption(conformanceSchema.options),
    )
    .requiredOption("-o, --output <folder>", "where the files go; it must hold no export yet", folderOption)
    .action(auditExport);
  withOutput(withLimit(withRange(audit.command("log")), 50), "table", "json")
    .description("who looked at or exported what, the latest first")
    .option("--who <text>", "part of who it was, or of the address that the request came from")
    .option(
      "--did <words>",
      `some of ${auditActionSchema.options.join(", ")}, separated by commas`,
      wordsOption(auditActionSchema.options),
    )
    .action(auditLog);
}

/** A commander parser for a folder that can be made. */
function folderOption(text: string): string {
  if (dataDirSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError("It takes a folder that can be written, none of the kernel's.");
}

function withRange(command: Command): Command {
  return withApi(command)
    .option("--from <time>", "begin, e.g. 2026-11-01T00:00:00Z", timeOption)
    .option("--to <time>", "end; default now", timeOption)
    .option("--last <duration>", "instead of --from: so long before the end", durationOption);
}

/** @throws Fault `RANGE_INVALID` */
function rangeOf({ from, to, last }: ScopeOptions, now: number): { from?: number; to: number } {
  const end = to ?? now;
  const begin = last === undefined ? from : end - last;
  const isBackwards = begin !== undefined && begin >= end;
  if (isBackwards || (from !== undefined && last !== undefined)) {
    throw new Fault({
      code: "RANGE_INVALID",
      message: isBackwards
        ? "The range ends before it begins."
        : "--from and --last both say when it begins.",
      hint: "Give --from and --to, or --last.",
    });
  }
  return { ...(begin === undefined ? {} : { from: begin }), to: end };
}

async function auditExport(options: ExportOptions): Promise<void> {
  const range = rangeOf(options, Date.now());
  if (range.from === undefined) {
    throw new Fault({
      code: "RANGE_INVALID",
      message: "An export needs a range.",
      hint: "Give --from and --to, or --last 24h.",
    });
  }
  await requireNoExport(options.output);
  const { namespace, pod, port, verdict, conformance } = options;
  const archive = await askCollector(options, (client) =>
    client.bytes(PATHS.auditExport, {
      ...range,
      ...{ namespace, pod, port, verdict, conformance, format: "tar" },
    }),
  );
  const files = archiveFiles(archive);
  await writeExport(options.output, files);
  for (const { name } of files) process.stdout.write(`${name}\n`);
  process.stderr.write(summaryText(files, options.output));
}

function summaryText(files: readonly ExportedFile[], folder: string): string {
  const text = files.find(({ name }) => name === "manifest.json");
  const manifest = auditManifestSchema.parse(JSON.parse(Buffer.from(text?.content ?? []).toString()));
  const { rows, totals, completeness } = manifest;
  return [
    `${rows} rows, ${totals.connections} connections: ${totals.allowed} allowed, ${totals.deniedObserved + totals.deniedInferred} denied, ${totals.unenforced} unenforced, ${totals.undelivered} undelivered, ${totals.undetermined} undetermined.`,
    completeness.complete
      ? "The record of this range is complete."
      : `The record of this range is not complete: ${completeness.reasons.join(" ")}`,
    `Check the files: (cd ${folder} && sha256sum -c ${SUMS_FILE})`,
    "",
  ].join("\n");
}

const LOG_COLUMNS: readonly TextColumn<AuditEntry>[] = [
  { title: "TIME", text: ({ at }) => new Date(at).toISOString() },
  { title: "WHO", text: ({ actor }) => actor },
  { title: "FROM", text: ({ address }) => address },
  { title: "DID", text: ({ action }) => action },
  { title: "ROWS", align: "right", text: ({ rows }) => String(rows) },
  { title: "QUERY", text: ({ query }) => query },
];

async function auditLog(options: LogOptions): Promise<void> {
  const { limit, who, did } = options;
  const range = rangeOf(options, Date.now());
  const answer = await askCollector(options, (client) =>
    client.get(auditLogAnswerSchema, PATHS.auditLog, { ...range, limit, who, action: did }),
  );
  printAnswer(
    options,
    answer,
    ({ entries }) => textTable(LOG_COLUMNS, entries),
    ({ entries, total }) => `${entries.length} of ${total} entries.\n`,
  );
}
