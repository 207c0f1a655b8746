import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BatchSender, type SenderState } from "../src/delivery/batch-sender.js";
import { CollectorClient } from "../src/delivery/collector-client.js";
import { CollectorToken } from "../src/delivery/collector-token.js";
import { Spool } from "../src/delivery/spool.js";

/** What the scripted collector does with one request: answer with a status, or break the connection. */
type Act = number | "break";

/** A real HTTP server on a Unix socket that plays a script, then answers 200. */
class ScriptedCollector {
  readonly stored: number[] = [];
  readonly tokens: (string | undefined)[] = [];
  readonly script: Act[] = [];
  requests = 0;
  delayMs = 0;
  mostAtOnce = 0;
  #atOnce = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.requests++;
      this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
      this.tokens.push(request.headers.authorization);
      const act = this.script.shift() ?? 200;
      void bodyOf(request).then((body) => {
        setTimeout(() => {
          this.#atOnce--;
          if (act === "break") return request.socket.destroy();
          if (act === 200) this.stored.push(body[0] ?? -1);
          response.writeHead(act, { "content-type": "application/json" });
          return response.end('{"code":"SCRIPTED","message":"it is in the script"}');
        }, this.delayMs);
      });
    });
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve) => this.#server.listen(path, resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const AT_ONCE = 3;

describe("BatchSender against a real server that fails in scripted ways", () => {
  let folder: string;
  let collector: ScriptedCollector;
  let spool: Spool;
  let client: CollectorClient;
  let sender: BatchSender;
  let states: SenderState[];
  let refused: string[];
  const socket = () => join(folder, "collector.sock");

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "hopline-sender-"));
    collector = new ScriptedCollector();
    states = [];
    refused = [];
    spool = new Spool({
      directory: join(folder, "spool"),
      bootId: "00000000aaaa",
      maxBytes: 1_000_000,
      onBatch: () => sender.wake(),
    });
    await spool.start();
    make({ token: "first" });
  });

  afterEach(async () => {
    await sender.stop();
    await client.close();
    await collector.close();
    rmSync(folder, { recursive: true });
  });

  function make(token: { token?: string; tokenFile?: string }): void {
    client = new CollectorClient({
      address: `unix:${socket()}`,
      token: new CollectorToken(token),
      connections: AT_ONCE,
    });
    sender = new BatchSender({
      spool,
      post: (bytes, signal) => client.post(bytes, signal),
      atOnce: AT_ONCE,
      random: () => 0,
      onState: (state) => states.push(state),
      onRefused: (fault) => refused.push(fault.sentence),
    });
  }

  const put = async (...sequences: number[]) => {
    for (const sequence of sequences) await spool.put(sequence, Uint8Array.of(sequence));
  };
  const codes = () => states.flatMap((state) => (state.kind === "waiting" ? [state.fault.code] : []));
  const drained = () => vi.waitFor(() => expect(spool.size.batches).toBe(0), 5000);

  it("sends what is there and what comes, with the token, and deletes it", async () => {
    await collector.listen(socket());
    await put(1, 2, 3);
    sender.start();
    await drained();
    await put(4);
    await drained();
    // Several are under way at once, so that neighbours may arrive in another order.
    expect([...collector.stored].sort()).toEqual([1, 2, 3, 4]);
    expect(new Set(collector.tokens)).toEqual(new Set(["Bearer first"]));
    expect(sender.state.kind).toBe("idle");
    expect(sender.counters).toMatchObject({ sent: 4, refused: 0, retries: {} });
  });

  it("does not let a batch that takes long hold up all others, nor sends too many at once", async () => {
    await collector.listen(socket());
    collector.delayMs = 100;
    await put(...Array.from({ length: 2 * AT_ONCE }, (_, index) => index + 1));
    sender.start();
    await drained();
    expect(collector.mostAtOnce).toBe(AT_ONCE);
  });

  it("keeps back what speaks for those before it until they are stored, and nothing with it", async () => {
    await collector.listen(socket());
    collector.delayMs = 100;
    await put(1, 2);
    await spool.put(3, Uint8Array.of(3), true);
    await put(4);
    sender.start();
    await drained();
    expect([...collector.stored.slice(0, 3)].sort()).toEqual([1, 2, 4]);
    expect(collector.stored[3]).toBe(3);
    // One that has to be sent again is before it, too; and so it is of batches that an earlier agent has left.
    collector.script.push(503);
    await put(5);
    await sender.stop();
    await spool.put(6, Uint8Array.of(6), true);
    spool = new Spool({ directory: join(folder, "spool"), bootId: "00000000bbbb", maxBytes: 1_000_000 });
    await spool.start();
    make({});
    sender.start();
    await vi.waitFor(() => expect(collector.stored.slice(4)).toEqual([5, 6]), 5000);
  });

  it("tries again after a broken connection, a 500, a 503, a 408 and a 429, and loses nothing", async () => {
    await collector.listen(socket());
    collector.script.push("break", 500, 503, 408, 429);
    await put(1);
    sender.start();
    await vi.waitFor(() => expect(collector.stored).toEqual([1]), 15_000);
    await drained();
    expect(collector.requests).toBe(6);
    expect(sender.counters.retries).toEqual({ COLLECTOR_UNREACHABLE: 1, COLLECTOR_BUSY: 4 });
  }, 20_000);

  it("waits for a collector that is not there yet", async () => {
    await put(1, 2);
    sender.start();
    await vi.waitFor(() => expect(codes()).toContain("COLLECTOR_UNREACHABLE"), 3000);
    expect(sender.state.kind).toBe("waiting");
    await collector.listen(socket());
    await drained();
    expect(collector.stored).toEqual([1, 2]);
    expect(sender.state.kind).toBe("idle");
  });

  it("sets a batch aside that is refused for good, says why, and goes on with the next", async () => {
    await collector.listen(socket());
    collector.script.push(400);
    await put(1, 2);
    sender.start();
    await drained();
    // Both are on their way at once: which of them meets the 400 is not said.
    expect(collector.stored).toHaveLength(1);
    expect(spool.size.batches).toBe(0);
    expect(spool.counters.rejected).toBe(1);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain("400: it is in the script");
  });

  it.each([
    [401, "COLLECTOR_UNAUTHORIZED"],
    [403, "COLLECTOR_UNAUTHORIZED"],
    [404, "COLLECTOR_WRONG_ADDRESS"],
  ])("keeps batches at %d, and says what to do", async (status, code) => {
    await collector.listen(socket());
    collector.script.push(status, status);
    await put(1);
    sender.start();
    await drained();
    expect(codes()).toEqual([code, code]);
    expect(collector.stored).toEqual([1]);
    expect(spool.counters.rejected).toBe(0);
  });

  it("takes a rotated token from its file, and waits where the file is missing", async () => {
    const tokenFile = join(folder, "token");
    make({ tokenFile });
    await collector.listen(socket());
    await put(1);
    sender.start();
    await vi.waitFor(() => expect(codes()).toContain("TOKEN_UNREADABLE"), 3000);
    writeFileSync(tokenFile, "one\n");
    await drained();
    writeFileSync(tokenFile, "two\n");
    await put(2);
    await drained();
    expect(collector.tokens).toEqual(["Bearer one", "Bearer two"]);
  });

  it("drains within a time, and keeps what it could not send", async () => {
    await put(1);
    sender.start();
    await vi.waitFor(() => expect(sender.state.kind).toBe("waiting"), 3000);
    const began = performance.now();
    await sender.drain(200);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(spool.size.batches).toBe(1);
  });

  it("stops at once while a request hangs, and keeps its batch", async () => {
    await collector.listen(socket());
    collector.delayMs = 60_000;
    await put(1);
    sender.start();
    await vi.waitFor(() => expect(collector.requests).toBe(1), 3000);
    await sender.stop();
    expect(spool.size.batches).toBe(1);
  });
});

describe("CollectorClient", () => {
  it.each(["foo", "ftp://x", "unix:relative", "http://"])("refuses the address %s", (address) => {
    expect(() => new CollectorClient({ address, token: new CollectorToken({}), connections: 1 })).toThrow(
      /no collector's address/,
    );
  });
});
