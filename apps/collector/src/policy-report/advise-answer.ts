import { setImmediate } from "node:timers/promises";
import { type AdviseAnswer, type AdviseQuery, parseEntityId } from "@hopline/api";
import { Fault } from "@hopline/fault";
import { type Advice, type AdviceScope, adviseInSteps, type Pod, type Workload } from "@hopline/policy";
import { protocolName } from "@hopline/store";
import type { PolicyCluster } from "./policy-cluster.js";
import { entityOf } from "./traffic-rows.js";
import type { TriedTraffic } from "./tried-traffic.js";
import { countsOf } from "./what-if-answer.js";

/**
 * The least policies that allow what was seen.
 *
 * @throws Fault `QUERY_INVALID` for a workload that is none of the namespace's; `NOT_FOUND` where one has no pods.
 */
export async function adviseAnswer(
  cluster: PolicyCluster,
  { rows, told }: TriedTraffic,
  query: Pick<AdviseQuery, "namespace" | "workload">,
): Promise<AdviseAnswer> {
  const state = cluster.state();
  const scope = scopeOf(query);
  if (!state.pods.some(({ namespace }) => namespace === scope.namespace)) {
    throw new Fault({
      code: "NOT_FOUND",
      message: `The namespace "${scope.namespace}" has no pods.`,
      hint: "Name one that has.",
    });
  }
  const { workload: asked } = scope;
  if (asked !== undefined && !state.pods.some((pod) => isOf(pod, scope.namespace, asked))) {
    throw new Fault({
      code: "NOT_FOUND",
      message: `The namespace "${scope.namespace}" has no pods of a ${asked.kind} "${asked.name}".`,
      hint: "Name a workload that has, with its kind: web[Deployment], db[StatefulSet].",
    });
  }
  const advice = await inParts(adviseInSteps(state, rows, scope));
  const { namespace } = scope;
  return {
    traffic: told,
    yaml: advice.yaml,
    policies: advice.policies.map(({ kind, namespace, name }) => ({ kind, namespace, name })),
    madeFrom: advice.madeFrom,
    leftOut: advice.leftOut.map(({ source, destination, protocol, port, connections, reason }) => ({
      client: entityOf(source),
      server: entityOf(destination),
      protocol: protocolName(protocol),
      protocolNumber: protocol,
      port,
      connections,
      reason,
    })),
    unadvised: advice.unadvised.map(({ workload, reason }) => ({
      workload: entityOf({ kind: "workload", namespace, workload }),
      reason,
    })),
    check: countsOf(advice.check),
  };
}

/** Batches are taken and pages answered in between. */
async function inParts(steps: Generator<void, Advice, void>): Promise<Advice> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}

function isOf({ namespace, workload }: Pod, asked: string, { kind, name }: Workload): boolean {
  return namespace === asked && workload.kind === kind && workload.name === name;
}

function scopeOf({ namespace, workload }: Pick<AdviseQuery, "namespace" | "workload">): AdviceScope {
  if (workload === undefined) return { namespace };
  const entity = parseEntityId(workload);
  if (entity?.kind === "workload" && entity.namespace === namespace)
    return { namespace, workload: { kind: entity.workloadKind, name: entity.name } };
  throw new Fault({
    code: "QUERY_INVALID",
    message: `"${workload}" is no workload of the namespace "${namespace}".`,
    hint: `Write it like workload:${namespace}/Deployment/web.`,
  });
}
