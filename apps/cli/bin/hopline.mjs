#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/main.js", import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error(
    "hopline: this checkout is not built yet: run `npm run demo`, or `npm ci` and `npm run build`.",
  );
  process.exitCode = 1;
}
