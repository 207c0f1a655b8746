import { defineConfig } from "vitest/config";

const excluded = ["**/node_modules/**", "**/dist/**", "**/.next/**"];

/**
 * Three kinds of tests, told apart by the file's name:
 * `*.test.ts` run side by side; `*.e2e.test.ts` build clusters in the kernel and run one after another.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "test/**/*.test.ts"],
          exclude: [...excluded, "**/*.e2e.test.ts"],
          testTimeout: 30_000,
          // Some wait a second for a timer, a socket or a child; a shared machine may be away for longer.
          retry: 2,
          pool: "forks",
        },
      },
      {
        test: {
          name: "e2e",
          include: [
            "packages/*/test/**/*.e2e.test.ts",
            "apps/*/test/**/*.e2e.test.ts",
            "test/**/*.e2e.test.ts",
          ],
          exclude: excluded,
          fileParallelism: false,
          // Real kernels and browsers on a shared machine: a test that fails once is tried once more, and shown as such.
          retry: 2,
          pool: "forks",
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
