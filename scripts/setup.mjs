// Makes a checkout ready: system packages, node modules, native and web build. Plain JavaScript without
// dependencies, because it runs before any are installed. A second run finds everything done.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stateDir = join(root, ".hopline");
const MINIMUM_NODE = [20, 19];

/** What a Debian package gives us, and how to see that it is there: a command on the PATH or a file. */
const SYSTEM_PACKAGES = [
  { name: "make", command: "make", purpose: "native build" },
  { name: "g++", command: "g++", purpose: "native build" },
  { name: "python3", command: "python3", purpose: "native build (node-gyp)" },
  { name: "libpcap-dev", file: "/usr/include/pcap/pcap.h", purpose: "capture through libpcap" },
  { name: "iproute2", command: "ip", purpose: "links, routes, namespaces" },
  { name: "iptables", command: "iptables", purpose: "the lab's Services and policies" },
  { name: "nftables", command: "nft", purpose: "faults that the lab injects" },
  { name: "conntrack", command: "conntrack", purpose: "translations" },
  { name: "containernetworking-plugins", file: "/usr/lib/cni/bridge", purpose: "the lab's CNI" },
  { name: "chromium", command: "chromium", purpose: "browser tests", only: "test" },
  { name: "tcpdump", command: "tcpdump", purpose: "the lab against a capture in tests", only: "test" },
  { name: "tshark", command: "tshark", purpose: "a second opinion on captures in tests", only: "test" },
  {
    name: "prometheus-alertmanager",
    command: "prometheus-alertmanager",
    purpose: "alerts are delivered to a real one in tests",
    only: "test",
  },
  { name: "openssl", command: "openssl", purpose: "certificates in tests", only: "test" },
  {
    name: "kubernetes-client",
    command: "kubectl",
    purpose: "kubectl against the lab, rendering deploy/",
    only: "test",
  },
];

/** A failure that is the user's to mend: printed as one sentence, without a stack. */
class SetupError extends Error {}

/**
 * @param {"demo" | "test"} purpose tests need a few packages more
 * @returns {Promise<void>}
 */
export async function setUp(purpose) {
  checkNode();
  mkdirSync(stateDir, { recursive: true });
  await installSystemPackages(purpose);
  await installModules();
  await step("build", () =>
    logged("build", "npx", ["--no-install", "turbo", "run", "build", "--output-logs=errors-only"]),
  );
}

/** Runs `main`, and turns what it throws into one sentence and an exit code. */
export async function asCommand(main) {
  try {
    process.exitCode = await main();
  } catch (thrown) {
    if (!(thrown instanceof SetupError)) throw thrown;
    console.error(`hopline: ${thrown.message}`);
    process.exitCode = 1;
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old: install Node ${MINIMUM_NODE.join(".")} or later.`,
  );
}

async function installSystemPackages(purpose) {
  const missing = SYSTEM_PACKAGES.filter((entry) => (entry.only ?? purpose) === purpose && !isThere(entry));
  if (missing.length === 0) return;
  const names = missing.map((entry) => entry.name);
  const list = missing.map((entry) => `${entry.name} (${entry.purpose})`).join(", ");
  if (process.platform !== "linux" || process.getuid() !== 0 || !existsSync("/usr/bin/apt-get")) {
    say(`not installed here: ${list}. As root on Debian they would be installed now; going on without.`);
    return;
  }
  say(`will install ${names.length} Debian packages: ${list}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await step("apt-get update", () => logged("apt-update", "apt-get", ["update", "-q"], env));
  await step(`apt-get install ${names.join(" ")}`, () =>
    logged("apt-install", "apt-get", ["install", "-q", "-y", "--no-install-recommends", ...names], env),
  );
}

function isThere({ command, file }) {
  if (file !== undefined) return existsSync(file);
  const folders = `${process.env.PATH ?? ""}${delimiter}/usr/sbin${delimiter}/sbin`.split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** `npm ci`, unless node_modules was made from this very lock file by this very Node. */
async function installModules() {
  const lock = readFileSync(join(root, "package-lock.json"));
  const wanted = createHash("sha256").update(lock).update(process.versions.modules).digest("hex");
  const stamp = join(root, "node_modules", ".hopline-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  await step("npm ci", () => logged("npm-ci", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]));
  writeFileSync(stamp, wanted);
}

/** Runs a command with its output in a log file; shows the log's end when it fails. */
async function logged(name, command, args, env = process.env) {
  const logFile = join(stateDir, `${name}.log`);
  const log = createWriteStream(logFile);
  const child = spawn(command, args, {
    cwd: root,
    env: { ...env, NEXT_TELEMETRY_DISABLED: "1", TURBO_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  await new Promise((resolve) => log.end(resolve));
  if (code === 0) return;
  const tail = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-15).join("\n");
  throw new SetupError(
    `"${command} ${args.slice(0, 3).join(" ")}" ended with ${code}; its whole output is in ${logFile}. It ended:\n${tail}`,
  );
}

async function step(name, work) {
  const started = performance.now();
  say(`${name} …`);
  await work();
  say(`${name} done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

function say(text) {
  console.error(`[set-up] ${text}`);
}
