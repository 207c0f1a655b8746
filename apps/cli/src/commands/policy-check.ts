import { Fault } from "@hopline/fault";
import {
  Connectivity,
  type ConnectivityRow,
  connectionList,
  type Direction,
  type DirectionVerdict,
  deciderText,
  doubtText,
  type Manifests,
  peerText,
  problemText,
  readManifests,
} from "@hopline/policy";
import { type Command, InvalidArgumentError } from "commander";
import { EXIT_FAILED } from "../exit-codes.js";
import { type JudgedPair, judgePairs, partyText } from "../policy/judge-pairs.js";
import { readManifestFolder } from "../policy/manifest-folder.js";
import { PeerFilter } from "../policy/peer-filter.js";
import { type PortOption, portOption } from "../policy/port-option.js";
import { textTable } from "../text-table.js";
import { wordOption } from "./api-options.js";

interface PolicyCheckOptions {
  readonly dir: string;
  readonly from?: string;
  readonly to?: string;
  readonly port?: PortOption;
  readonly output: "table" | "json" | "connlist";
}

/**
 * `hopline policy check`: what the policies in a folder of manifests allow, without a cluster. Manifests with
 * problems are named on standard error and end it with status 1; everything else is judged all the same.
 */
export function policyCheckCommand(policy: Command): void {
  policy
    .command("check")
    .description("what the policies in a folder of manifests allow, without a cluster")
    .requiredOption(
      "--dir <dir>",
      "folder of manifests (.yaml, .yml, .json), with the folders below it; or one file",
      folderOption,
    )
    .option("--from <peer>", "only from this pod, workload or address, e.g. shop/web")
    .option("--to <peer>", "only to this pod, workload or address")
    .option("--port <port>", "judge this one port, and say what decided, e.g. 80 or 53/udp", portOption)
    .option(
      "-o, --output <form>",
      "table, json or connlist",
      wordOption("table", "json", "connlist"),
      "table",
    )
    .action(policyCheck);
}

function folderOption(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("It takes a folder.");
}

/** @throws Fault `POLICY_DIR_EMPTY` where there is nothing that policies are about, `POLICY_PEER_UNKNOWN`, … */
function policyCheck(options: PolicyCheckOptions): void {
  const manifests = readManifests(readManifestFolder(options.dir));
  const { policies, pods } = manifests.state;
  if (policies.length + pods.length + manifests.problems.length === 0) {
    throw new Fault({
      code: "POLICY_DIR_EMPTY",
      message: `There is no policy, pod or workload in ${options.dir}.`,
      hint: "Name a folder of Kubernetes manifests with --dir.",
    });
  }
  process.stdout.write(options.port === undefined ? lists(manifests, options) : verdicts(manifests, options));
  for (const problem of manifests.problems) process.stderr.write(`hopline: ${problemText(problem)}\n`);
  if (pods.length === 0)
    process.stderr.write(`hopline: no pod or workload is in ${options.dir}: there is nobody to judge\n`);
  if (manifests.problems.length > 0) process.exitCode = EXIT_FAILED;
}

/** All ports between all pairs, or those that `--from` and `--to` name. */
function lists({ state, problems }: Manifests, { from, to, output }: PolicyCheckOptions): string {
  const isFrom = from === undefined ? undefined : new PeerFilter("--from", from, state).matcher();
  const isTo = to === undefined ? undefined : new PeerFilter("--to", to, state).matcher();
  const isAskedFor = (row: Pick<ConnectivityRow, "from" | "to">): boolean =>
    (isFrom?.(row.from) ?? true) && (isTo?.(row.to) ?? true);
  if (output === "connlist")
    return connectionList(state, isAskedFor)
      .map((line) => `${line}\n`)
      .join("");
  const rows = new Connectivity(state)
    .rows()
    .filter(isAskedFor)
    .map((row) => ({
      from: peerText(row.from),
      to: peerText(row.to),
      allowed: row.allowed.text,
      undetermined: row.undetermined.text,
      doubts: row.doubts,
    }))
    .sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
  if (output === "json") return `${JSON.stringify({ problems, connections: rows })}\n`;
  return textTable(
    [
      { title: "FROM", text: (row) => row.from },
      { title: "TO", text: (row) => row.to },
      { title: "ALLOWED", text: (row) => row.allowed || "-" },
      { title: "UNDETERMINED", text: (row) => row.undetermined || "-" },
      { title: "WHY", text: (row) => row.doubts.map(doubtText).join("; ") },
    ],
    rows,
  );
}

/** One port, with what decided in each direction. */
function verdicts({ state, problems }: Manifests, options: PolicyCheckOptions): string {
  const { from, to, port, output } = options;
  if (port === undefined || output === "connlist") {
    throw new Fault({
      code: "POLICY_OPTIONS_CLASH",
      message: "-o connlist lists all ports, so it can't go with --port.",
      hint: "Leave out one of them.",
    });
  }
  const pairs = judgePairs(
    state,
    port,
    from === undefined ? undefined : new PeerFilter("--from", from, state).parties(),
    to === undefined ? undefined : new PeerFilter("--to", to, state).parties(),
  ).sort(
    (a, b) => compare(partyText(a.from), partyText(b.from)) || compare(partyText(a.to), partyText(b.to)),
  );
  if (output === "json") {
    const answers = pairs.map((pair) => ({ ...asText(pair), ...port, ...pair.verdict }));
    return `${JSON.stringify({ problems, verdicts: answers })}\n`;
  }
  return textTable(
    [
      { title: "FROM", text: (pair) => partyText(pair.from) },
      { title: "TO", text: (pair) => partyText(pair.to) },
      { title: "PORT", text: () => `${port.port}/${port.protocol}` },
      { title: "VERDICT", text: (pair) => pair.verdict.verdict },
      { title: "EGRESS", text: (pair) => directionText(pair.verdict.egress, "egress") },
      { title: "INGRESS", text: (pair) => directionText(pair.verdict.ingress, "ingress") },
    ],
    pairs,
  );
}

function asText({ from, to }: JudgedPair): { from: string; to: string } {
  return { from: partyText(from), to: partyText(to) };
}

function directionText({ verdict, by, doubt }: DirectionVerdict, direction: Direction): string {
  const why = doubt === undefined ? deciderText(by, direction) : doubtText(doubt);
  return `${verdict}: ${why}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
