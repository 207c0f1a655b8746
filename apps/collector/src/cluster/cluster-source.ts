import type { Status } from "@hopline/api";
import { describe, Fault } from "@hopline/fault";
import {
  ClusterConnection,
  ClusterWatch,
  ENDPOINT_RESOURCES,
  type EndpointHistory,
  loadObjects,
  type ResourceState,
} from "@hopline/kube";
import type { Logger } from "@hopline/process";
import type { CollectorSettings } from "../settings.js";

type WatchStatus = Status["watches"][number];

/** Where the cluster's objects come from. */
export interface ClusterSource {
  /** For people: a server's URL, a file. */
  readonly description: string;
  /** Whether all there is was read at least once. */
  readonly isSettled: boolean;
  start(): void;
  stop(): Promise<void>;
  states(): WatchStatus[];
}

export interface ClusterSourceOptions {
  readonly settings: Pick<CollectorSettings, "kube" | "kubeconfig" | "kubeDump">;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly history: EndpointHistory;
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

function noCluster(): ClusterSource {
  return {
    description: "none",
    isSettled: true,
    start: () => {},
    stop: async () => {},
    states: () => [],
  };
}

function clusterDump(paths: readonly string[], { history, now }: ClusterSourceOptions): ClusterSource {
  const files = paths.map((path) => ({ path, objects: loadObjects(path) }));
  const count = files.reduce((sum, { objects }) => sum + objects.length, 0);
  if (count === 0) {
    throw new Fault({
      code: "KUBE_FILE_INVALID",
      message: `${paths.join(", ")} hold no Kubernetes object.`,
      hint: "Make the file with: kubectl get nodes,pods,services,replicasets,jobs -A -o yaml.",
    });
  }
  history.load(files.flatMap(({ objects }) => objects));
  const loadedAt = now();
  return {
    description: paths.join(", "),
    isSettled: true,
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

function clusterApi({ settings, env, history, log }: ClusterSourceOptions): ClusterSource {
  const { kubeconfig } = settings;
  const connection = new ClusterConnection(kubeconfig === undefined ? { env } : { env, kubeconfig });
  const watch = new ClusterWatch({
    connection,
    resources: ENDPOINT_RESOURCES,
    onEvent: (event) => history.apply(event),
    onState: (state) => logState(log, state),
  });
  return {
    description: connection.server,
    get isSettled() {
      return watch.settled;
    },
    start: () => watch.start(),
    stop: () => watch.stop(),
    states: () => watch.states().map(toWatchStatus),
  };
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
