// `npm run demo`: set-up, then the demo of apps/cli.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { asCommand, root, setUp } from "./setup.mjs";

await asCommand(async () => {
  await setUp("demo");
  const child = spawn(
    process.execPath,
    [join(root, "apps/cli/bin/hopline.mjs"), "demo", ...process.argv.slice(2)],
    {
      stdio: "inherit",
    },
  );
  // The terminal sends Ctrl-C to the whole group; a SIGTERM comes to this process alone and is passed on.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) =>
      resolve(code ?? (signal === "SIGTERM" || signal === "SIGINT" ? 0 : 1)),
    );
  });
});
