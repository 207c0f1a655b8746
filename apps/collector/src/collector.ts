import { join } from "node:path";
import { EndpointHistory } from "@hopline/kube";
import type { Logger } from "@hopline/process";
import type { Store } from "@hopline/store";
import { AgentReports } from "./agent-reports.js";
import type { AlertEngine } from "./alerts/alert-engine.js";
import { openAlertEngine } from "./alerts/open-alert-engine.js";
import { AuditExport } from "./audit/audit-export.js";
import { AuditLog } from "./audit/audit-log.js";
import type { Clock } from "./clock.js";
import { ClusterAddressBook } from "./cluster/cluster-address-book.js";
import { type ClusterSource, openClusterSource } from "./cluster/cluster-source.js";
import { EarlierEndpoints } from "./cluster/earlier-endpoints.js";
import { EndpointKeeper } from "./cluster/endpoint-keeper.js";
import { DiskGuard } from "./disk-guard.js";
import { createApiServer } from "./http/api-server.js";
import { BearerToken } from "./http/bearer-token.js";
import { Gatekeeper } from "./http/gatekeeper.js";
import { formatListenAddress, type ListenAddress } from "./http/listen-address.js";
import { Listeners } from "./http/listeners.js";
import { Admission } from "./ingest/admission.js";
import { BatchIntake } from "./ingest/batch-intake.js";
import { GroupingRowWriter } from "./ingest/grouping-row-writer.js";
import { IngestCounts } from "./ingest/ingest-counts.js";
import { InsertJournal } from "./ingest/insert-journal.js";
import { NameWait } from "./ingest/name-wait.js";
import type { RowWriter } from "./ingest/row-writer.js";
import { SingleRowWriter } from "./ingest/single-row-writer.js";
import { CollectorMetrics } from "./metrics.js";
import { AgentPresence } from "./naming/agent-presence.js";
import { DnsNamer } from "./naming/dns-namer.js";
import { DropNamer } from "./naming/drop-namer.js";
import { GivenUp } from "./naming/given-up.js";
import { HopNamer } from "./naming/hop-namer.js";
import { TranslationMeeting } from "./naming/translation-meeting.js";
import { ConnectionJudge } from "./policy/connection-judge.js";
import { PolicyHistory } from "./policy/policy-history.js";
import { PolicyKeeper } from "./policy/policy-keeper.js";
import { PolicyCluster } from "./policy-report/policy-cluster.js";
import type { CollectorSettings } from "./settings.js";
import { StatusReport } from "./status-report.js";
import { StoreKeeper } from "./store-keeper.js";
import { storeOpener } from "./store-opener.js";
import { LiveTail } from "./stream/live-tail.js";
import { Watches } from "./watch/watches.js";

export interface CollectorOptions {
  readonly settings: CollectorSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Batches in memory at once: received, waiting for names, being stored. */
const INGEST_CAPACITY_BYTES = 128 * 1024 * 1024;
/** Connections remembered for another node's batch to come. */
const MEETING_CAPACITY = 200_000;
/** Addresses and connections that nobody knew are not waited for again for so long. */
const GIVE_UP_MS = 10 * 60_000;
const GIVEN_UP_CAPACITY = 50_000;
/** An agent that is silent for so long has its connections told by their other ends. */
const AGENT_SILENT_MS = 2 * 60_000;

/** The whole collector: one object for each part, wired here and nowhere else. */
export class Collector {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #presence: AgentPresence;
  readonly #cluster: ClusterSource;
  readonly #keeper: StoreKeeper;
  readonly #endpoints: EndpointKeeper;
  readonly #policies: PolicyKeeper;
  readonly #intake: BatchIntake;
  readonly #writer: RowWriter;
  readonly #dropWriter: RowWriter;
  readonly #diskGuard: DiskGuard;
  readonly #alerts: AlertEngine;
  readonly #tail: LiveTail;
  readonly #listeners: Listeners;
  readonly #createServer: () => ReturnType<typeof createApiServer>;
  readonly #agentToken: BearerToken;
  #server: Awaited<ReturnType<typeof createApiServer>> | undefined;
  #started: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  /** @throws Fault for tokens, a kubeconfig or a file of objects that cannot be read. */
  constructor({ settings, env, clock, log }: CollectorOptions) {
    const now = () => clock.now();
    const metrics = new CollectorMetrics();
    const onUnreadable = (sentence: string) => log.warn(sentence);
    const agentToken = new BearerToken({
      name: "agent token",
      token: settings.agentToken,
      file: settings.agentTokenFile,
      now,
      onUnreadable,
    });
    const readToken = new BearerToken({
      name: "read token",
      token: settings.readToken,
      file: settings.readTokenFile,
      now,
      onUnreadable,
    });

    const history = new EndpointHistory({ nowMs: now });
    const policies = new PolicyHistory({
      nowMs: now,
      onProblem: (problem) => log.warn(problem, "a policy cannot be read, and is left out"),
    });
    const cluster = openClusterSource({ settings, env, history, policies, now, log });
    const knowledge = () => cluster.policyKnowledge;
    const judge = new ConnectionJudge({
      history: policies,
      knowledge,
      now,
      settleMs: settings.policySettleMs,
    });
    const earlier = new EarlierEndpoints();
    const isSettled = () => cluster.isSettled;
    const book = new ClusterAddressBook({ history, earlier, isSettled });
    const keeper = new StoreKeeper({ open: storeOpener(settings, now), clock, log, metrics });

    const presence = new AgentPresence({ now, graceMs: settings.nameWaitMs, silentAfterMs: AGENT_SILENT_MS });
    const meeting = new TranslationMeeting(MEETING_CAPACITY);
    const givenUp = { capacity: GIVEN_UP_CAPACITY, forMs: GIVE_UP_MS, now };
    const givenUpAddresses = new GivenUp<string>(givenUp);
    const givenUpConnections = new GivenUp<bigint>(givenUp);
    const known = { book, judge, presence, meeting, givenUpAddresses, givenUpConnections };
    const namer = new HopNamer(known);
    const nameWait = new NameWait({
      ...known,
      namer,
      dnsNamer: new DnsNamer(known),
      dropNamer: new DropNamer(known),
      findTranslations: (ids) => keeper.use("translations", (store) => store.translations(ids)),
      clock,
      log,
      metrics,
      waitMs: settings.nameWaitMs,
    });

    const counts = new IngestCounts(metrics);
    const writer =
      settings.clickhouseUrl === undefined
        ? new GroupingRowWriter({
            keeper,
            journal: new InsertJournal(join(settings.dataDir, "journal")),
            clock,
            metrics,
          })
        : new SingleRowWriter(keeper);
    const dropWriter =
      settings.clickhouseUrl === undefined
        ? new GroupingRowWriter({
            kind: "drops",
            keeper,
            journal: new InsertJournal(join(settings.dataDir, "journal-drops")),
            clock,
            metrics,
          })
        : new SingleRowWriter(keeper, "drops");
    const intake = new BatchIntake({
      keeper,
      writer,
      dropWriter,
      book,
      judge,
      nameWait,
      presence,
      counts,
      metrics,
      clock,
    });
    const watches = new Watches({ keeper, clock, log });
    const tail = new LiveTail({ keeper, clock, log, metrics });
    const alerts = openAlertEngine({ settings, keeper, clock, log, metrics });
    const agentReports = new AgentReports(now);
    const statusReport = new StatusReport({
      agentReports,
      keeper,
      watches,
      cluster,
      policies,
      book,
      counts,
      nameWait,
      meeting,
      alerts,
      metrics,
      clock,
      log,
    });
    const auditLog = new AuditLog({
      keeper,
      clock,
      trustedUserHeader: settings.trustedUserHeader,
      readersHaveToken: () => readToken.isSet,
    });
    const auditExport = new AuditExport({ keeper, clock });
    const policyCluster = new PolicyCluster({ history: policies, knowledge, now });
    const admission = new Admission(INGEST_CAPACITY_BYTES);
    this.#listeners = new Listeners(settings.listen);
    const gatekeeper = new Gatekeeper({
      agentToken,
      readToken,
      isLocal: (socket) => this.#listeners.isLocal(socket),
    });
    this.#createServer = () =>
      createApiServer({
        agentReports,
        keeper,
        intake,
        admission,
        tail,
        statusReport,
        watches,
        gatekeeper,
        metrics,
        auditLog,
        auditExport,
        policyCluster,
        clock,
        log,
      });

    this.#log = log;
    this.#clock = clock;
    this.#presence = presence;
    this.#cluster = cluster;
    this.#keeper = keeper;
    this.#endpoints = new EndpointKeeper({ keeper, history, earlier, isSettled, clock, log, metrics });
    this.#policies = new PolicyKeeper({ keeper, history: policies, knowledge, clock, log, metrics });
    this.#intake = intake;
    this.#writer = writer;
    this.#dropWriter = dropWriter;
    this.#diskGuard = new DiskGuard({
      keeper,
      maxBytes: settings.storeMib,
      minFreeShare: settings.keepEverything ? 0 : settings.minFreePercent / 100,
      clock,
      log,
      metrics,
    });
    this.#alerts = alerts;
    this.#tail = tail;
    this.#agentToken = agentToken;
  }

  /**
   * Listens first (a taken port is found before the data directory is touched), and answers from then on, whatever is
   * still away.
   *
   * @returns where it listens, with the ports that the kernel chose.
   * @throws Fault of an address or of the embedded store. Then nothing is left open.
   */
  start(): Promise<ListenAddress[]> {
    const starting = this.#start();
    this.#started = starting.then(
      () => {},
      () => {},
    );
    return starting;
  }

  /**
   * No more requests; what was taken is stored; then the store closes. Waits for a start that is under way: the engine
   * does not survive being left in the middle of it.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#started.then(() => this.#stop());
    return this.#stopped;
  }

  async #start(): Promise<ListenAddress[]> {
    try {
      const server = await this.#createServer();
      this.#server = server;
      const addresses = await this.#listeners.start((request, response) => server.routing(request, response));
      this.#logAddresses(addresses);
      this.#intake.start();
      this.#cluster.start();
      await this.#keeper.start((store) => this.#restore(store));
      this.#endpoints.start();
      this.#policies.start();
      this.#diskGuard.start();
      this.#alerts.start();
      return addresses;
    } catch (thrown) {
      this.#stopped = this.#stop();
      await this.#stopped;
      throw thrown;
    }
  }

  async #stop(): Promise<void> {
    await this.#tail.stop();
    const stoppedIntake = this.#intake.stop();
    await this.#listeners.stop();
    await stoppedIntake;
    await Promise.all([this.#writer.stop(), this.#dropWriter.stop()]);
    await this.#server?.close();
    await this.#cluster.stop();
    await this.#diskGuard.stop();
    await this.#alerts.stop();
    await this.#endpoints.stop();
    await this.#policies.stop();
    await this.#keeper.stop();
  }

  async #restore(store: Store): Promise<void> {
    await this.#writer.recover(store);
    await this.#dropWriter.recover(store);
    await this.#endpoints.restore(store);
    await this.#policies.restore(store);
    const { agents } = await store.status();
    for (const { node, lastBatchAt } of agents) {
      if (lastBatchAt !== null)
        this.#presence.restore(node, Math.floor(lastBatchAt / 1000), this.#clock.now());
    }
  }

  #logAddresses(addresses: readonly ListenAddress[]): void {
    for (const address of addresses) this.#log.info(`listening on ${formatListenAddress(address)}`);
    if (!this.#agentToken.isSet) {
      this.#log.warn(
        "no agent token is set: batches are taken from this machine only (loopback and unix sockets); set --agent-token-file to take them from others",
      );
    }
  }
}
