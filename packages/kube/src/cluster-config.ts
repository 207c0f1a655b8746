import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { describe, Fault, systemCode } from "@hopline/fault";
import { KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";
import { z } from "zod";

export interface ClusterSource {
  /** A kubeconfig's path, over everything else. */
  readonly kubeconfig?: string;
  /** A context's name, over the kubeconfig's current one. */
  readonly context?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a pod's service account is mounted. */
  readonly serviceAccountDir?: string;
}

const SERVICE_ACCOUNT_DIR = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Reads which cluster to talk to, and as whom: the given path, else KUBECONFIG, else the service account of the
 * pod that this runs in, else ~/.kube/config. Reads the files anew at each call, so that calling it again takes
 * up whatever was rotated.
 *
 * @throws Fault `KUBE_CONFIG_MISSING` or `KUBE_CONFIG_INVALID`, naming the file.
 */
export function readClusterConfig(source: ClusterSource): KubeConfig {
  const paths = kubeconfigPaths(source);
  if (paths === undefined) return inClusterConfig(source);
  const config = new KubeConfig();
  for (const path of paths) merge(config, readKubeconfig(path));
  if (source.context !== undefined) config.setCurrentContext(source.context);
  checkContext(config, paths.join(", "));
  return config;
}

/** undefined: this runs in a pod. */
function kubeconfigPaths(source: ClusterSource): readonly string[] | undefined {
  if (source.kubeconfig !== undefined) return [mustExist(source.kubeconfig, "given")];
  if (source.env.KUBECONFIG) {
    const paths = source.env.KUBECONFIG.split(delimiter).filter((path) => path !== "");
    // As kubectl does: of several, those that are not there are passed over.
    const present = paths.filter((path) => existsSync(path));
    return present.length > 0 ? present : [mustExist(paths[0] ?? source.env.KUBECONFIG, "in KUBECONFIG")];
  }
  if (source.env.KUBERNETES_SERVICE_HOST) return undefined;
  const fallback = join(source.env.HOME ?? homedir(), ".kube", "config");
  if (existsSync(fallback)) return [fallback];
  throw new Fault({
    code: "KUBE_CONFIG_MISSING",
    message: `No cluster is named: KUBECONFIG is not set, ${fallback} does not exist, and this is no pod of a cluster.`,
    hint: "Set KUBECONFIG, or give the path of a kubeconfig.",
  });
}

function mustExist(path: string, where: string): string {
  if (existsSync(path)) return path;
  throw new Fault({
    code: "KUBE_CONFIG_MISSING",
    message: `The kubeconfig ${where}, ${path}, does not exist.`,
    hint: "Check the path, or KUBECONFIG.",
  });
}

/** The one field that the library does not read: a file whose content is the bearer token. */
const tokenFilesSchema = z.looseObject({
  users: z
    .array(
      z.looseObject({
        name: z.string(),
        user: z.looseObject({ tokenFile: z.string().optional() }).nullish(),
      }),
    )
    .nullish(),
});

function readKubeconfig(path: string): KubeConfig {
  const config = new KubeConfig();
  try {
    const text = readFileSync(path, "utf8");
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(resolve(path)));
    for (const { name, user } of tokenFilesSchema.parse(parse(text)).users ?? []) {
      if (user?.tokenFile === undefined) continue;
      const tokenFile = resolve(dirname(resolve(path)), user.tokenFile);
      config.users = config.users.map((known) =>
        known.name === name
          ? { ...known, token: undefined, authProvider: { name: "tokenFile", config: { tokenFile } } }
          : known,
      );
    }
  } catch (thrown) {
    const reason = systemCode(thrown) === "EACCES" ? "it may not be read" : describe(thrown);
    throw invalid(`The kubeconfig ${path} is not one: ${reason}.`, thrown);
  }
  return config;
}

/** As kubectl merges: of two entries of one name, and of two current contexts, the first stands. */
function merge(config: KubeConfig, other: KubeConfig): void {
  const unknownTo = <Named extends { name: string }>(known: readonly Named[]) => {
    const names = new Set(known.map((one) => one.name));
    return (one: Named): boolean => !names.has(one.name);
  };
  config.clusters = [...config.clusters, ...other.clusters.filter(unknownTo(config.clusters))];
  config.users = [...config.users, ...other.users.filter(unknownTo(config.users))];
  config.contexts = [...config.contexts, ...other.contexts.filter(unknownTo(config.contexts))];
  if (!config.getCurrentContext() && other.getCurrentContext())
    config.setCurrentContext(other.getCurrentContext());
}

function checkContext(config: KubeConfig, where: string): void {
  const name = config.getCurrentContext();
  const names = config.contexts.map((context) => context.name).join(", ") || "none";
  if (!name) {
    const hint = `Set current-context, or name one of its contexts (${names}).`;
    throw invalid(`The kubeconfig ${where} has no current context.`, undefined, hint);
  }
  const context = config.getContextObject(name);
  if (context === null) {
    throw invalid(`The kubeconfig ${where} has no context "${name}".`, undefined, `Its contexts: ${names}.`);
  }
  const cluster = config.getCluster(context.cluster);
  if (cluster === null) throw invalid(`The kubeconfig ${where}: context "${name}" names no known cluster.`);
  if (context.user && config.getUser(context.user) === null) {
    throw invalid(
      `The kubeconfig ${where}: context "${name}" names user "${context.user}", who is not in it.`,
    );
  }
  if (!URL.canParse(cluster.server)) {
    throw invalid(
      `The kubeconfig ${where}: the server of cluster "${cluster.name}", "${cluster.server}", is no URL.`,
    );
  }
  allowPlainHttp(config);
}

/** The library refuses plain HTTP (kubectl proxy, a lab) unless certificates are not to be checked. */
function allowPlainHttp(config: KubeConfig): void {
  config.clusters = config.clusters.map((cluster) =>
    cluster.server.startsWith("http:") ? { ...cluster, skipTLSVerify: true } : cluster,
  );
}

function inClusterConfig(source: ClusterSource): KubeConfig {
  const dir = source.serviceAccountDir ?? SERVICE_ACCOUNT_DIR;
  const tokenFile = join(dir, "token");
  if (!existsSync(tokenFile)) {
    throw new Fault({
      code: "KUBE_CONFIG_MISSING",
      message: `This runs in a pod, but without a service account token: ${tokenFile} does not exist.`,
      hint: "Set automountServiceAccountToken to true, or give a kubeconfig.",
    });
  }
  const host = source.env.KUBERNETES_SERVICE_HOST ?? "";
  const port = source.env.KUBERNETES_SERVICE_PORT ?? "443";
  const server = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "in-cluster", server, caFile: join(dir, "ca.crt"), skipTLSVerify: false },
    { name: "in-cluster", authProvider: { name: "tokenFile", config: { tokenFile } } },
  );
  return config;
}

function invalid(message: string, cause?: unknown, hint?: string): Fault {
  return new Fault({ code: "KUBE_CONFIG_INVALID", message, hint, cause });
}
