import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { Fault } from "@hopline/fault";
import { searchPath } from "./run-command.js";

/** @throws Fault `LAB_TOOL_MISSING` where a command is nowhere, with the Debian package that has it. */
export async function requireCommand(command: string, debianPackage: string): Promise<void> {
  const paths = searchPath()
    .split(delimiter)
    .map((folder) => join(folder, command));
  const found = await Promise.all(paths.map(isExecutable));
  if (!found.includes(true)) throw missing(`the command ${command}`, debianPackage);
}

/** @throws Fault `LAB_TOOL_MISSING` */
export async function requireProgram(path: string, what: string, debianPackage: string): Promise<void> {
  if (!(await isExecutable(path))) throw missing(`${what} ${path}`, debianPackage);
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
