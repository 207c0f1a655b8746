import { readdir, readlink, stat } from "node:fs/promises";
import { netnsPath, runCommand, tryCommand } from "./run-command.js";

const NETNS_FOLDER = "/run/netns";

/** Makes named network namespaces, many with one call. */
export async function createNamespaces(names: readonly string[]): Promise<void> {
  if (names.length > 0) await runIpBatch(names.map((name) => `netns add ${name}`));
}

/** Runs lines of `ip` as one batch, in a namespace or outside of any. The first line that fails ends it. */
export async function runIpBatch(lines: readonly string[], netns?: string): Promise<void> {
  const args = netns === undefined ? ["-batch", "-"] : ["-n", netns, "-batch", "-"];
  await runCommand({ command: "ip", args, input: `${lines.join("\n")}\n` });
}

/** Names of the namespaces that begin with a prefix. */
export async function listNamespaces(prefix: string): Promise<string[]> {
  const names = await readdir(NETNS_FOLDER).catch(() => []);
  return names.filter((name) => name.startsWith(prefix));
}

/** Ids of the processes that run in any of these namespaces. */
export async function processesIn(names: readonly string[]): Promise<number[]> {
  const wanted = new Set<string>();
  for (const name of names) {
    const found = await stat(netnsPath(name)).catch(() => undefined);
    if (found !== undefined) wanted.add(`net:[${found.ino}]`);
  }
  if (wanted.size === 0) return [];
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const links = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/ns/net`).catch(() => "")));
  return pids.filter((_, index) => wanted.has(links[index]!)).map(Number);
}

/**
 * Kills what runs in these namespaces and takes them away, with every interface and rule in them. What is gone
 * already is no error.
 */
export async function deleteNamespaces(names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  for (const pid of await processesIn(names)) {
    if (pid !== process.pid) kill(pid);
  }
  await tryCommand({
    command: "ip",
    args: ["-force", "-batch", "-"],
    input: names.map((name) => `netns del ${name}\n`).join(""),
  });
  await unmountEmptyFolder();
}

/** `ip netns add` makes its folder a mount point once; with the last namespace the mount goes too. */
async function unmountEmptyFolder(): Promise<void> {
  const left = await readdir(NETNS_FOLDER).catch(() => ["?"]);
  if (left.length === 0) await tryCommand({ command: "umount", args: [NETNS_FOLDER] });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
