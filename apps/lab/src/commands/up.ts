import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Outcome, readSettings } from "@hopline/process";
import { z } from "zod";
import { Lab } from "../lab.js";
import { stopWithParent } from "../lifecycle/parent-watch.js";
import { MAX_NODES } from "../network/address-plan.js";
import { readManifest } from "../objects/manifest.js";
import { DENIALS } from "../policy/policy-rules.js";
import { Progress } from "../progress.js";
import { parseDurationMs } from "../workload/duration.js";
import { labNameSchema, labNameSource } from "./lab-name.js";
import { checkRequirements } from "./requirements.js";

const SHOP_MANIFEST = new URL("../../manifests/shop.yaml", import.meta.url);

const schema = z.object({
  name: labNameSchema,
  nodes: z.coerce.number(`take a whole number from 1 to ${MAX_NODES}`).int().min(1).max(MAX_NODES).default(2),
  rate: z.coerce.number("take a number above 0, up to 1000").positive().max(1000).default(1),
  profile: z.enum(["flannel", "vxlan4789"], "take flannel or vxlan4789").default("flannel"),
  denyWith: z.enum(DENIALS, `take ${DENIALS.join(", ")}`).default("drop"),
  runDir: z.string().min(1).optional(),
  restartEvery: z
    .string()
    .transform((text, context) => {
      const ms = text === "0" ? 0 : parseDurationMs(text);
      if (ms === undefined) context.addIssue("take a duration like 45s or 2m, or 0 for never");
      return ms ?? 0;
    })
    .default(45_000),
  cniPlugins: z.string().default("/usr/lib/cni"),
  quiet: z.boolean().default(false),
  outliveParent: z.boolean().default(false),
});

/** `lab up`: brings a lab up, says so in one line of JSON on standard output, and keeps it until it is stopped. */
export async function up(argv: readonly string[], fail: (thrown: unknown) => void): Promise<Outcome> {
  const answer = readSettings({
    command: "hopline lab up",
    about: "a cluster in network namespaces, with workloads that talk to each other.",
    schema,
    sources: {
      name: labNameSource,
      nodes: { flag: "nodes", env: "HOPLINE_LAB_NODES", about: "number of nodes (2)" },
      rate: {
        flag: "rate",
        env: "HOPLINE_LAB_RATE",
        about: "how often workloads call, against the usual (1)",
      },
      profile: {
        flag: "profile",
        env: "HOPLINE_LAB_PROFILE",
        about: "flannel: VXLAN port 8472; vxlan4789: port 4789",
      },
      denyWith: {
        flag: "deny-with",
        env: "HOPLINE_LAB_DENY_WITH",
        about: `what becomes of what policies deny: ${DENIALS.join(", ")} (drop)`,
      },
      runDir: {
        flag: "run-dir",
        env: "HOPLINE_LAB_RUN_DIR",
        about: "folder for lab.json, ledger and control socket",
      },
      restartEvery: {
        flag: "restart-every",
        env: "HOPLINE_LAB_RESTART_EVERY",
        about: "how often a pod restarts and hands its address on; 0: never (45s)",
      },
      cniPlugins: {
        flag: "cni-plugins",
        env: "HOPLINE_LAB_CNI_PLUGINS",
        about: "folder with the CNI plugins (/usr/lib/cni)",
      },
      quiet: { flag: "quiet", boolean: true, about: "no progress on standard error" },
      outliveParent: {
        flag: "outlive-parent",
        boolean: true,
        about: "go on when the process that started it ends",
      },
    },
    argv,
    env: process.env,
  });
  if (answer.kind === "help") return { print: answer.text };
  const { settings } = answer;
  await checkRequirements(settings.cniPlugins);

  const lab = new Lab({
    name: settings.name,
    nodes: settings.nodes,
    rate: settings.rate,
    profile: settings.profile,
    denyWith: settings.denyWith,
    runFolder: settings.runDir === undefined ? undefined : resolve(settings.runDir),
    restartEveryMs: settings.restartEvery,
    pluginFolder: settings.cniPlugins,
    manifest: readManifest(await readFile(SHOP_MANIFEST, "utf8"), "shop.yaml"),
    progress: new Progress(settings.quiet ? () => {} : (line) => process.stderr.write(`${line}\n`), Date.now),
    onError: fail,
    random: Math.random,
    nowMs: Date.now,
  });
  if (!settings.outliveParent) stopWithParent();
  try {
    const description = await lab.start();
    process.stdout.write(`${JSON.stringify({ ready: true, ...description })}\n`);
  } catch (thrown) {
    await lab.stop();
    throw thrown;
  }
  return lab;
}
