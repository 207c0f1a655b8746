import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const excluded = ["**/node_modules/**", "**/dist/**", "**/.next/**"];

const clusters = {
  pool: "forks" as const,
  // Real kernels and browsers on a shared machine: a test that fails once is tried once more, and shown as such.
  retry: 2,
  testTimeout: 180_000,
  hookTimeout: 180_000,
};

/**
 * Three kinds of tests, told apart by the file's name and run one kind after another:
 * `*.test.ts` run side by side; `*.e2e.test.ts` build clusters in the kernel, two at a time;
 * `*.alone.test.ts` fill the machine or measure it, and have it to themselves.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "test/**/*.test.ts"],
          exclude: [...excluded, "**/*.e2e.test.ts", "**/*.alone.test.ts"],
          sequence: { groupOrder: 0 },
          // Vitest leaves one core to itself, which is half of a machine with two.
          maxWorkers: Math.max(availableParallelism() - 1, 2),
          testTimeout: 30_000,
          // Some wait a second for a timer, a socket or a child; a shared machine may be away for longer.
          retry: 2,
          pool: "forks",
        },
      },
      {
        test: {
          ...clusters,
          name: "e2e",
          include: [
            "packages/*/test/**/*.e2e.test.ts",
            "apps/*/test/**/*.e2e.test.ts",
            "test/**/*.e2e.test.ts",
          ],
          exclude: excluded,
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...clusters,
          name: "alone",
          include: ["packages/*/test/**/*.alone.test.ts", "apps/*/test/**/*.alone.test.ts"],
          exclude: excluded,
          sequence: { groupOrder: 2 },
          fileParallelism: false,
        },
      },
    ],
  },
});
