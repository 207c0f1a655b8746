#!/usr/bin/env node
import { existsSync } from "node:fs";
import { createServer, Socket } from "node:net";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * Starts the built UI. Takes PORT (4400), HOSTNAME (127.0.0.1) and what src/collector/collector-settings.ts names.
 * Wrong settings, a taken port and a missing build end with one sentence and exit code 1.
 *
 * Depends on nothing but Node, because it also stands alone in the container image, beside server.js.
 */

/**
 * @param {string} sentence
 * @returns {never}
 */
function fail(sentence) {
  process.stderr.write(`hopline web: ${sentence}\n`);
  process.exit(1);
}

const HELP = `hopline web: the web UI; it is set by environment variables

  PORT                    where it listens; default 4400
  HOSTNAME                on which address; default 127.0.0.1
  HOPLINE_COLLECTOR_URL   the collector that it asks; default http://127.0.0.1:4401
  HOPLINE_READ_TOKEN      what that collector wants of readers
`;

/** It takes no arguments, and says so rather than start by another port than was meant. */
function readArguments() {
  const [first] = process.argv.slice(2);
  if (first === undefined) return;
  if (first === "--help" || first === "-h") {
    process.stdout.write(HELP);
    process.exit(0);
  }
  process.stderr.write(
    `hopline web: It takes no argument ${JSON.stringify(first)}. See hopline web --help.\n`,
  );
  process.exit(2);
}

/** The server that Next built: beside this file in an image, under .next in a checkout. */
function findServer() {
  const beside = fileURLToPath(new URL("./server.js", import.meta.url));
  if (existsSync(beside)) return beside;
  const built = fileURLToPath(new URL("../.next/standalone/apps/web/server.js", import.meta.url));
  if (existsSync(built)) return built;
  return fail("it has not been built yet. Run npm run build first.");
}

function readPort() {
  const text = process.env.PORT || "4400";
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    fail(`PORT is ${JSON.stringify(text)}: it takes a number from 1 to 65535.`);
  return port;
}

/** Only so that a mistake is told at the start; the proxy reads the same variable. */
function checkCollectorUrl() {
  const text = process.env.HOPLINE_COLLECTOR_URL;
  if (text === undefined || text === "") return;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    fail(
      `HOPLINE_COLLECTOR_URL is ${JSON.stringify(text)}: it takes a URL such as http://127.0.0.1:4401 or https://collector:4401.`,
    );
}

/** @param {NodeJS.ErrnoException} error @param {number} port @param {string} host */
function whyNotListening(error, port, host) {
  switch (error.code) {
    case "EADDRINUSE":
      return `port ${port} on ${host} is taken. Stop what listens there, or choose another with PORT.`;
    case "EACCES":
      return `port ${port} on ${host} may not be opened by this user. Choose one above 1023 with PORT.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `HOSTNAME is ${JSON.stringify(host)}: this machine has no such address. 127.0.0.1 and 0.0.0.0 always work.`;
    default:
      return `cannot listen on ${host}:${port}: ${error.message}.`;
  }
}

readArguments();
const server = findServer();
const port = readPort();
const host = process.env.HOSTNAME || "127.0.0.1";
checkCollectorUrl();

// Next prints a stack for a taken port; ask the kernel first.
await new Promise((resolve) => {
  const probe = createServer();
  probe.once("error", (error) => fail(whyNotListening(error, port, host)));
  probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
});

process.env.PORT = String(port);
process.env.HOSTNAME = host;
process.env.NEXT_TELEMETRY_DISABLED = "1";

// Next would wait for every open connection to end, and a live stream never does. All answers but streams are short:
// those under way get a moment.
process.env.NEXT_MANUAL_SIG_HANDLE = "1";
for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => setTimeout(() => process.exit(0), 300));

await import(pathToFileURL(server).href);

/**
 * As packages/process' lifeline: a pipe whose other end is held by whoever started this; it closes when that is gone,
 * however it went.
 */
const lifeline = Number(process.env.HOPLINE_LIFELINE_FD ?? "");
if (lifeline >= 3) {
  const socket = new Socket({ fd: lifeline, readable: true, writable: false });
  socket.on("close", () => process.exit(0));
  socket.unref().resume();
}
