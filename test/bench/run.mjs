import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const benchFolder = fileURLToPath(new URL(".", import.meta.url));
export const root = fileURLToPath(new URL("../..", import.meta.url));
/** Programs and captures that the bench makes; they stay for the next run. */
export const madeFolder = join(root, ".hopline", "bench");

/** A failure that is the user's to mend: printed as one sentence. */
export class BenchError extends Error {
  name = "BenchError";
}

export function say(text) {
  console.error(`[bench] ${text}`);
}

/** One figure: a line of JSON on standard output. */
export function figure(line) {
  console.log(JSON.stringify(line));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function round(value, digits = 3) {
  return Number(value.toPrecision(digits + 1));
}

export function isOnPath(command) {
  const folders = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`.split(":");
  return folders.some((folder) => existsSync(join(folder, command)));
}

/** Installs Debian packages whose commands are missing, when run as root. @returns the commands that are there */
export function installed(packages) {
  const missing = packages.filter(({ command }) => !isOnPath(command));
  if (missing.length > 0 && process.getuid() === 0 && existsSync("/usr/bin/apt-get")) {
    const names = missing.map(({ name }) => name);
    say(`installing ${names.join(", ")}`);
    try {
      execFileSync("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...names], {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      });
    } catch {
      say(`apt-get could not install ${names.join(", ")}; going on without`);
    }
  }
  return new Set(packages.map(({ command }) => command).filter(isOnPath));
}

/** Compiles a C program of this folder, unless that has been done. @returns its path */
export function compiled(name, libraries = []) {
  mkdirSync(madeFolder, { recursive: true });
  const source = join(benchFolder, `${name}.c`);
  const program = join(madeFolder, name);
  if (!existsSync(program) || statSync(program).mtimeMs < statSync(source).mtimeMs)
    execFileSync("cc", ["-O2", "-o", program, source, ...libraries], { stdio: "inherit" });
  return program;
}

/**
 * Runs a command to the end of its last descendant.
 *
 * @returns {Promise<{code: number, cpuSeconds: number, residentKib: number, seconds: number, output: string}>}
 */
export async function measured(command) {
  const child = spawn(compiled("measured-run"), command, { stdio: ["ignore", "pipe", "pipe", "pipe"] });
  let output = "";
  let report = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  child.stdio[3].on("data", (chunk) => (report += chunk));
  await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { ...JSON.parse(report), output };
}

/** A table for people, on standard error: the first row is the head. */
export function table(rows) {
  const text = rows.map((row) => row.map(String));
  const widths = text[0].map((_, column) => Math.max(...text.map((row) => row[column].length)));
  for (const row of text)
    console.error(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
        .join("  "),
    );
}
