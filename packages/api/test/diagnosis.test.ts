import { describe, expect, it } from "vitest";
import { diagnose } from "../src/diagnosis.js";
import type { AgentStatus, Status } from "../src/status.js";

const AGENT: AgentStatus = {
  ...{ node: "node1", state: "live", agentVersion: "1.2.3", lastBatchAt: 1_795_220_000_000 },
  ...{ seenFrames: 1_000_000, countedFrames: 1_000_000, droppedFrames: 0, uncounted: {} },
  ...{ conntrackLost: 0, activeFlows: 10, interfaces: 8, sampling: 1 },
  report: { clockOffsetMs: 12, troubles: [], conntrack: { events: 1, acct: 1, timestamp: 1 } },
};

const WELL: Status = {
  ...{ version: "1.2.3", now: 1_795_220_001_000, startedAt: 1_795_210_000_000 },
  cluster: "https://10.0.0.1:6443",
  store: {
    ...{ kind: "embedded", engineVersion: "26.7", state: "ready", lastError: null, tables: [] },
    disk: { freeBytes: 50e9, totalBytes: 100e9 },
  },
  watches: [
    { resource: "pods", state: "watching", since: 0, objects: 30, restarts: 0, lastError: null },
    {
      resource: "clusternetworkpolicies",
      state: "absent",
      since: 0,
      objects: 0,
      restarts: 0,
      lastError: null,
    },
  ],
  policyProblems: [],
  agents: [AGENT],
  connectionWatches: [],
  ingest: { batches: 10, duplicates: 0, rows: 100, rejected: 0, waiting: 0, unnamed: 0 },
  alerting: {
    firing: 0,
    pending: 0,
    rules: 12,
    evaluatedAt: 1_795_220_000_000,
    lastError: null,
    receivers: [],
  },
};

const of = (agent: Partial<AgentStatus>) =>
  diagnose({ ...WELL, agents: [{ ...AGENT, ...agent }] }).map(({ level, code, sentence }) => ({
    level,
    code,
    sentence,
  }));
const reporting = (report: Partial<NonNullable<AgentStatus["report"]>>) =>
  of({ report: { ...AGENT.report!, ...report } });

describe("diagnose", () => {
  it("finds nothing where all is well, nor where an agent has not said how it is", () => {
    expect(diagnose(WELL)).toEqual([]);
    expect(of({ report: undefined })).toEqual([]);
  });

  it("puts what is bad first, with what to do about it", () => {
    const findings = diagnose({
      ...WELL,
      agents: [{ ...AGENT, sampling: 4 }],
      store: { ...WELL.store, state: "unavailable", lastError: "the disk is full" },
    });
    expect(findings.map(({ level, code }) => `${level} ${code}`)).toEqual([
      "bad STORE_UNAVAILABLE",
      "warn AGENT_SAMPLING",
    ]);
    expect(findings[0]?.sentence).toBe("The store is unavailable (the disk is full): nothing new is kept.");
    expect(findings[1]?.fix).toContain("--cpu-budget");
    expect(diagnose({ ...WELL, agents: [] }).map(({ code }) => code)).toEqual(["NO_AGENTS"]);
  });

  it("names lossy and old agents, and of silent ones nothing but that", () => {
    expect(of({ droppedFrames: 1000 })).toEqual([
      {
        ...{ level: "warn", code: "AGENT_LOSSY" },
        sentence: "node1 dropped 1,000 frames of the last five minutes (0.1 %): counters there are too low.",
      },
    ]);
    expect(of({ agentVersion: "1.1.0" })[0]?.sentence).toBe(
      "The agent on node1 is version 1.1.0, the collector 1.2.3.",
    );
    expect(of({ state: "silent", agentVersion: "1.1.0", droppedFrames: 7 }).map(({ code }) => code)).toEqual([
      "AGENT_SILENT",
    ]);
  });

  it("tells clocks apart that are off, either way, from those that a request's way explains", () => {
    expect(reporting({ clockOffsetMs: -900 })).toEqual([]);
    expect(reporting({ clockOffsetMs: -2400 })[0]).toEqual({
      ...{ level: "warn", code: "CLOCK_OFFSET" },
      sentence:
        "The clock of node1 is 2.4 s behind the collector's: its windows are not those of other nodes, and loss between them is misjudged.",
    });
    expect(reporting({ clockOffsetMs: 61_000 })[0]).toMatchObject({ level: "bad", code: "CLOCK_OFFSET" });
  });

  it("passes on what an agent cannot do, and how conntrack is set", () => {
    const hint = "Run as root or with CAP_NET_ADMIN.";
    const message = "Reading the kernel's connection tracking is not permitted.";
    const trouble = { part: "conntrack", code: "CONNTRACK_PERMISSION", message, hint };
    const [finding] = diagnose({
      ...WELL,
      agents: [{ ...AGENT, report: { ...AGENT.report!, troubles: [trouble] } }],
    });
    expect(finding).toEqual({
      ...{ level: "warn", code: "CONNTRACK_PERMISSION", about: "node1" },
      ...{ sentence: `The agent on node1 (conntrack): ${message}`, fix: hint },
    });
    expect(reporting({ conntrack: { events: 0, acct: 0, timestamp: null } })).toMatchObject([
      { level: "warn", code: "CONNTRACK_EVENTS_OFF" },
      { level: "note", code: "CONNTRACK_DETAIL_OFF" },
    ]);
  });

  it("says which verbs to add where a watch is refused", () => {
    const refused = {
      ...WELL.watches[0]!,
      resource: "networkpolicies",
      state: "forbidden",
      lastError: "403.",
    };
    const [finding] = diagnose({ ...WELL, watches: [refused] });
    expect(finding).toEqual({
      ...{ level: "warn", code: "WATCH_FORBIDDEN", about: "networkpolicies" },
      sentence: "The watch on networkpolicies does not follow the cluster: 403.",
      fix: "Give the collector's ClusterRole the verbs list and watch on networkpolicies (networking.k8s.io): kubectl apply -k deploy/base does.",
    });
  });

  it("warns of a disk that is nearly full, and of what is not delivered", () => {
    const findings = diagnose({
      ...WELL,
      store: { ...WELL.store, disk: { freeBytes: 2e9, totalBytes: 100e9 } },
      ingest: { ...WELL.ingest, rejected: 1 },
      alerting: {
        ...WELL.alerting,
        receivers: [
          {
            kind: "webhook",
            url: "https://chat.example/",
            state: "failing",
            waiting: 2,
            lastTakenAt: null,
            lastError: "refused",
          },
        ],
      },
    });
    expect(findings.map(({ sentence }) => sentence)).toEqual([
      "The store's disk has 2 % left: the oldest rows are dropped to keep room.",
      "1 batch was rejected since the collector started.",
      "https://chat.example/ does not take alerts (2 waiting): refused.",
    ]);
  });
});
