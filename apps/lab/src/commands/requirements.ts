import { join } from "node:path";
import { Fault } from "@hopline/fault";
import { requireCommand, requireProgram } from "../host/required-command.js";

/** Commands that the lab calls, and the Debian package that each comes from. Faults ask for theirs when they come. */
const COMMANDS: Readonly<Record<string, string>> = {
  ip: "iproute2",
  bridge: "iproute2",
  "iptables-restore": "iptables",
  nsenter: "util-linux",
};
const PLUGINS = ["bridge", "host-local", "portmap"];

/** @throws Fault `LAB_NEEDS_LINUX`, `LAB_NEEDS_ROOT` or `LAB_TOOL_MISSING` */
export async function checkRequirements(pluginFolder: string): Promise<void> {
  if (process.platform !== "linux") {
    throw new Fault({
      code: "LAB_NEEDS_LINUX",
      message: `The lab is made of Linux network namespaces; this is ${process.platform}.`,
    });
  }
  if (process.getuid?.() !== 0) {
    throw new Fault({
      code: "LAB_NEEDS_ROOT",
      message: "The lab makes network namespaces, which needs root.",
      hint: "Run it as root, e.g. with sudo.",
    });
  }
  for (const [command, debianPackage] of Object.entries(COMMANDS)) {
    await requireCommand(command, debianPackage);
  }
  for (const plugin of PLUGINS) {
    await requireProgram(join(pluginFolder, plugin), "the CNI plugin", "containernetworking-plugins");
  }
}
