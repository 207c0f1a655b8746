// `npm run fuzz -- [--seconds N] [--seed S] [--target NAME]...`: builds what is fuzzed, then test/fuzz/main.ts.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { asCommand, root, setUp } from "./setup.mjs";

/** In the order in which they need each other. capture without its native part, which no file needs. */
const PROJECTS = [
  ...["fault", "packet", "flow", "capture", "conntrack", "batch"].map((name) => `packages/${name}`),
  "test/fuzz",
];

await asCommand(async () => {
  if (!existsSync(join(root, "node_modules", "typescript"))) await setUp("test");
  for (const project of PROJECTS) {
    const status = node("node_modules/typescript/bin/tsc", ["-p", join(root, project, "tsconfig.json")]);
    if (status === 0) continue;
    console.error(`hopline fuzz: ${project} does not compile, see above.`);
    return 2;
  }
  return node("test/fuzz/dist/fuzz/main.js", process.argv.slice(2));
});

/** Runs a script of this checkout to its end, for which Ctrl-C is left to it. */
function node(script, args) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { stdio: "inherit" });
  return status ?? 1;
}
