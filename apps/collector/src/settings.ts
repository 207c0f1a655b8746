import { resolve } from "node:path";
import {
  dataDirSchema,
  logFormatSchema,
  logLevelSchema,
  readSettings,
  type SettingsAnswer,
} from "@hopline/process";
import { z } from "zod";
import { receiverAddressSchema } from "./alerts/delivery/receiver-address.js";
import { listenAddressSchema } from "./http/listen-address.js";

export const DEFAULT_LISTEN = "127.0.0.1:4401";
export const DEFAULT_DATA_DIR = ".hopline/data";

const path = z
  .string()
  .min(1, "it should be a path")
  .transform((text) => resolve(text));

/** `0` to a minute, in whole milliseconds. */
const milliseconds = z.coerce
  .number("it should be a number of milliseconds")
  .int("it should be a whole number of milliseconds")
  .min(0, "it should not be negative")
  .max(60_000, "it should be at most 60000");

const settingsSchema = z.object({
  listen: z
    .array(listenAddressSchema)
    .min(1)
    .default(() => [listenAddressSchema.parse(DEFAULT_LISTEN)]),
  dataDir: dataDirSchema.default(() => resolve(DEFAULT_DATA_DIR)),
  clickhouseUrl: z.url({ protocol: /^https?$/, error: "it should be an http or https URL" }).optional(),
  clickhouseUser: z.string().min(1, "it should be a user name").optional(),
  clickhousePassword: z.string().optional(),
  clickhousePasswordFile: path.optional(),
  clickhouseDatabase: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, "it should be a name of letters, digits and underscores")
    .optional(),
  kube: z.boolean().default(true),
  kubeconfig: z.string().min(1, "it should be a path").optional(),
  kubeDump: z.array(path).min(1).optional(),
  agentToken: z.string().min(8, "it should have at least 8 characters").optional(),
  agentTokenFile: path.optional(),
  readToken: z.string().min(8, "it should have at least 8 characters").optional(),
  readTokenFile: path.optional(),
  trustedUserHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/, "it should be a header's name, such as X-Forwarded-User")
    .transform((name) => name.toLowerCase())
    .optional(),
  nameWaitMs: milliseconds.default(3000),
  policySettleMs: milliseconds.default(2000),
  keepEverything: z.boolean().default(false),
  storeMib: z.coerce
    .number("it should be a number of MiB")
    .positive("it should be more than 0")
    .transform((mib) => mib * 2 ** 20)
    .optional(),
  minFreePercent: z.coerce
    .number("it should be a number from 0 to 90")
    .min(0, "it should not be negative")
    .max(90, "it should be at most 90")
    .default(5),
  alerts: z.boolean().optional(),
  alertRules: path.optional(),
  alertmanagers: z.array(receiverAddressSchema).default([]),
  alertWebhooks: z.array(receiverAddressSchema).default([]),
  externalUrl: z
    .url({ protocol: /^https?$/, error: "it should be an http or https URL" })
    .transform((url) => url.replace(/\/$/, ""))
    .optional(),
  logLevel: logLevelSchema,
  logFormat: logFormatSchema,
});

export type CollectorSettings = z.output<typeof settingsSchema>;

/** @throws Fault `SETTINGS_INVALID` */
export function readCollectorSettings(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): SettingsAnswer<typeof settingsSchema> {
  return readSettings({
    command: "hopline collector",
    about: "takes batches from agents, names both ends of every connection, stores them, serves the API",
    schema: settingsSchema,
    argv,
    env,
    sources: {
      listen: {
        flag: "listen",
        env: "HOPLINE_LISTEN",
        multiple: true,
        about: `HOST:PORT or unix:/path, may be repeated; default ${DEFAULT_LISTEN}`,
      },
      dataDir: {
        flag: "data-dir",
        env: "HOPLINE_DATA_DIR",
        about: `folder of the embedded store; default ./${DEFAULT_DATA_DIR}`,
      },
      clickhouseUrl: {
        flag: "clickhouse-url",
        env: "CLICKHOUSE_URL",
        about: "a ClickHouse server instead of the embedded store",
      },
      clickhouseUser: {
        flag: "clickhouse-user",
        env: "CLICKHOUSE_USER",
        about: "user on that server",
      },
      clickhousePassword: {
        flag: "clickhouse-password",
        env: "CLICKHOUSE_PASSWORD",
        about: "its password; better from a file",
      },
      clickhousePasswordFile: {
        flag: "clickhouse-password-file",
        env: "CLICKHOUSE_PASSWORD_FILE",
        about: "file that holds the password",
      },
      clickhouseDatabase: {
        flag: "clickhouse-database",
        env: "CLICKHOUSE_DATABASE",
        about: "database on that server",
      },
      kube: { flag: "kube", boolean: true, about: "watch the cluster; --no-kube names nothing" },
      kubeconfig: {
        flag: "kubeconfig",
        about: "how to reach the cluster; else KUBECONFIG, in a pod its service account, or ~/.kube/config",
      },
      kubeDump: {
        flag: "kube-dump",
        env: "HOPLINE_KUBE_DUMP",
        multiple: true,
        about: "YAML file of the cluster's objects instead of its API, may be repeated",
      },
      agentToken: {
        flag: "agent-token",
        env: "HOPLINE_AGENT_TOKEN",
        about: "what agents must send; without one only this machine may send batches",
      },
      agentTokenFile: {
        flag: "agent-token-file",
        env: "HOPLINE_AGENT_TOKEN_FILE",
        about: "file that holds the agents' token; read again when it changes",
      },
      readToken: {
        flag: "read-token",
        env: "HOPLINE_READ_TOKEN",
        about: "what readers of the API must send; without one all may read",
      },
      readTokenFile: {
        flag: "read-token-file",
        env: "HOPLINE_READ_TOKEN_FILE",
        about: "file that holds the readers' token; read again when it changes",
      },
      trustedUserHeader: {
        flag: "trusted-user-header",
        env: "HOPLINE_TRUSTED_USER_HEADER",
        about:
          "header in which a proxy names the user, for the audit log; set it only where nobody else reaches the API",
      },
      nameWaitMs: {
        flag: "name-wait",
        env: "HOPLINE_NAME_WAIT",
        about: "how long rows wait for a name that the watch has not told yet, milliseconds; default 3000",
      },
      policySettleMs: {
        flag: "policy-settle",
        env: "HOPLINE_POLICY_SETTLE",
        about:
          "how long after a change of policy nodes may still act by the old one, milliseconds; connections in between are undetermined where the two differ; default 2000",
      },
      keepEverything: {
        flag: "keep-everything",
        env: "HOPLINE_KEEP_EVERYTHING",
        boolean: true,
        about: "rows never expire: for captures replayed from files, which are as old as the capture",
      },
      storeMib: {
        flag: "store-mib",
        env: "HOPLINE_STORE_MIB",
        about: "what all tables may take, MiB; beyond it the oldest rows are dropped; default: no limit",
      },
      minFreePercent: {
        flag: "min-free",
        env: "HOPLINE_MIN_FREE",
        about:
          "percent of the store's disk to keep free, 20 GiB at most, by dropping the oldest rows; 0: never; default 5",
      },
      alerts: {
        flag: "alerts",
        env: "HOPLINE_ALERTS",
        boolean: true,
        about: "raise alerts; --no-alerts raises none; default: on, but off with --keep-everything",
      },
      alertRules: {
        flag: "alert-rules",
        env: "HOPLINE_ALERT_RULES",
        about: "YAML file that changes rules or switches them off; default: the rules that ship",
      },
      alertmanagers: {
        flag: "alertmanager",
        env: "HOPLINE_ALERTMANAGERS",
        multiple: true,
        about: "URL of a Prometheus Alertmanager that is told of alerts, may be repeated",
      },
      alertWebhooks: {
        flag: "alert-webhook",
        env: "HOPLINE_ALERT_WEBHOOKS",
        multiple: true,
        about: "URL that is sent alerts as JSON, may be repeated",
      },
      externalUrl: {
        flag: "external-url",
        env: "HOPLINE_EXTERNAL_URL",
        about: "where people reach the UI: what links in alerts begin with",
      },
      logLevel: { flag: "log-level", env: "HOPLINE_LOG_LEVEL", about: "debug, info, warn, error or silent" },
      logFormat: { flag: "log-format", env: "HOPLINE_LOG_FORMAT", about: "auto, json or text" },
    },
  });
}
