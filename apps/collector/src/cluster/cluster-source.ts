import type { Status } from "@hopline/api";
import { describe, Fault } from "@hopline/fault";
import {
  BACKEND_RESOURCES,
  ClusterConnection,
  ClusterWatch,
  ENDPOINT_RESOURCES,
  type EndpointHistory,
  loadPlacedObjects,
  POLICY_RESOURCES,
  type ResourceState,
} from "@hopline/kube";
import type { Logger } from "@hopline/process";
import type { PolicyHistory } from "../policy/policy-history.js";
import type { PolicyKnowledge } from "../policy/policy-knowledge.js";
import type { CollectorSettings } from "../settings.js";

type WatchStatus = Status["watches"][number];

/** Where the cluster's objects come from. */
export interface ClusterSource {
  /** For people: a server's URL, a file. */
  readonly description: string;
  /** Whether all that names are made from was read at least once. */
  readonly isSettled: boolean;
  /** How far verdicts can rely on what was read. */
  readonly policyKnowledge: PolicyKnowledge;
  start(): void;
  stop(): Promise<void>;
  states(): WatchStatus[];
}

export interface ClusterSourceOptions {
  readonly settings: Pick<CollectorSettings, "kube" | "kubeconfig" | "kubeDump">;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly history: EndpointHistory;
  readonly policies: PolicyHistory;
  readonly now: () => number;
  readonly log: Logger;
}

/**
 * The cluster's API, files of its objects, or nothing, as the settings say.
 *
 * @throws Fault for a kubeconfig or a file that cannot be read; a server that is away is no fault.
 */
export function openClusterSource(options: ClusterSourceOptions): ClusterSource {
  const { kube, kubeDump } = options.settings;
  if (!kube) return noCluster();
  return kubeDump === undefined ? clusterApi(options) : clusterDump(kubeDump, options);
}

/** Without these objects no verdict can be given, besides the policies themselves. */
const JUDGED_BY: ReadonlySet<string> = new Set(["pods", ...POLICY_RESOURCES.map(({ name }) => name)]);

function noCluster(): ClusterSource {
  return {
    description: "none",
    isSettled: true,
    policyKnowledge: {
      untilMs: Number.POSITIVE_INFINITY,
      isLive: false,
      missing: "No cluster is watched, so that its policies are not known.",
    },
    start: () => {},
    stop: async () => {},
    states: () => [],
  };
}

function clusterDump(
  paths: readonly string[],
  { history, policies, now }: ClusterSourceOptions,
): ClusterSource {
  const files = paths.map((path) => ({ path, objects: loadPlacedObjects(path) }));
  const count = files.reduce((sum, { objects }) => sum + objects.length, 0);
  if (count === 0) {
    throw new Fault({
      code: "KUBE_FILE_INVALID",
      message: `${paths.join(", ")} hold no Kubernetes object.`,
      hint: "Make the file with: kubectl get nodes,pods,services,endpointslices,replicasets,jobs -A -o yaml.",
    });
  }
  const placed = new Map(files.flatMap(({ objects }) => objects.map((each) => [each.object, each])));
  history.load([...placed.keys()]);
  policies.load([...placed.keys()], (object, field) => {
    const { path, lineOf } = placed.get(object)!;
    return `${path}:${lineOf(field)}`;
  });
  const loadedAt = now();
  return {
    description: paths.join(", "),
    isSettled: true,
    policyKnowledge: { untilMs: Number.POSITIVE_INFINITY, isLive: false, missing: undefined },
    start: () => {},
    stop: async () => {},
    states: () =>
      files.map(({ path, objects }) => ({
        resource: path,
        state: "loaded",
        since: loadedAt,
        objects: objects.length,
        restarts: 0,
        lastError: null,
      })),
  };
}

function clusterApi({ settings, env, history, policies, now, log }: ClusterSourceOptions): ClusterSource {
  const { kubeconfig } = settings;
  const connection = new ClusterConnection(kubeconfig === undefined ? { env } : { env, kubeconfig });
  const onState = (state: ResourceState): void => logState(log, state);
  const endpointWatch = new ClusterWatch({
    connection,
    resources: ENDPOINT_RESOURCES,
    onEvent: (event) => {
      history.apply(event);
      policies.apply(event);
    },
    onState,
  });
  // Names do not wait for policies.
  const policyWatch = new ClusterWatch({
    connection,
    resources: [...POLICY_RESOURCES, ...BACKEND_RESOURCES],
    onEvent: (event) => policies.apply(event),
    onState,
  });
  const watches = [endpointWatch, policyWatch];
  const states = (): ResourceState[] => watches.flatMap((watch) => watch.states());
  // Asked for with every connection that is judged.
  let known = { atMs: Number.NaN, knowledge: knowledgeOf([]) };
  return {
    description: connection.server,
    get isSettled() {
      return endpointWatch.settled;
    },
    get policyKnowledge() {
      const atMs = now();
      if (atMs !== known.atMs) known = { atMs, knowledge: knowledgeOf(states()) };
      return known.knowledge;
    },
    start: () => {
      for (const watch of watches) watch.start();
    },
    stop: async () => {
      await Promise.all(watches.map((watch) => watch.stop()));
    },
    states: () => states().map(toWatchStatus),
  };
}

function knowledgeOf(states: readonly ResourceState[]): PolicyKnowledge {
  const judgedBy = states.filter(({ resource }) => JUDGED_BY.has(resource));
  const forbidden = judgedBy.find(({ state }) => state === "forbidden");
  if (forbidden !== undefined) {
    const missing = `The collector may not list ${forbidden.resource}, which policy is judged by.`;
    return { untilMs: 0, isLive: true, missing };
  }
  const untilMs = Math.min(
    ...judgedBy.map(({ isInStep, inStepMs }) => (isInStep ? Number.POSITIVE_INFINITY : (inStepMs ?? 0))),
  );
  return { untilMs, isLive: true, missing: undefined };
}

function logState(log: Logger, { resource, state, lastError }: ResourceState): void {
  if (state === "retrying" || state === "forbidden")
    log.warn({ resource, state }, lastError ?? describe(state));
  else log.debug({ resource, state }, "watch");
}

function toWatchStatus({
  resource,
  state,
  sinceMs,
  objects,
  restarts,
  lastError,
}: ResourceState): WatchStatus {
  return {
    resource,
    state,
    since: sinceMs,
    objects,
    restarts: Object.values(restarts).reduce((sum, count) => sum + count, 0),
    lastError: lastError ?? null,
  };
}
