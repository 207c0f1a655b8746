import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "../src/ledger/ledger-entry.js";
import { parseBehaviour } from "../src/workload/behaviour.js";
import { Conversations } from "../src/workload/conversations.js";
import { decodeAnswer, decodeQuery, encodeAnswer, encodeQuery } from "../src/workload/dns-message.js";
import { parseDurationMs } from "../src/workload/duration.js";
import { LocalPorts } from "../src/workload/local-ports.js";
import { fullName, targetOf } from "../src/workload/resolver.js";

describe("parseBehaviour", () => {
  test("reads servers and calls", () => {
    const behaviour = parseBehaviour({
      SERVE: "http:8080 dns:53",
      CALL: "\n# a comment\n  http://api.shop:8080/x every=1.5s keep=2m pool=3 send=10 reply=20 expect=denied target=a/b\n",
      ON_REQUEST: "store://db:5432",
    });
    expect(behaviour.servers).toEqual([
      { kind: "http", port: 8080 },
      { kind: "dns", port: 53 },
    ]);
    expect(behaviour.calls).toEqual([
      {
        kind: "http",
        host: "api.shop",
        port: 8080,
        path: "/x",
        everyMs: 1500,
        keepMs: 120_000,
        pool: 3,
        sendBytes: 10,
        replyBytes: 20,
        expect: "denied",
        target: { namespace: "a", name: "b", kind: "Service" },
      },
    ]);
    expect(behaviour.onRequest[0]).toMatchObject({
      kind: "store",
      everyMs: undefined,
      keepMs: 0,
      expect: "allowed",
    });
  });

  test.each([
    [{ SERVE: "smtp:25" }, "SERVE", /"smtp:25" should read KIND:PORT/],
    [{ SERVE: "http:70000" }, "SERVE", /KIND:PORT/],
    [{ CALL: "http://a:1/" }, "CALL", /needs every=DURATION/],
    [{ CALL: "http://a/ every=1s" }, "CALL", /should read KIND:\/\/HOST:PORT/],
    [{ CALL: "http://a:1/ every=1h" }, "CALL", /every=1h should be a duration/],
    [{ ON_REQUEST: "http://a:1/ poool=3" }, "ON_REQUEST", /"poool" is no option/],
    [{ CALL: "tcp://a:1 every=1s expect=maybe" }, "CALL", /expect=maybe should be allowed or denied/],
  ])("refuses %j", (text, variable, message) => {
    expect(() => parseBehaviour(text)).toThrow(
      expect.objectContaining({ variable, message: expect.stringMatching(message) }),
    );
  });

  test("durations", () => {
    expect(["250ms", "1.5s", "2m", "2h", "s", ""].map(parseDurationMs)).toEqual([
      250,
      1500,
      120_000,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("names", () => {
  test("stand for Services of the caller's or another namespace, or for what is outside", () => {
    expect(fullName("api", "shop")).toBe("api.shop.svc.cluster.local");
    expect(fullName("api.data", "shop")).toBe("api.data.svc.cluster.local");
    expect(fullName("rates.example.net", "shop")).toBe("rates.example.net");
    expect(targetOf({ host: "api.data", target: undefined }, "shop")).toEqual({
      namespace: "data",
      name: "api",
      kind: "Service",
    });
    expect(targetOf({ host: "203.0.113.10", target: undefined }, "shop")).toEqual({
      namespace: "",
      name: "203.0.113.10",
      kind: "External",
    });
  });

  test("DNS messages say the same on both sides", () => {
    const query = decodeQuery(encodeQuery({ id: 4711, name: "api.shop.svc.cluster.local" }));
    expect(query).toEqual({ id: 4711, name: "api.shop.svc.cluster.local" });
    expect(decodeAnswer(encodeAnswer(query!, "10.96.0.9", "kube-system/coredns-1"))).toEqual({
      id: 4711,
      address: "10.96.0.9",
      servedBy: "kube-system/coredns-1",
    });
    const unknown = encodeAnswer(query!, undefined, "d");
    expect(unknown.readUInt16BE(2) & 15).toBe(3);
    expect(decodeAnswer(unknown)).toEqual({ id: 4711, address: undefined, servedBy: "d" });
    expect(decodeQuery(Buffer.from("short"))).toBeUndefined();
    expect(decodeAnswer(encodeQuery({ id: 1, name: "a" }).subarray(0, 13))).toBeUndefined();
  });
});

describe("LocalPorts", () => {
  test("go round in their range, and begin later for who begins later", () => {
    const ports = new LocalPorts(0);
    const taken = Array.from({ length: 22_768 }, () => ports.take());
    expect(new Set(taken).size).toBe(22_768);
    expect(Math.min(...taken)).toBe(10_000);
    expect(Math.max(...taken)).toBe(32_767);
    expect(new LocalPorts(60_000).take() - new LocalPorts(0).take()).toBe(1200);
  });
});

describe("Conversations", () => {
  const initiator = { namespace: "shop", pod: "p", workload: "w", workloadKind: "Deployment", node: "node1" };
  const target = { namespace: "data", name: "db-0", kind: "Pod" } as const;

  function collect() {
    const entries: LedgerEntry[] = [];
    let nowUs = 1_000_000;
    const conversations = new Conversations({
      initiator,
      localAddress: "127.0.0.1",
      ports: new LocalPorts(Date.now()),
      nowUs: () => {
        nowUs += 1;
        return nowUs;
      },
      report: (entry) => entries.push(entry),
    });
    return { entries, conversations };
  }

  async function listening(onData: (text: string) => string): Promise<{ port: number; close: () => void }> {
    const server = createServer((socket) => socket.on("data", (data) => socket.end(onData(data.toString()))));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return { port: address.port, close: () => server.close() };
  }

  test("count payload both ways and name the local port", async () => {
    const { entries, conversations } = collect();
    const server = await listening((text) => text.repeat(3));
    const { socket, servedBy } = conversations.dial({
      remoteAddress: "127.0.0.1",
      remotePort: server.port,
      target,
      expect: "allowed",
    });
    socket.resume();
    socket.write("hello");
    servedBy("data/db-0");
    await new Promise((resolve) => socket.once("connect", resolve));
    const [running] = conversations.snapshot();
    expect(running).toMatchObject({ id: "shop/p/1", endedUs: null, outcome: "ok" });
    await conversations.ended(1000);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      ...initiator,
      id: "shop/p/1",
      protocol: "tcp",
      localAddress: "127.0.0.1",
      localPort: running?.localPort,
      remotePort: server.port,
      sentBytes: 5,
      receivedBytes: 15,
      outcome: "ok",
      servedBy: "data/db-0",
    });
    expect(entries[0]!.endedUs).toBeGreaterThan(entries[0]!.startedUs);
    server.close();
  });

  test("say when nobody listens, and that nothing was sent", async () => {
    const { entries, conversations } = collect();
    const server = await listening((text) => text);
    server.close();
    const { socket } = conversations.dial({
      remoteAddress: "127.0.0.1",
      remotePort: server.port,
      target,
      expect: "denied",
    });
    socket.write("never");
    await conversations.ended(1000);
    expect(entries[0]).toMatchObject({
      outcome: "refused",
      sentBytes: 0,
      receivedBytes: 0,
      expect: "denied",
    });
    expect(entries[0]!.localPort).toBeGreaterThanOrEqual(10_000);
  });

  test("are cut off when they do not end in time", async () => {
    const { entries, conversations } = collect();
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    conversations.dial({ remoteAddress: "127.0.0.1", remotePort: port, target, expect: "allowed" });
    await conversations.ended(200);
    expect(entries).toHaveLength(1);
    server.close();
  });
});
