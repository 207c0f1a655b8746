import { setImmediate } from "node:timers/promises";
import type { WhatIfAnswer, WhatIfChange, WhatIfGroup, WhatIfRequest } from "@hopline/api";
import {
  groupWhatIf,
  type Pod,
  type PolicyName,
  readProposal,
  type TrafficRow,
  type TrafficVerdict,
  toVerdictRecord,
  trafficDoubtText,
  triedPolicies,
  type WhatIf,
  WhatIfJudge,
  type WhatIfRow,
} from "@hopline/policy";
import { protocolName } from "@hopline/store";
import type { PolicyCluster } from "./policy-cluster.js";
import { entityOf } from "./traffic-rows.js";
import type { TriedTraffic } from "./tried-traffic.js";

const MAX_GROUPS = 1000;
/** About 20 ms. */
const ROWS_AT_ONCE = 500;

/** What policies would do to the traffic that was. Those with problems are named, and the others are tried. */
export async function whatIfAnswer(
  cluster: PolicyCluster,
  { rows, told, pods = [] }: TriedTraffic & { readonly pods?: readonly Pod[] },
  { yaml = "", remove = [] }: Pick<WhatIfRequest, "yaml" | "remove">,
): Promise<WhatIfAnswer> {
  const state = cluster.state();
  // Past pods are judged, and counted nowhere.
  const then = { ...state, pods: [...state.pods, ...pods] };
  // An empty text is no mistake where something is to be removed.
  const read =
    yaml.trim() === "" && remove.length > 0
      ? { policies: [], problems: [], passedOver: [] }
      : readProposal([{ path: "", text: yaml }]);
  const proposal = { put: read.policies, remove };
  const answer = groupWhatIf(await judgeInParts(new WhatIfJudge(then, proposal), rows));
  const proposed = new Set(read.policies.map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`));
  const versionOf = (name: PolicyName) =>
    proposed.has(`${name.kind}/${name.namespace}/${name.name}`) ? "" : cluster.versionOf(name);
  return {
    traffic: told,
    policies: triedPolicies(state, proposal),
    problems: read.problems.map(({ object, field, message, line }) => ({ object, field, message, line })),
    passedOver: [...read.passedOver],
    connections: countsOf(answer),
    groups: answer.groups.slice(0, MAX_GROUPS).map(
      (group): WhatIfGroup => ({
        change: group.change,
        client: entityOf(group.source),
        server: entityOf(group.destination),
        protocol: protocolName(group.protocol),
        protocolNumber: group.protocol,
        port: group.port,
        connections: group.connections,
        failed: group.failed,
        firstSeen: group.firstSeenMs,
        lastSeen: group.lastSeenMs,
        before: triedVerdict(group.before, (name) => cluster.versionOf(name)),
        after: triedVerdict(group.after, versionOf),
      }),
    ),
    leftOutGroups: Math.max(0, answer.groups.length - MAX_GROUPS),
  };
}

/** Batches are taken and pages answered in between. */
async function judgeInParts(judge: WhatIfJudge, rows: readonly TrafficRow[]): Promise<WhatIfRow[]> {
  const judged: WhatIfRow[] = [];
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    for (const row of rows.slice(from, from + ROWS_AT_ONCE)) judged.push(judge.of(row));
    await setImmediate();
  }
  return judged;
}

export function countsOf({ connections }: WhatIf): WhatIfAnswer["connections"] {
  const count = (change: WhatIfChange) => connections[change];
  return {
    newlyDenied: count("newly-denied"),
    newlyAllowed: count("newly-allowed"),
    undetermined: count("undetermined"),
    stillAllowed: count("still-allowed"),
    stillDenied: count("still-denied"),
  };
}

function triedVerdict(
  { verdict, doubt, of }: TrafficVerdict,
  versionOf: (name: PolicyName) => string,
): WhatIfGroup["before"] {
  return {
    verdict,
    doubt: doubt === undefined ? null : trafficDoubtText(doubt),
    record: of === undefined ? null : toApiRecord(toVerdictRecord(of, versionOf)),
  };
}

/** The same with lists of its own, as the API's schema has them. */
function toApiRecord(
  record: ReturnType<typeof toVerdictRecord>,
): NonNullable<WhatIfGroup["before"]["record"]> {
  const { doubt, egress, ingress } = record;
  return {
    doubt,
    egress: { ...egress, policies: [...egress.policies] },
    ingress: { ...ingress, policies: [...ingress.policies] },
  };
}
