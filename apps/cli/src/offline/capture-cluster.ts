import type { Cluster } from "../demo/cluster.js";
import { availablePort } from "../demo/free-port.js";
import type { OfflineCapture } from "./offline-capture.js";

/**
 * Packets keep their own times, so that answers say when it was; and what the collector has not heard of will not come,
 * but for what the other captures tell, which are read at the same time.
 */
const NAME_WAIT_ONE_MS = 0;
const NAME_WAIT_MANY_MS = 3000;

/** Roles that count; `unknown` stands for all points where nothing better was captured. */
const ROLES = "pod,bridge,tunnel,uplink,unknown";

/** Captures and a dump as a cluster for the pipeline: one agent for each capture, which reads it once, at full speed. */
export interface CaptureCluster extends Cluster {
  /** Where each agent's metrics are, in the captures' order. */
  readonly metricsAddresses: readonly string[];
}

export async function captureCluster(
  captures: readonly OfflineCapture[],
  dumps: readonly string[],
): Promise<CaptureCluster> {
  const metricsAddresses: string[] = [];
  for (const _ of captures) metricsAddresses.push(`127.0.0.1:${await availablePort(0, "")}`);
  const nameWaitMs = captures.length === 1 ? NAME_WAIT_ONE_MS : NAME_WAIT_MANY_MS;
  return {
    metricsAddresses,
    collectorArgs: [
      ...dumps.flatMap((dump) => ["--kube-dump", dump]),
      ...["--keep-everything", "--name-wait", String(nameWaitMs)],
    ],
    repeats: false,
    round: () =>
      captures.map(({ path, node, descriptionFile, conntrackLog, nflogFile }, at) => ({
        node,
        args: [
          ...["--capture", "pcap", "--file", path, "--roles", ROLES],
          ...["--replay-shift", "none", "--replay-pace", "fast"],
          ...["--node-description", descriptionFile],
          ...(nflogFile === undefined ? [] : ["--nflog-file", nflogFile]),
          ...["--conntrack-log", conntrackLog, "--metrics-address", metricsAddresses[at]!],
        ],
      })),
    stop: async () => {},
  };
}
