import { createInterface } from "node:readline";
import { Fault } from "@hopline/fault";
import { z } from "zod";
import { AppProcess } from "./app-process.js";
import type { Cluster, ProcessDefaults } from "./cluster.js";

export interface LabOptions {
  readonly name: string;
  readonly nodes: number;
  readonly rate: number;
  readonly runDir: string;
}

/** A demonstration shows every hop; a cluster's agents leave bridges and tunnels out unless told. */
const ALL_ROLES = "pod,bridge,tunnel,uplink";

/** The line that `hopline lab up` prints when everything runs. */
const readySchema = z.object({
  ready: z.literal(true),
  kubeconfig: z.string(),
  nodes: z.array(z.object({ name: z.string(), netns: z.string() })),
});

/** Starts the lab and waits until all of it runs. */
export async function startLabCluster(options: LabOptions, defaults: ProcessDefaults): Promise<Cluster> {
  let failed: (fault: Fault) => void = defaults.onLost;
  const lab = new AppProcess({
    ...defaults,
    app: "lab",
    label: "lab",
    args: [
      "up",
      "--name",
      options.name,
      "--nodes",
      String(options.nodes),
      "--rate",
      String(options.rate),
      "--run-dir",
      options.runDir,
    ],
    onLost: (fault) => failed(fault),
  });
  const ready = await new Promise<z.output<typeof readySchema>>((resolve, reject) => {
    failed = reject;
    createInterface({ input: lab.stdout }).once("line", (line) => {
      const parsed = readySchema.safeParse(JSON.parse(line));
      if (parsed.success) resolve(parsed.data);
      else
        reject(
          new Fault({
            code: "LAB_MISMATCH",
            message: `The lab said something else than that it is ready: ${line}.`,
          }),
        );
    });
  });
  failed = defaults.onLost;
  return {
    collectorArgs: ["--kubeconfig", ready.kubeconfig],
    round: () => ready.nodes.map(({ name, netns }) => ({ node: name, netns, args: ["--roles", ALL_ROLES] })),
    repeats: false,
    stop: () => lab.stop(),
  };
}
