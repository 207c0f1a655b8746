import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, Fault, systemCode } from "@hopline/fault";

/** Runs a program to its end and gives its standard output. */
export type CommandRunner = (command: string, args: readonly string[]) => Promise<string>;

/** Room for the routes of a node that carries a full routing table. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** @throws Fault `TOPOLOGY_COMMAND_MISSING`, `TOPOLOGY_COMMAND_FAILED` */
export const runCommand: CommandRunner = async (command, args) => {
  try {
    const { stdout } = await promisify(execFile)(command, [...args], { maxBuffer: MAX_OUTPUT_BYTES });
    return stdout;
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") {
      throw new Fault({
        code: "TOPOLOGY_COMMAND_MISSING",
        message: `The program "${command}" is not installed.`,
        hint: "Install iproute2: the node's interfaces are read by it.",
        cause: thrown,
      });
    }
    throw new Fault({
      code: "TOPOLOGY_COMMAND_FAILED",
      message: `${describe(thrown)}`,
      hint: "Run it by hand to see why.",
      cause: thrown,
    });
  }
};
