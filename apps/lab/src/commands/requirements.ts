import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { Fault } from "@hopline/fault";
import { searchPath } from "../host/run-command.js";

/** Commands that the lab calls, and the Debian package that each comes from. */
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
  const folders = searchPath().split(delimiter);
  for (const [command, debianPackage] of Object.entries(COMMANDS)) {
    const found = await Promise.all(folders.map((folder) => isExecutable(join(folder, command))));
    if (!found.includes(true)) throw missing(`the command ${command}`, debianPackage);
  }
  for (const plugin of PLUGINS) {
    const path = join(pluginFolder, plugin);
    if (!(await isExecutable(path))) throw missing(`the CNI plugin ${path}`, "containernetworking-plugins");
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function missing(what: string, debianPackage: string): Fault {
  return new Fault({
    code: "LAB_TOOL_MISSING",
    message: `The lab needs ${what}, which is not there.`,
    hint: `On Debian: apt-get install ${debianPackage}.`,
  });
}
