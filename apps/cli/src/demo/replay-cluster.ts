import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "@hopline/fault";
import { z } from "zod";
import type { Cluster } from "./cluster.js";

/** Captures taken on both nodes of the lab, with the cluster's objects as YAML (scripts/record-captures.mjs). */
const CAPTURES = fileURLToPath(new URL("../../../../test/captures/shop", import.meta.url));
/** Time for the agents to start before the first recorded packet is due. */
const LEAD_MS = 3000;

const recordingSchema = z.object({ startedAtMs: z.number(), nodes: z.array(z.string()) });

/**
 * The recording, over and over. All agents of a round shift their packets' times by the same amount, so that the nodes
 * stay as they were to each other.
 *
 * @throws Fault `CAPTURES_MISSING`
 */
export function replayCluster(nowMs: () => number = Date.now): Cluster {
  const file = join(CAPTURES, "recording.json");
  if (!existsSync(file)) {
    throw new Fault({
      code: "CAPTURES_MISSING",
      message: `There are no captures to replay in ${CAPTURES}.`,
      hint: "Check out the repository again.",
    });
  }
  const { startedAtMs, nodes } = recordingSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return {
    collectorArgs: ["--kube-dump", join(CAPTURES, "cluster.yaml")],
    repeats: true,
    round: () => {
      const shiftSeconds = Math.round((nowMs() + LEAD_MS - startedAtMs) / 1000);
      return nodes.map((node) => ({
        node,
        args: [
          ...(existsSync(join(CAPTURES, `${node}.nflog.pcapng`))
            ? ["--nflog-file", join(CAPTURES, `${node}.nflog.pcapng`)]
            : []),
          ...["--capture", "pcap", "--file", join(CAPTURES, `${node}.pcapng.gz`)],
          ...["--node-description", join(CAPTURES, `${node}.description.json`)],
          ...["--conntrack-log", join(CAPTURES, `${node}.conntrack.jsonl`)],
          `--replay-shift=${shiftSeconds}`,
        ],
      }));
    },
    stop: async () => {},
  };
}
