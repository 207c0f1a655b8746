import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Everything that the collector counts. One registry an instance, so that tests may have several in a process. */
export class CollectorMetrics {
  readonly registry = new Registry();

  readonly batches = this.#counter("hopline_ingest_batches_total", "Batches stored, by kind.", ["kind"]);
  readonly rows = this.#counter("hopline_ingest_rows_total", "Rows stored, by kind of batch.", ["kind"]);
  readonly bytes = this.#counter("hopline_ingest_bytes_total", "Bytes of batches received.", []);
  readonly duplicates = this.#counter(
    "hopline_ingest_duplicates_total",
    "Batches that were stored before.",
    [],
  );
  readonly rejected = this.#counter(
    "hopline_ingest_rejected_total",
    "Batches refused for good, by the problem's code.",
    ["code"],
  );
  readonly deferred = this.#counter(
    "hopline_ingest_deferred_total",
    "Batches that the agent was told to send again, by the problem's code.",
    ["code"],
  );
  readonly notDrops = this.#counter(
    "hopline_ingest_logged_not_dropped_rows_total",
    "Rows of what firewall rules logged that were left out: the rule's prefix does not say that it drops.",
    [],
  );
  readonly waitingRows = this.#gauge(
    "hopline_ingest_waiting_rows",
    "Rows that wait for a name or a translation.",
  );
  readonly bytesInFlight = this.#gauge("hopline_ingest_in_flight_bytes", "Bytes of batches being worked on.");
  readonly waited = this.#counter(
    "hopline_ingest_waited_batches_total",
    "Batches that waited, by how it ended.",
    ["outcome"],
  );
  readonly gaveUp = this.#counter(
    "hopline_naming_gave_up_total",
    "Things waited for in vain: an address's owner, a connection's translation, a node's agent, a batch's policies.",
    ["what"],
  );
  readonly unnamedRows = this.#counter(
    "hopline_naming_unnamed_rows_total",
    "Rows stored with an end that nobody could name.",
    [],
  );
  readonly forgottenTranslations = this.#gauge(
    "hopline_naming_forgotten_translations",
    "Translations dropped from memory for want of room.",
  );
  readonly namingSeconds = this.#histogram("hopline_naming_seconds", "Time to name one batch once.", []);
  readonly batchesPerInsert = new Histogram({
    name: "hopline_store_batches_per_insert",
    help: "Batches of hop rows or of drops that one INSERT stored.",
    buckets: [1, 2, 5, 10, 20, 50, 100, 200],
    registers: [this.registry],
  });
  readonly storeSeconds = this.#histogram("hopline_store_seconds", "Time of inserts and queries.", [
    "operation",
    "result",
  ]);
  readonly evictedPartitions = this.#counter(
    "hopline_store_evicted_partitions_total",
    "Partitions dropped to free disk space, by table.",
    ["table"],
  );
  readonly evictedRows = this.#counter("hopline_store_evicted_rows_total", "Rows in them.", ["table"]);
  readonly answers = this.#counter("hopline_http_answers_total", "Answers, by route and status.", [
    "route",
    "status",
  ]);
  readonly streamClients = this.#gauge("hopline_stream_clients", "Readers of the live stream.");
  readonly streamLeftOut = this.#counter(
    "hopline_stream_left_out_total",
    "Connections not sent to a reader, by reason.",
    ["reason"],
  );
  readonly endpointsStored = this.#counter(
    "hopline_endpoint_intervals_stored_total",
    "Endpoint intervals stored.",
    ["result"],
  );

  readonly alerts = this.#gauge("hopline_alerts", "Alerts that are pending or firing, by rule.", [
    "rule",
    "severity",
    "state",
  ]);
  readonly alertDeliveries = this.#counter(
    "hopline_alert_deliveries_total",
    "Alerts handed to receivers, by kind of receiver and how it went.",
    ["receiver", "result"],
  );
  readonly alertEvaluationSeconds = this.#histogram(
    "hopline_alert_evaluation_seconds",
    "Time to read and judge the figures of alert rules.",
    ["reader"],
  );
  readonly alertEvaluationsFailed = this.#counter(
    "hopline_alert_evaluations_failed_total",
    "Evaluations of alert rules that failed.",
    ["reader"],
  );
  readonly alertsLeftOut = this.#counter(
    "hopline_alerts_left_out_total",
    "Alerts not followed, because their rule has too many already.",
    [],
  );

  readonly policyVersionsStored = this.#counter(
    "hopline_policy_versions_stored_total",
    "Versions of policies, and of what they select by, stored.",
    ["result"],
  );
  readonly policyProblems = this.#gauge(
    "hopline_policy_problems",
    "Fields of policies that cannot be read; these policies are not judged by.",
  );

  readonly watchUp = this.#gauge("hopline_watch_up", "1 while a watch of the cluster is running.", [
    "resource",
  ]);
  readonly watchObjects = this.#gauge("hopline_watch_objects", "Objects that a watch knows of.", [
    "resource",
  ]);
  readonly watchRestarts = this.#gauge("hopline_watch_restarts", "How often a watch was taken up again.", [
    "resource",
  ]);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram<Label extends string>(name: string, help: string, labelNames: Label[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.registry] });
  }
}
