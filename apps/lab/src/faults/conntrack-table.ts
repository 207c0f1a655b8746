import { Fault } from "@hopline/fault";
import { requireCommand } from "../host/required-command.js";
import { runCommand, tryCommand } from "../host/run-command.js";
import type { FaultSettings } from "./fault-request.js";
import { type FaultSites, invalid } from "./fault-sites.js";
import type { PlannedFault } from "./planned-fault.js";

/** Whether an entry that is made now tells of itself. */
const EVENTS = "nf_conntrack_events";
const SETTINGS = "/proc/sys/net/netfilter";
/** Tells the fault's entries from others'. */
const MARK = 0x686f70;
/** A third of a gigabyte in the kernel. */
const MAX_ENTRIES = 1_048_576;
const LIFETIME_S = 86_400;
/** A table that is nearly full loses these at once, to whoever comes next. */
const SHORT_LIVED = ["SYN_SENT", "SYN_RECV", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE"];
/** `conntrack` reads all of its input before it begins, and takes 1.6 kB for each. */
const AT_ONCE = 32_768;
const ENTRIES_PER_PORT = 65_536;

/**
 * A node whose connection tracking has no place left: what belongs to no connection that it knows is dropped. The
 * limit (nf_conntrack_max) is the machine's, and cannot be set in a node's namespace; so the table is filled up to it,
 * with entries between addresses of benchmarks (198.18.0.0/15, RFC 2544). What would soon free its place again (TCP
 * connections that begin or end, UDP, ICMP) is forgotten first; TCP connections that stand go on, and free theirs when
 * they end. Whoever follows the node's connections is not told of a quarter of a million that are none.
 */
export function planConntrackTable(
  sites: FaultSites,
  settings: FaultSettings<"conntrack-full">,
): PlannedFault {
  const node = sites.node(settings.node);
  const netns = sites.names.node(node.name);
  const setting = async (name: string): Promise<number> =>
    Number(await runCommand({ command: "cat", args: [`${SETTINGS}/${name}`], netns }));
  const places = async (): Promise<number> =>
    (await setting("nf_conntrack_max")) - (await setting("nf_conntrack_count"));
  /** It prints what it deletes, which may be much, and fails where there is nothing. */
  const forget = (...filter: readonly string[]) =>
    tryCommand({
      command: "sh",
      args: ["-c", 'exec conntrack -D "$@" > /dev/null', "sh", ...filter],
      netns,
    });
  const setEvents = (mode: number) =>
    runCommand({ command: "sysctl", args: ["-q", "-w", `net.netfilter.${EVENTS}=${mode}`], netns });
  const fill = async (): Promise<void> => {
    for (let made = 0, free = await places(); free > 0; free = await places()) {
      const count = Math.min(free, AT_ONCE);
      // `conntrack` opens its input by name, which works for a pipe only.
      const args = ["-c", "cat | conntrack -R -"];
      const answer = await tryCommand({ command: "sh", args, netns, input: entries(made, count) });
      made += count;
      // Newcomers may have been faster in taking the last places: that is the aim.
      if (answer.exitCode !== 0 && (await places()) > 0) throw notFilled(node.name, answer.stderr);
    }
  };
  return {
    about: `the conntrack table of ${node.name} is full`,
    places: [`the conntrack table of ${node.name}`],
    async inject() {
      await requireCommand("conntrack", "conntrack");
      const limit = await setting("nf_conntrack_max");
      // 0 stands for no limit.
      if (limit === 0 || limit > MAX_ENTRIES) {
        throw invalid(
          `A conntrack table of ${limit === 0 ? "unlimited" : limit} entries is too large to be filled`,
          `Set nf_conntrack_max of this machine to ${MAX_ENTRIES} or less.`,
        );
      }
      await forget("-p", "udp");
      await forget("-p", "icmp");
      for (const state of SHORT_LIVED) await forget("-p", "tcp", "--state", state);
      const events = await setting(EVENTS);
      await setEvents(0);
      try {
        await fill();
      } finally {
        await setEvents(events);
      }
    },
    async heal() {
      await forget("-m", `${MARK}`);
    },
    async read() {
      const [count, limit] = [await setting("nf_conntrack_count"), await setting("nf_conntrack_max")];
      return { type: "table", entries: count, limit };
    },
  };
}

function notFilled(node: string, said: string): Fault {
  return new Fault({
    code: "LAB_COMMAND_FAILED",
    message: `The conntrack table of ${node} cannot be filled: ${said.trim().split("\n")[0]}.`,
  });
}

/** Lines for `conntrack -R`: assured, so that the kernel does not drop them early for newcomers. */
function entries(first: number, count: number): string {
  const rest = `--dport 9 --timeout ${LIFETIME_S} --status ASSURED,SEEN_REPLY -m ${MARK}\n`;
  const lines = Array.from({ length: count }, (_, index) => {
    const ordinal = first + index;
    const source = `198.18.${(ordinal >> 8) & 255}.${ordinal & 255}`;
    return `-I -p udp -s ${source} -d 198.19.0.1 --sport ${9 + Math.floor(ordinal / ENTRIES_PER_PORT)} ${rest}`;
  });
  return lines.join("");
}
