import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "@hopline/fault";
import type { Cluster } from "./cluster.js";

/** Captures taken on both nodes of the lab, with the cluster's objects as YAML. */
const CAPTURES = fileURLToPath(new URL("../../../../test/captures/shop", import.meta.url));
const NODES = ["node1", "node2"] as const;

/** @throws Fault `CAPTURES_MISSING` */
export function replayCluster(): Cluster {
  if (!existsSync(join(CAPTURES, "cluster.yaml"))) {
    throw new Fault({
      code: "CAPTURES_MISSING",
      message: `There are no captures to replay in ${CAPTURES}.`,
      hint: "Check out the repository again.",
    });
  }
  return {
    collectorArgs: ["--kube-dump", join(CAPTURES, "cluster.yaml")],
    agents: NODES.map((node) => ({
      node,
      args: [
        ...["--capture", "pcap", "--file", join(CAPTURES, `${node}.pcapng.gz`)],
        ...["--node-description", join(CAPTURES, `${node}.description.json`)],
        ...["--conntrack-log", join(CAPTURES, `${node}.conntrack.jsonl`)],
        ...["--replay-shift", "now"],
      ],
    })),
    stop: async () => {},
  };
}
