import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mapAnswerSchema, PATHS, problemSchema, whatIfAnswerSchema } from "@hopline/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forwardRequest } from "../../src/collector/forward-request";
import { FixtureCollector } from "../fixture/fixture-collector";
import { shopWorld } from "../fixture/world";

describe("forwardRequest", () => {
  const collector = new FixtureCollector(shopWorld());
  let env: Record<string, string>;
  beforeAll(async () => {
    env = { HOPLINE_COLLECTOR_URL: `http://127.0.0.1:${await collector.start()}` };
  });
  afterAll(() => collector.stop());
  const get = (path: string, extra: Record<string, string> = {}, init?: RequestInit) =>
    forwardRequest(new Request(`http://ui.example${path}`, init), { ...env, ...extra });

  it("passes a question and its answer on", async () => {
    const response = await get("/api/v1/map?maxNodes=5");
    expect(response.status).toBe(200);
    expect(mapAnswerSchema.parse(await response.json()).nodes).toHaveLength(5);
    expect(collector.lastHeaders.authorization).toBeUndefined();
  });

  it("adds the read token, and reads its file again when it has changed", async () => {
    await get("/api/v1/status", { HOPLINE_READ_TOKEN: "secret-a" });
    expect(collector.lastHeaders.authorization).toBe("Bearer secret-a");
    const folder = await mkdtemp(join(tmpdir(), "hopline-web-"));
    const file = join(folder, "token");
    await writeFile(file, "secret-b\n");
    await get("/api/v1/status", { HOPLINE_READ_TOKEN: "secret-a", HOPLINE_READ_TOKEN_FILE: file });
    expect(collector.lastHeaders.authorization).toBe("Bearer secret-b");
    await writeFile(file, "secret-c\n");
    await get("/api/v1/status", { HOPLINE_READ_TOKEN_FILE: file });
    expect(collector.lastHeaders.authorization).toBe("Bearer secret-c");
    await rm(folder, { recursive: true });
  });

  it("does not hand the browser's own headers on", async () => {
    await get("/api/v1/status", {}, { headers: { cookie: "a=b", authorization: "Bearer mine" } });
    expect(collector.lastHeaders.cookie).toBeUndefined();
    expect(collector.lastHeaders.authorization).toBeUndefined();
  });

  it("hands a user's name on only where a proxy is trusted to set it", async () => {
    const init = { headers: { "x-forwarded-user": "ada" } };
    await get("/api/v1/status", {}, init);
    expect(collector.lastHeaders["x-forwarded-user"]).toBeUndefined();
    await get("/api/v1/status", { HOPLINE_TRUSTED_USER_HEADER: "X-Forwarded-User" }, init);
    expect(collector.lastHeaders["x-forwarded-user"]).toBe("ada");
    const problem = await get("/api/v1/status", { HOPLINE_TRUSTED_USER_HEADER: "no header" });
    expect(problemSchema.parse(await problem.json()).title).toBe(
      'HOPLINE_TRUSTED_USER_HEADER is "no header", which is no name of a header.',
    );
  });

  it("passes a question by POST on where it is one, as JSON, and not too long", async () => {
    const post = (path: string, type: string, body: string) =>
      get(path, {}, { method: "POST", headers: { "content-type": type }, body });
    const body = JSON.stringify({ yaml: "kind: NetworkPolicy" });
    const answer = await post(PATHS.policyWhatIf, "application/json", body);
    expect(answer.status).toBe(200);
    expect(whatIfAnswerSchema.parse(await answer.json()).policies).toHaveLength(2);
    // A form of another site sends text, and no token goes with it.
    const before = { ...collector.lastHeaders };
    expect((await post(PATHS.policyWhatIf, "text/plain", body)).status).toBe(415);
    expect((await post(PATHS.map, "application/json", body)).status).toBe(404);
    const long = JSON.stringify({ yaml: "x".repeat(2 * 1024 * 1024) });
    expect((await post(PATHS.policyWhatIf, "application/json", long)).status).toBe(413);
    expect(collector.lastHeaders).toEqual(before);
  });

  it("passes the collector's problems on unchanged", async () => {
    const response = await get("/api/v1/map?scope=nowhere");
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(problemSchema.parse(await response.json()).code).toBe("QUERY_INVALID");
  });

  it("keeps the token within the API, however the path is written", async () => {
    await get("/api/v1/status");
    const before = { ...collector.lastHeaders };
    for (const path of [
      "/api/v1/%2e%2e/%2e%2e/metrics",
      "/api/v1/..%2f../metrics",
      "/api/v1/..%5cmetrics",
      "/metrics",
    ]) {
      expect((await get(path, { HOPLINE_READ_TOKEN: "secret" })).status).toBe(404);
      expect(collector.lastHeaders).toEqual(before);
    }
  });

  it("streams events as they come, and ends the collector's stream with the browser's", async () => {
    const aborter = new AbortController();
    const response = await get("/api/v1/flows/stream", {}, { signal: aborter.signal });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("cache-control")).toContain("no-transform");
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toContain("event: ");
    expect(collector.openStreams).toBe(1);
    aborter.abort();
    await expect.poll(() => collector.openStreams).toBe(0);
  });

  it("answers a problem where the collector does not answer", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const response = await get("/api/v1/map", { HOPLINE_COLLECTOR_URL: `http://127.0.0.1:${port}` });
    expect(response.status).toBe(502);
    const problem = problemSchema.parse(await response.json());
    expect(problem.code).toBe("COLLECTOR_UNREACHABLE");
    expect(problem.title).toContain(`127.0.0.1:${port}`);
    expect(problem.title).toContain("ECONNREFUSED");
  });

  it("says which setting is wrong", async () => {
    const wrong = await get("/api/v1/map", { HOPLINE_COLLECTOR_URL: "collector:4401" });
    expect(problemSchema.parse(await wrong.json()).title).toContain("HOPLINE_COLLECTOR_URL");
    const noFile = await get("/api/v1/map", { HOPLINE_READ_TOKEN_FILE: "/nowhere/token" });
    expect(problemSchema.parse(await noFile.json()).title).toContain("/nowhere/token");
  });
});
