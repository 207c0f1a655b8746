import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { archiveFiles } from "../src/audit/archive-files.js";
import { writeExport } from "../src/audit/write-export.js";

const folder = mkdtempSync(join(tmpdir(), "hopline-export-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CONTENTS = { "audit.csv": `"a"\n${"x".repeat(511)}`, "report.html": "", "manifest.json": "{}" };

/** As tar and sha256sum make it, not as the collector does. */
function packed(alter: (content: string) => string = (content) => content, sums?: string): Buffer {
  const inside = join(folder, "hopline-audit-1");
  mkdirSync(inside, { recursive: true });
  for (const [name, content] of Object.entries(CONTENTS)) writeFileSync(join(inside, name), content);
  const names = Object.keys(CONTENTS);
  const made = execFileSync("sha256sum", names, { cwd: inside, encoding: "utf8" });
  writeFileSync(join(inside, "SHA256SUMS"), sums ?? made);
  writeFileSync(join(inside, "audit.csv"), alter(CONTENTS["audit.csv"]));
  const files = [...names, "SHA256SUMS"].map((name) => `hopline-audit-1/${name}`);
  return execFileSync("tar", ["--format=ustar", "-cf", "-", ...files], { cwd: folder });
}

it("unpacks what tar packed, and writes it where no export is yet", async () => {
  const files = archiveFiles(packed());
  expect(
    Object.fromEntries(files.map(({ name, content }) => [name, Buffer.from(content).toString()])),
  ).toMatchObject(CONTENTS);
  const out = join(folder, "out");
  await writeExport(out, files);
  expect(readFileSync(join(out, "audit.csv"), "utf8")).toBe(CONTENTS["audit.csv"]);
  await expect(writeExport(out, files)).rejects.toMatchObject({ code: "EXPORT_EXISTS" });
});

it("refuses what is not whole", () => {
  const changed = packed((content) => content.replace("x", "y"));
  expect(() => archiveFiles(changed)).toThrow("audit.csv does not have the sum that SHA256SUMS says");
  const more = `${"0".repeat(64)}  gone.csv\n`;
  expect(() => archiveFiles(packed(undefined, more))).toThrow("does not have the sum");
  expect(() => archiveFiles(packed().subarray(0, 700))).toThrow("it ends too early");
  expect(() => archiveFiles(Buffer.alloc(1024))).toThrow("it holds no SHA256SUMS");
  expect(() => archiveFiles(Buffer.from("<html>".repeat(200)))).toThrow("it ends too early, or is none");
});
