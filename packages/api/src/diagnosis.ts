import type { AgentReport, AgentStatus, Status } from "./status.js";

/** Something that is wrong with an installation, and what to do about it. */
export interface Finding {
  /** `bad`: nothing, or nothing of a node, is seen or kept; `warn`: figures lack something; `note`: it could be better. */
  readonly level: "bad" | "warn" | "note";
  /** Stable and machine-readable, e.g. `AGENT_SILENT`. */
  readonly code: string;
  /** What it is about: a node, a resource, an object, a receiver's address; empty where that is the collector. */
  readonly about: string;
  /** One sentence. */
  readonly sentence: string;
  /** One sentence. */
  readonly fix: string;
}

/** Beyond it, rows of two nodes fall into different windows and cannot be compared. */
const BAD_CLOCK_MS = 10_000;
/** What the way of a request and a busy node can explain. */
const USUAL_CLOCK_MS = 1000;
const LOW_DISK_SHARE = 0.05;
const LEVELS: readonly Finding["level"][] = ["bad", "warn", "note"];

/** API groups of what is watched; the rest is of the core group. */
const API_GROUPS: ReadonlyMap<string, string> = new Map([
  ["replicasets", "apps"],
  ["jobs", "batch"],
  ["endpointslices", "discovery.k8s.io"],
  ["networkpolicies", "networking.k8s.io"],
  ["adminnetworkpolicies", "policy.networking.k8s.io"],
  ["baselineadminnetworkpolicies", "policy.networking.k8s.io"],
  ["clusternetworkpolicies", "policy.networking.k8s.io"],
]);

/** What a collector's status says is wrong, the worst first. Empty where all is well. */
export function diagnose(status: Status): Finding[] {
  const findings = [
    ...storeFindings(status.store),
    ...(status.agents.length === 0 ? [NO_AGENTS] : []),
    ...status.agents.flatMap((agent) => agentFindings(agent, status.version)),
    ...status.watches.flatMap(watchFindings),
    ...status.policyProblems.map(policyFinding),
    ...ingestFindings(status.ingest),
    ...alertingFindings(status.alerting),
  ];
  return LEVELS.flatMap((level) => findings.filter((finding) => finding.level === level));
}

/**
 * Whether a watch's state means that its objects are known: watched in a cluster, loaded from files, or of a kind that the
 * cluster does not have.
 */
export function isFollowing(state: string): boolean {
  return state === "watching" || state === "loaded" || state === "absent";
}

const NO_AGENTS: Finding = {
  ...{ level: "bad", code: "NO_AGENTS", about: "" },
  sentence: "No agent has reported yet: no traffic can be seen.",
  fix: "Start an agent on every node (deploy/base has the DaemonSet), and see that its --collector names this collector.",
};

function storeFindings({ state, lastError, disk }: Status["store"]): Finding[] {
  const findings: Finding[] = [];
  if (state === "unavailable")
    findings.push({
      ...{ level: "bad", code: "STORE_UNAVAILABLE", about: "" },
      sentence: `The store is unavailable (${lastError ?? "no reason given"}): nothing new is kept.`,
      fix: "See the collector's log; with a ClickHouse server, see that it runs and that --clickhouse-url names it.",
    });
  if (disk !== undefined && disk.totalBytes > 0 && disk.freeBytes / disk.totalBytes < LOW_DISK_SHARE)
    findings.push({
      ...{ level: "warn", code: "DISK_LOW", about: "" },
      sentence: `The store's disk has ${percent(disk.freeBytes / disk.totalBytes)} left: the oldest rows are dropped to keep room.`,
      fix: "Give the collector a larger volume, or limit the store with --store-mib.",
    });
  return findings;
}

function agentFindings(agent: AgentStatus, version: string): Finding[] {
  const { node, state, droppedFrames, seenFrames, conntrackLost, sampling, agentVersion, report } = agent;
  const about = node;
  const findings: Finding[] = [];
  if (state === "silent") {
    // Whatever else it said is of an earlier time.
    return [
      {
        ...{ level: "bad", code: "AGENT_SILENT", about },
        sentence: `The agent on ${node} is silent: traffic there is not seen.`,
        fix: `See whether it runs (kubectl -n hopline get pods -o wide), and what its log says of the collector; if ${node} is gone, it leaves this list after a day.`,
      },
    ];
  }
  if (state === "late")
    findings.push({
      ...{ level: "warn", code: "AGENT_LATE", about },
      sentence: `The agent on ${node} is late: its newest windows are missing.`,
      fix: "If it lasts, see its log: the collector may be busy or far away; batches wait on the node's disk and are not lost.",
    });
  if (droppedFrames > 0)
    findings.push({
      ...{ level: "warn", code: "AGENT_LOSSY", about },
      sentence: `${node} dropped ${count(droppedFrames)} frames of the last five minutes (${percent(droppedFrames / (seenFrames + droppedFrames))}): counters there are too low.`,
      fix: "Give its agent a larger ring (--ring-mib) or more CPU.",
    });
  if (conntrackLost > 0)
    findings.push({
      ...{ level: "warn", code: "CONNTRACK_LOST", about },
      sentence: `${node} lost ${count(conntrackLost)} conntrack events: some connections there may go by the wrong name.`,
      fix: "Raise net.core.rmem_max on the node, or give its agent more CPU.",
    });
  if (sampling !== 1)
    findings.push({
      ...{ level: "warn", code: "AGENT_SAMPLING", about },
      sentence: `${node} samples connections (1 in ${count(sampling)}).`,
      fix: "Raise its agent's --cpu-budget or --ring-mib; sampling ends by itself once both suffice.",
    });
  if (agentVersion !== version)
    findings.push({
      ...{ level: "warn", code: "AGENT_VERSION", about },
      sentence: `The agent on ${node} is version ${agentVersion}, the collector ${version}.`,
      fix: "Roll out agents and collector of one version.",
    });
  return report === undefined ? findings : [...findings, ...reportFindings(node, report)];
}

function reportFindings(about: string, { clockOffsetMs, troubles, conntrack }: AgentReport): Finding[] {
  const findings: Finding[] = [];
  const offMs = Math.abs(clockOffsetMs);
  if (offMs > USUAL_CLOCK_MS)
    findings.push({
      ...{ level: offMs > BAD_CLOCK_MS ? "bad" : "warn", code: "CLOCK_OFFSET", about },
      sentence: `The clock of ${about} is ${(offMs / 1000).toFixed(1)} s ${clockOffsetMs > 0 ? "ahead of" : "behind"} the collector's: its windows are not those of other nodes, and loss between them is misjudged.`,
      fix: "See that time synchronisation (chrony, systemd-timesyncd) runs on the node and on the collector's.",
    });
  if (conntrack.events === 0)
    findings.push({
      ...{ level: "warn", code: "CONNTRACK_EVENTS_OFF", about },
      sentence: `Conntrack of ${about} sends no events: translations are seen late, or not at all.`,
      fix: "Set net.netfilter.nf_conntrack_events = 1 on the node (sysctl -w, and a file in /etc/sysctl.d).",
    });
  const without = [
    ...(conntrack.acct === 0 ? ["nf_conntrack_acct"] : []),
    ...(conntrack.timestamp === 0 ? ["nf_conntrack_timestamp"] : []),
  ];
  if (without.length > 0)
    findings.push({
      ...{ level: "note", code: "CONNTRACK_DETAIL_OFF", about },
      sentence: `${without.join(" and ")} ${without.length === 1 ? "is" : "are"} off on ${about}: its conntrack entries tell less to compare Hopline's figures with.`,
      fix: `Set ${without.map((name) => `net.netfilter.${name} = 1`).join(" and ")} on the node where that matters.`,
    });
  for (const { part, code, message, hint } of troubles)
    findings.push({
      ...{ level: "warn", code, about },
      sentence: `The agent on ${about} (${part}): ${message}`,
      fix: hint ?? "See its log.",
    });
  return findings;
}

function watchFindings({ resource, state, lastError }: Status["watches"][number]): Finding[] {
  if (isFollowing(state) || lastError === null) return [];
  const group = API_GROUPS.get(resource);
  const what = group === undefined ? resource : `${resource} (${group})`;
  return [
    {
      ...{ level: "warn", code: state === "forbidden" ? "WATCH_FORBIDDEN" : "WATCH_DOWN", about: resource },
      sentence: `The watch on ${resource} does not follow the cluster: ${withoutStop(lastError)}.`,
      fix:
        state === "forbidden"
          ? `Give the collector's ClusterRole the verbs list and watch on ${what}: kubectl apply -k deploy/base does.`
          : "See that the API server can be reached from the collector; it tries again by itself.",
    },
  ];
}

function policyFinding({ object, field, message }: Status["policyProblems"][number]): Finding {
  return {
    ...{ level: "warn", code: "POLICY_UNREADABLE", about: object },
    sentence: `${object} cannot be read and is not judged by: ${field === "" ? "it" : field} ${withoutStop(message)}.`,
    fix: "Correct the object; hopline policy check finds the same in manifests before they are applied.",
  };
}

function ingestFindings({ rejected }: Status["ingest"]): Finding[] {
  if (rejected === 0) return [];
  return [
    {
      ...{ level: "warn", code: "BATCHES_REJECTED", about: "" },
      sentence: `${count(rejected)} ${rejected === 1 ? "batch was" : "batches were"} rejected since the collector started.`,
      fix: "Agents keep what is refused for good in rejected/ of their data directory, and their logs say why; versions may differ.",
    },
  ];
}

function alertingFindings({ lastError, receivers }: Status["alerting"]): Finding[] {
  const findings: Finding[] = receivers
    .filter(({ state }) => state === "failing")
    .map(({ url, waiting, lastError: why }) => ({
      ...{ level: "warn", code: "ALERTS_NOT_DELIVERED", about: url },
      sentence: `${url} does not take alerts (${count(waiting)} waiting): ${withoutStop(why ?? "no reason given")}.`,
      fix: "See that it runs and that the collector may reach it; alerts are sent again until it takes them.",
    }));
  if (lastError !== null)
    findings.push({
      ...{ level: "warn", code: "RULES_NOT_EVALUATED", about: "" },
      sentence: `Alert rules could not be evaluated: ${withoutStop(lastError)}.`,
      fix: "See the collector's log; rules are evaluated again every few seconds.",
    });
  return findings;
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, "");
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** `0.096 %`: two digits below ten, whole ones above. */
function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} %`;
}
