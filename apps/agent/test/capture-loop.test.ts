import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CaptureLoop } from "../src/capture/capture-loop.js";
import type {
  CaptureReport,
  CaptureSource,
  WorkerCommand,
  WorkerMessage,
} from "../src/capture/worker-messages.js";
import { writeCapture } from "./capture-file.js";
import { dnsMessage } from "./frames.js";

const folder = mkdtempSync(join(tmpdir(), "hopline-loop-"));
afterAll(() => rmSync(folder, { recursive: true }));

const T0 = 1_795_000_000_000_000;
const SECOND_US = 1_000_000;
const NOW_US = 1_800_000_000_000_000;

/** Three windows (one of them silent) on two interfaces. */
const frames = [0, 1, 2, 3, 25, 26].map((second, index) => ({
  source: `10.0.0.1:${40_000 + index}`,
  destination: "10.0.0.2:80",
  payloadBytes: 100,
  interfaceIndex: index % 2,
  timeUs: T0 + second * SECOND_US,
}));
const path = join(folder, "capture.pcapng");
writeCapture(path, ["veth1", "eth0"], frames);

interface Run {
  readonly messages: readonly WorkerMessage[];
  readonly reports: readonly CaptureReport[];
  readonly sleptMs: number;
}

/** Runs the loop over a file with a clock that only sleeping moves. */
function run(more: Partial<Extract<CaptureSource, { kind: "pcap" }>>, commands: WorkerCommand[] = []): Run {
  const messages: WorkerMessage[] = [];
  let sleptMs = 0;
  new CaptureLoop({
    order: {
      source: {
        kind: "pcap",
        path,
        shift: 0,
        pace: "fast",
        ignoredNames: [],
        ...more,
      },
      interfaceIndexes: [],
      newestKnown: 0,
      flowCapacity: 1024,
      tunnelPorts: { vxlan: [], vxlanGpe: [], geneve: [] },
      cpuBudgetPercent: 50,
      recordPath: undefined,
    },
    hashSeed: 1,
    clock: {
      nowUs: () => NOW_US + sleptMs * 1000,
      sleepMs: (durationMs) => {
        sleptMs += durationMs;
      },
    },
    cpuUs: () => 0,
    receive: () => commands.shift(),
    send: (message) => messages.push(message),
  }).run();
  return { messages, reports: messages.filter((message) => message.kind === "report"), sleptMs };
}

function rowsOf(reports: readonly CaptureReport[]) {
  return reports.flatMap(({ rows }) =>
    rows === undefined
      ? []
      : Array.from({ length: rows.count }, (_, row) => ({
          window: rows.windowStarts[row],
          port: Math.max(rows.sourcePorts[row] ?? 0, rows.destinationPorts[row] ?? 0),
          bytes: rows.payloadBytes[row],
        })),
  );
}

describe("CaptureLoop over a file", () => {
  it("hands over every frame's row in its own window, and ends", () => {
    const { messages, reports } = run({});
    expect(messages[0]).toEqual({ kind: "opened", shiftUs: 0 });
    expect(messages.at(-1)).toEqual({ kind: "ended", fault: undefined });
    expect(rowsOf(reports)).toEqual(
      frames.map(({ timeUs }, index) => ({
        window: Math.floor(timeUs / SECOND_US / 10) * 10,
        port: 40_000 + index,
        bytes: 100,
      })),
    );
    expect(reports.at(-1)?.frames).toMatchObject({ seen: 6, counted: 6, ignored: 0, notCounted: {} });
  });

  it("settles a window before it counts the next, however fast it reads", () => {
    const { reports } = run({});
    const settled = reports.find(({ settledUs }) => settledUs >= T0 + 10 * SECOND_US);
    expect(settled).toMatchObject({ settledUs: T0 + 10 * SECOND_US, frames: { seen: 4 } });
  });

  it("moves times to the present and keeps the pace", () => {
    const { messages, reports, sleptMs } = run({ shift: "now", pace: "real" });
    expect(messages[0]).toEqual({ kind: "opened", shiftUs: NOW_US - T0 });
    expect(sleptMs).toBe(26_000);
    expect(rowsOf(reports).map((row) => row.window)).toEqual(
      [0, 0, 0, 0, 20, 20].map((after) => NOW_US / SECOND_US + after),
    );
  });

  it("moves times by what it is told, so that the captures of several nodes stay together", () => {
    const { messages, sleptMs } = run({ shift: (NOW_US - T0) / SECOND_US + 5, pace: "real" });
    expect(messages[0]).toEqual({ kind: "opened", shiftUs: NOW_US - T0 + 5 * SECOND_US });
    expect(sleptMs).toBe(31_000);
  });

  it("leaves out interfaces that are not wanted, and counts that", () => {
    const { reports } = run({ ignoredNames: ["eth0", "another"] });
    expect(rowsOf(reports).map((row) => row.port)).toEqual([40_000, 40_002, 40_004]);
    expect(reports.at(-1)?.frames).toMatchObject({ seen: 6, counted: 3, ignored: 3 });
  });

  it("hands over what it has when it is told to stop", () => {
    const { messages, reports } = run({ pace: "real" }, [
      { kind: "watch", interfaceIndexes: [], newestKnown: 0 },
      { kind: "stop" },
    ]);
    expect(reports).toHaveLength(1);
    expect(messages.at(-1)).toEqual({ kind: "ended", fault: undefined });
  });

  it("says what is wrong with a file, in one message, and counts what came before", () => {
    expect(run({ path: join(folder, "none") }).messages).toMatchObject([
      { kind: "ended", fault: { code: "CAPTURE_FILE_UNREADABLE" } },
    ]);
    const cut = join(folder, "cut.pcapng");
    writeFileSync(cut, readFileSync(path).subarray(0, -20));
    const { messages, reports } = run({ path: cut });
    expect(messages.filter((message) => message.kind === "warning")).toHaveLength(1);
    expect(rowsOf(reports)).toHaveLength(5);
  });

  it("hands over DNS questions, those of a window when it is over, the rest at the end", () => {
    const dnsPath = join(folder, "dns.pcapng");
    const asked = { protocol: 17 as const, source: "10.0.0.1:40000", destination: "10.0.0.53:53" };
    const told = { protocol: 17 as const, source: "10.0.0.53:53", destination: "10.0.0.1:40000" };
    const question = (name: string, second: number) => ({
      ...{ ...asked, interfaceIndex: 0, timeUs: T0 + second * SECOND_US, payload: dnsMessage(name) },
    });
    const answer = (name: string, second: number, code: number) => ({
      ...{ ...told, interfaceIndex: 0, direction: 1, timeUs: T0 + second * SECOND_US },
      payload: dnsMessage(name, { code }),
    });
    writeCapture(
      dnsPath,
      ["veth1"],
      [
        question("api.shop.svc", 0),
        answer("api.shop.svc", 0.002, 0),
        question("Nowhere.example", 1),
        answer("Nowhere.example", 1.004, 3),
        question("late.example", 40),
        answer("late.example", 40.001, 0),
        question("silent.example", 41),
      ],
    );
    const rows = run({ path: dnsPath }).reports.flatMap(({ dns }) =>
      dns.flatMap(({ count, names, codes, windowStarts, latencyMaxUs }) =>
        Array.from({ length: count }, (_, row) => [
          names[row],
          codes[row],
          (windowStarts[row] ?? 0) - T0 / SECOND_US,
          Math.round(latencyMaxUs[row] ?? -1),
        ]),
      ),
    );
    expect(rows).toEqual([
      ["api.shop.svc", 0, 0, 2000],
      ["nowhere.example", 3, 0, 4000],
      ["late.example", 0, 40, 1000],
      ["silent.example", 255, 40, 0],
    ]);
  });
});
