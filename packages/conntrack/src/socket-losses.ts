import { readdir, readFile, readlink } from "node:fs/promises";

/** Netlink families by number (linux/netlink.h): connection tracking speaks NETLINK_NETFILTER. */
const NETLINK_NETFILTER = "12";

/**
 * How many messages the kernel could not put into the netfilter sockets of process `pid`, summed, from
 * the `Drops` column of /proc/PID/net/netlink; 0 where the process has gone.
 */
export async function readSocketLosses(pid: number): Promise<number> {
  try {
    const inodes = await socketInodes(pid);
    const table = await readFile(`/proc/${pid}/net/netlink`, "utf8");
    let losses = 0;
    for (const line of table.split("\n").slice(1)) {
      const [, family, , , , , , , drops, inode] = line.trim().split(/\s+/);
      if (family === NETLINK_NETFILTER && inode !== undefined && inodes.has(inode)) losses += Number(drops);
    }
    return losses;
  } catch {
    return 0;
  }
}

async function socketInodes(pid: number): Promise<Set<string>> {
  const inodes = new Set<string>();
  for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}
