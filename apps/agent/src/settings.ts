import { hostname } from "node:os";
import { Fault } from "@hopline/fault";
import { LARGEST_CAPACITY } from "@hopline/flow";
import { dataDirSchema, logFormatSchema, logLevelSchema, type SettingSource } from "@hopline/process";
import { ROLES, type Role } from "@hopline/topology";
import { z } from "zod";

const MEBIBYTE = 1024 * 1024;

const wholeNumber = (least: number, most: number) =>
  z.coerce
    .number({ error: "it takes a number" })
    .int("it takes a whole number")
    .min(least, `it takes at least ${least}`)
    .max(most, `it takes at most ${most}`);

/** `HOST:PORT`, `[::1]:PORT` */
const listenAddress = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/, "it takes HOST:PORT")
  .transform((text) => {
    const colon = text.lastIndexOf(":");
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
  })
  .refine(({ port }) => port <= 65_535, "it takes a port up to 65535");

const roles = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim()))
  .pipe(z.array(z.enum(ROLES, { error: `it takes some of ${ROLES.join(", ")}, separated by commas` })).min(1))
  .transform((list) => new Set(list));

/** `100,1,2`, or `none` */
const nflogGroups = z
  .string()
  .transform((text) => (text.trim() === "none" ? [] : text.split(",").map((part) => part.trim())))
  .pipe(
    z.array(
      z
        .string()
        .regex(/^\d{1,5}$/, "it takes none, or numbers from 0 to 65535 separated by commas")
        .transform(Number)
        .refine((group) => group <= 65_535, "it takes none, or numbers from 0 to 65535 separated by commas"),
    ),
  )
  .transform((groups) => [...new Set(groups)]);

export const settingsSchema = z.object({
  node: z.string().min(1).max(253).default(hostname()),
  nodeAddresses: z.array(z.union([z.ipv4(), z.ipv6()], "it takes IP addresses")).default([]),
  collector: z
    .string({
      error: "say where the collector is: http://HOST:PORT, https://HOST:PORT or unix:/path/to/socket",
    })
    .min(1),
  token: z.string().min(1).optional(),
  tokenFile: z.string().min(1).optional(),
  capture: z.enum(["ring", "cap", "pcap"], { error: "it takes ring, cap or pcap" }).default("ring"),
  file: z.string().min(1).optional(),
  nodeDescription: z.string().min(1).optional(),
  conntrackLog: z.string().min(1).optional(),
  nflogFile: z.string().min(1).optional(),
  replayShift: z
    .union(
      [
        z.literal("now"),
        z.literal("none").transform(() => 0),
        z.coerce.number().refine((seconds) => Number.isFinite(seconds)),
      ],
      { error: "it takes now, none or a number of seconds" },
    )
    .default("now"),
  replayPace: z.enum(["real", "fast"], { error: "it takes real or fast" }).default("real"),
  record: z.string().min(1).optional(),
  roles: roles.optional(),
  nflogGroups: nflogGroups.default([100]),
  kernelDrops: z.boolean().default(false),
  dataDir: dataDirSchema.default("/var/lib/hopline"),
  spoolMib: wholeNumber(1, 1024 * 1024)
    .default(1024)
    .transform((size) => size * MEBIBYTE),
  ringMib: wholeNumber(1, 1024)
    .default(32)
    .transform((size) => size * MEBIBYTE),
  ringBlockKib: wholeNumber(64, 65_536)
    .refine((size) => (size & (size - 1)) === 0, "it takes a power of two")
    .default(512)
    .transform((size) => size * 1024),
  snapLength: wholeNumber(64, 65_535).default(192),
  cpuBudget: wholeNumber(1, 100).default(50),
  flowTable: wholeNumber(1024, LARGEST_CAPACITY).default(262_144),
  clockOffset: z.coerce
    .number({ error: "it takes a number of seconds" })
    .min(-3600, "it takes at least -3600")
    .max(3600, "it takes at most 3600")
    .default(0),
  metricsAddress: listenAddress.optional(),
  logLevel: logLevelSchema,
  logFormat: logFormatSchema,
});

export type AgentSettings = z.output<typeof settingsSchema>;

/**
 * Live, each packet once for each role that says where it was lost: bridges and tunnels would add the same packets twice or
 * thrice. Of a file everything was captured already.
 */
const DEFAULT_ROLES: ReadonlySet<Role> = new Set(["pod", "uplink"]);
const DEFAULT_FILE_ROLES: ReadonlySet<Role> = new Set(["pod", "bridge", "tunnel", "uplink"]);

/** The roles whose interfaces are captured. */
export function capturedRoles({ roles, capture }: AgentSettings): ReadonlySet<Role> {
  return roles ?? (capture === "pcap" ? DEFAULT_FILE_ROLES : DEFAULT_ROLES);
}

/** @throws Fault `SETTINGS_INVALID` where settings do not fit each other */
export function checkTogether(settings: AgentSettings): void {
  const wrong = (message: string) =>
    new Fault({ code: "SETTINGS_INVALID", message, hint: "See hopline agent --help." });
  if (settings.capture === "pcap") {
    if (settings.file === undefined) throw wrong("--capture pcap needs --file FILE.");
    if (settings.record !== undefined) throw wrong("--record is for live captures; this is --capture pcap.");
    return;
  }
  for (const [flag, value] of [
    ["--file", settings.file],
    ["--node-description", settings.nodeDescription],
    ["--conntrack-log", settings.conntrackLog],
    ["--nflog-file", settings.nflogFile],
  ]) {
    if (value !== undefined)
      throw wrong(`${flag} is for --capture pcap; this is --capture ${settings.capture}.`);
  }
}

export const settingSources: Readonly<Record<keyof z.input<typeof settingsSchema>, SettingSource>> = {
  node: {
    flag: "node",
    env: "HOPLINE_NODE",
    about: "this node's name in the cluster; default: the host's name",
  },
  nodeAddresses: {
    flag: "node-address",
    env: "HOPLINE_NODE_ADDRESS",
    multiple: true,
    about: "an address of this node; what carries it is an uplink; may be repeated",
  },
  collector: {
    flag: "collector",
    env: "HOPLINE_COLLECTOR",
    about: "http://, https:// or unix:/path of the collector",
  },
  token: { flag: "token", env: "HOPLINE_TOKEN", about: "the collector's agent token" },
  tokenFile: {
    flag: "token-file",
    env: "HOPLINE_TOKEN_FILE",
    about: "file with the token; read again when it changes",
  },
  capture: { flag: "capture", env: "HOPLINE_CAPTURE", about: "ring, cap or pcap; default ring" },
  file: {
    flag: "file",
    about: "with --capture pcap: a pcap or pcapng file, also compressed with gzip or zstd",
  },
  nodeDescription: { flag: "node-description", about: "file that describes the node instead of the kernel" },
  conntrackLog: { flag: "conntrack-log", about: "file with translations instead of the kernel's" },
  nflogFile: {
    flag: "nflog-file",
    about: "pcap or pcapng file with what firewall rules logged (--record, or tcpdump -i nflog:GROUP)",
  },
  replayShift: { flag: "replay-shift", about: "now, none, or seconds added to a file's times; default now" },
  replayPace: { flag: "replay-pace", about: "real or fast; default real" },
  record: {
    flag: "record",
    about:
      "folder to write NODE.pcapng, NODE.description.json, NODE.conntrack.jsonl and NODE.nflog.pcapng to, for replays",
  },
  roles: {
    flag: "roles",
    env: "HOPLINE_ROLES",
    about: "roles to capture, of pod, bridge, tunnel, uplink; default pod,uplink, of a file all four",
  },
  nflogGroups: {
    flag: "nflog-groups",
    env: "HOPLINE_NFLOG_GROUPS",
    about:
      "netfilter log groups in which rules log what they drop, separated by commas, or none; a group has one reader; default 100",
  },
  kernelDrops: {
    flag: "kernel-drops",
    env: "HOPLINE_KERNEL_DROPS",
    boolean: true,
    about:
      "count what the machine's kernel drops by reason (tracepoint skb:kfree_skb); takes root and tracefs",
  },
  dataDir: {
    flag: "data-dir",
    env: "HOPLINE_DATA_DIR",
    about: "where batches wait; default /var/lib/hopline",
  },
  spoolMib: {
    flag: "spool-mib",
    env: "HOPLINE_SPOOL_MIB",
    about: "the most that batches take there, MiB; default 1024",
  },
  ringMib: { flag: "ring-mib", env: "HOPLINE_RING_MIB", about: "packet ring, MiB; default 32" },
  ringBlockKib: {
    flag: "ring-block-kib",
    about: "block of the packet ring, KiB, a power of two; default 512",
  },
  snapLength: {
    flag: "snap-length",
    env: "HOPLINE_SNAP_LENGTH",
    about: "bytes kept of each frame; default 192",
  },
  cpuBudget: {
    flag: "cpu-budget",
    env: "HOPLINE_CPU_BUDGET",
    about: "percent of one core for the capture thread; beyond it connections are sampled; default 50",
  },
  flowTable: {
    flag: "flow-table",
    env: "HOPLINE_FLOW_TABLE",
    about: "connections x interfaces held, up to 2097152; default 262144",
  },
  clockOffset: {
    flag: "clock-offset",
    about: "for tests: seconds by which this node's clock is wrong, added to the times of live captures",
  },
  metricsAddress: {
    flag: "metrics-address",
    env: "HOPLINE_METRICS_ADDRESS",
    about: "HOST:PORT for /metrics and /healthz",
  },
  logLevel: {
    flag: "log-level",
    env: "HOPLINE_LOG_LEVEL",
    about: "debug, info, warn, error or silent; default info",
  },
  logFormat: { flag: "log-format", env: "HOPLINE_LOG_FORMAT", about: "auto, json or text; default auto" },
};
