import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Builds the UI and completes Next's standalone folder, which comes without static files:
 * afterwards `.next/standalone` runs on its own with `node apps/web/serve.mjs`.
 */
const app = fileURLToPath(new URL("..", import.meta.url));
const next = createRequire(import.meta.url).resolve("next/dist/bin/next");

const built = spawnSync(process.execPath, [next, "build"], {
  cwd: app,
  stdio: "inherit",
  env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
});
if (built.status !== 0) process.exit(built.status ?? 1);

const standalone = join(app, ".next/standalone/apps/web");
cpSync(join(app, ".next/static"), join(standalone, ".next/static"), { recursive: true });
cpSync(join(app, "bin/serve.mjs"), join(standalone, "serve.mjs"));
process.stdout.write(`web: ready to start with node ${join(dirname(import.meta.filename), "serve.mjs")}\n`);
