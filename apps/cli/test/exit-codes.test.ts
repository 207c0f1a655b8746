import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Alert, type AlertsAnswer, alertStateSchema, PATHS } from "@hopline/api";
import { Fault } from "@hopline/fault";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCodeOf } from "../src/usage-errors.js";

const HOPLINE = fileURLToPath(new URL("../bin/hopline.mjs", import.meta.url));
/** Nobody listens on port 1. */
const NOBODY = "http://127.0.0.1:1";
const AT = Date.UTC(2026, 10, 21, 10);

const alert = (state: Alert["state"]): Alert => ({
  ...{ id: "00000000000000a1", rule: "agent-silent", severity: "warning", state, labels: { node: "node1" } },
  ...{ pendingAt: AT, firedAt: AT, resolvedAt: state === "resolved" ? AT : null },
  ...{ resolution: state === "resolved" ? ("cleared" as const) : null, link: "/status" },
  summary: "The agent on node1 has sent nothing for 2 min.",
  facts: {
    ...{ value: 120_000, threshold: 60_000, unit: "ms", figures: [], connections: [] },
    range: { from: AT, to: AT },
  },
});

let server: Server;
let api: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://collector");
    const state = alertStateSchema.parse(searchParams.get("state"));
    const answer: AlertsAnswer = { range: { from: AT, to: AT }, alerts: [alert(state)], total: 1 };
    response.statusCode = pathname === PATHS.alerts ? 200 : 404;
    response.end(JSON.stringify(answer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function codeOf(...args: string[]): Promise<number> {
  const [code] = await once(spawn(process.execPath, [HOPLINE, ...args], { stdio: "ignore" }), "exit");
  return code;
}

describe("the exit code tells apart", () => {
  it("alerts that fire from those that are over, and both from a collector that does not answer", async () => {
    const codes = await Promise.all([
      codeOf("alerts", "--api", api, "--state", "firing"),
      codeOf("alerts", "--api", api, "--state", "resolved"),
      codeOf("alerts", "--api", NOBODY),
    ]);
    expect(codes).toEqual([3, 0, 1]);
  });

  it("what makes no sense from what failed", () => {
    const fault = (code: string) => new Fault({ code, message: "It is so." });
    expect(exitCodeOf(fault("CONNECTION_ID_INVALID"))).toBe(2);
    expect(exitCodeOf(fault("RANGE_INVALID"))).toBe(2);
    expect(exitCodeOf(fault("COLLECTOR_UNREACHABLE"))).toBe(1);
    expect(exitCodeOf(new TypeError("a bug"))).toBe(1);
  });
});
