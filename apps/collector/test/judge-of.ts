import type { KubeObject } from "@hopline/kube";
import { ConnectionJudge } from "../src/policy/connection-judge.js";
import { PolicyHistory } from "../src/policy/policy-history.js";

/** A judge for a cluster that never changes. */
export function judgeOf(objects: readonly KubeObject[], nowMs = 0): ConnectionJudge {
  const history = new PolicyHistory({ nowMs: () => nowMs });
  history.restore([], 0);
  history.load(objects);
  const knowledge = { untilMs: Number.POSITIVE_INFINITY, isLive: false, missing: undefined };
  return new ConnectionJudge({ history, knowledge: () => knowledge, now: () => nowMs, settleMs: 2000 });
}
