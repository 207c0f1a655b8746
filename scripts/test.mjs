// `npm test`: set-up, then every test; the last line counts them. Arguments go to vitest.
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { asCommand, root, setUp } from "./setup.mjs";

await asCommand(async () => {
  await setUp("test");
  const results = join(root, ".hopline", "test-results.json");
  rmSync(results, { force: true });
  const args = [
    "--no-install",
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}`,
  ];
  const child = spawn("npx", [...args, ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (status) => resolve(status ?? 1));
  });
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(results, "utf8"),
  );
  for (const { name, assertionResults } of testResults) {
    for (const { fullName, status, failureMessages } of assertionResults) {
      if (status !== "passed" || failureMessages.length === 0) continue;
      const [why] = failureMessages[0].split("\n    at ");
      console.log(`\nPassed only when tried again: ${fullName} (${relative(root, name)})\n${why}`);
    }
  }
  console.log(
    `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests + numTodoTests} skipped`,
  );
  return code;
});
