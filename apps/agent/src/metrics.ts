import { Counter, Gauge, Registry } from "prom-client";
import type { AgentStatus } from "./agent-status.js";

/** One series of a metric: its labels' values and its own. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

interface MetricSpec {
  readonly kind: "counter" | "gauge";
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  readonly samples: (status: AgentStatus) => readonly Sample[];
}

const one = (value: number | undefined): readonly Sample[] => [[{}, value ?? 0]];
const by = (label: string, values: Readonly<Record<string, number>>): readonly Sample[] =>
  Object.entries(values).map(([key, value]) => [{ [label]: key }, value]);

/** All that an agent exports. */
export const SPECS: readonly MetricSpec[] = [
  {
    kind: "counter",
    name: "hopline_agent_frames_seen_total",
    help: "Frames handed over by the capture source.",
    samples: ({ report }) => one(report?.frames.seen),
  },
  {
    kind: "counter",
    name: "hopline_agent_frames_counted_total",
    help: "Frames counted in flows.",
    samples: ({ report }) => one(report?.frames.counted),
  },
  {
    kind: "counter",
    name: "hopline_agent_frames_not_counted_total",
    help: "Frames that belong to no flow, by reason; seen = counted + these + ignored.",
    labels: ["reason"],
    samples: ({ report }) =>
      by("reason", { ...report?.frames.notCounted, "ignored-interface": report?.frames.ignored ?? 0 }),
  },
  {
    kind: "counter",
    name: "hopline_agent_capture_dropped_frames_total",
    help: "Frames that found the ring full.",
    samples: ({ report }) => one(report?.capture.dropped),
  },
  {
    kind: "counter",
    name: "hopline_agent_capture_freezes_total",
    help: "How often the kernel found no free block in the ring.",
    samples: ({ report }) => one(report?.capture.freezes),
  },
  {
    kind: "gauge",
    name: "hopline_agent_sampling",
    help: "One in so many connections is captured now; 1 is all of them.",
    samples: ({ report }) => one(2 ** (report?.samplingShift ?? 0)),
  },
  {
    kind: "counter",
    name: "hopline_agent_sampling_raised_total",
    help: "How often sampling was doubled, by reason: the ring dropped frames, or the CPU budget was used up.",
    labels: ["reason"],
    samples: ({ report }) => by("reason", { ...report?.overload.raised }),
  },
  {
    kind: "counter",
    name: "hopline_agent_sampling_lowered_total",
    help: "How often sampling was halved.",
    samples: ({ report }) => one(report?.overload.lowered),
  },
  {
    kind: "gauge",
    name: "hopline_agent_watched_interfaces",
    help: "Interfaces that are captured now.",
    samples: ({ watchedInterfaces }) => one(watchedInterfaces),
  },
  {
    kind: "gauge",
    name: "hopline_agent_file_read_bytes",
    help: "Bytes read of the capture file, compressed where it is; captures from files only.",
    samples: ({ report }) => (report?.position === undefined ? [] : one(report.position.readBytes)),
  },
  {
    kind: "gauge",
    name: "hopline_agent_file_bytes",
    help: "Bytes of the capture file; missing where that is a pipe.",
    samples: ({ report }) =>
      report?.position?.totalBytes === undefined ? [] : one(report.position.totalBytes),
  },
  {
    kind: "counter",
    name: "hopline_agent_dns_messages_total",
    help: "DNS messages at each interface, by what became of them.",
    labels: ["kind"],
    samples: ({ report }) => by("kind", { ...report?.frames.dns }),
  },
  {
    kind: "counter",
    name: "hopline_agent_icmp_errors_total",
    help: "ICMP errors, by whether the flow that they quote is known at that interface.",
    labels: ["kind"],
    samples: ({ report }) => by("kind", { ...report?.table.icmpErrors }),
  },
  {
    kind: "gauge",
    name: "hopline_agent_flows",
    help: "Connections x interfaces in the flow table.",
    samples: ({ report }) => one(report?.table.entries),
  },
  {
    kind: "counter",
    name: "hopline_agent_flows_ended_total",
    help: "Flow table entries that ended, by reason.",
    labels: ["reason"],
    samples: ({ report }) => by("reason", { ...report?.table.ended }),
  },
  {
    kind: "counter",
    name: "hopline_agent_flows_evicted_total",
    help: "Flow table entries exported before their end because the table was full, by kind.",
    labels: ["kind"],
    samples: ({ report }) => by("kind", { ...report?.table.evicted }),
  },
  {
    kind: "counter",
    name: "hopline_agent_rows_named_total",
    help: "Rows by the translation that conntrack told of.",
    labels: ["translation"],
    samples: ({ naming }) => by("translation", naming.byTranslation),
  },
  {
    kind: "counter",
    name: "hopline_agent_rows_initiator_total",
    help: "Rows by how their connection's initiator is known.",
    labels: ["by"],
    samples: ({ naming }) => by("by", naming.byInitiator),
  },
  {
    kind: "gauge",
    name: "hopline_agent_conntrack_entries",
    help: "Conntrack entries held, those that ended lately included.",
    samples: ({ translations }) => one(translations.size),
  },
  {
    kind: "counter",
    name: "hopline_agent_conntrack_evicted_total",
    help: "Conntrack entries given up because the table was full, by kind.",
    labels: ["kind"],
    samples: ({ translations }) =>
      by("kind", { ended: translations.evictedEnded, live: translations.evictedLive }),
  },
  {
    kind: "gauge",
    name: "hopline_agent_conntrack_following",
    help: "1 while conntrack's events are read.",
    samples: ({ conntrack }) => one(conntrack?.state.kind === "following" ? 1 : 0),
  },
  {
    kind: "counter",
    name: "hopline_agent_conntrack_lost_events_total",
    help: "Events that the kernel could not hand over.",
    samples: ({ conntrack }) => one(conntrack?.counters.lostEvents),
  },
  {
    kind: "counter",
    name: "hopline_agent_conntrack_troubles_total",
    help: "What went wrong in reading conntrack, by reason.",
    labels: ["reason"],
    samples: ({ conntrack }) =>
      by("reason", {
        overrun: conntrack?.counters.overruns ?? 0,
        restart: conntrack?.counters.restarts ?? 0,
        "failed-dump": conntrack?.counters.failedDumps ?? 0,
        "unreadable-line": conntrack?.counters.unreadableLines ?? 0,
      }),
  },
  {
    kind: "counter",
    name: "hopline_agent_topology_troubles_total",
    help: "What went wrong in reading the node's interfaces, by reason.",
    labels: ["reason"],
    samples: ({ topology }) =>
      by("reason", {
        "failed-read": topology?.counters.failedReads ?? 0,
        "monitor-restart": topology?.counters.monitorRestarts ?? 0,
      }),
  },
  {
    kind: "counter",
    name: "hopline_agent_drop_evidence_total",
    help: "Packets that someone says were dropped (or, of some rules, let pass), by who says so.",
    labels: ["source"],
    samples: ({ drops, rejections: { icmp, rst } }) => by("source", { ...drops?.evidence, icmp, rst }),
  },
  {
    kind: "counter",
    name: "hopline_agent_drop_evidence_not_kept_total",
    help: "Of these, those that made no row, by reason; lost: the kernel had no room for them.",
    labels: ["reason"],
    samples: ({ drops, rejections }) =>
      by("reason", {
        lost: drops?.lost ?? 0,
        "rate-limited": (drops?.rateLimited ?? 0) + rejections.rateLimited,
        "not-decoded": drops?.notDecoded ?? 0,
      }),
  },
  {
    kind: "counter",
    name: "hopline_agent_batches_total",
    help: "Batches made.",
    samples: ({ batches }) => one(batches.batches),
  },
  {
    kind: "counter",
    name: "hopline_agent_batch_rows_total",
    help: "Rows in them.",
    samples: ({ batches }) => one(batches.rows),
  },
  {
    kind: "counter",
    name: "hopline_agent_batch_bytes_total",
    help: "Bytes in them.",
    samples: ({ batches }) => one(batches.bytes),
  },
  {
    kind: "gauge",
    name: "hopline_agent_spool_batches",
    help: "Batches that wait on disk.",
    samples: ({ spool }) => one(spool.batches),
  },
  {
    kind: "gauge",
    name: "hopline_agent_spool_bytes",
    help: "Bytes of batches that wait on disk.",
    samples: ({ spool }) => one(spool.bytes),
  },
  {
    kind: "counter",
    name: "hopline_agent_spool_dropped_batches_total",
    help: "Batches lost, by reason.",
    labels: ["reason"],
    samples: ({ spool }) =>
      by("reason", {
        full: spool.droppedFull,
        unwritable: spool.droppedUnwritable,
        unfinished: spool.unfinished,
      }),
  },
  {
    kind: "counter",
    name: "hopline_agent_batches_sent_total",
    help: "Batches that the collector has stored.",
    samples: ({ sender }) => one(sender.counters.sent),
  },
  {
    kind: "counter",
    name: "hopline_agent_batches_refused_total",
    help: "Batches that the collector will never take.",
    samples: ({ sender }) => one(sender.counters.refused),
  },
  {
    kind: "counter",
    name: "hopline_agent_batch_retries_total",
    help: "Batches to be sent again, by reason.",
    labels: ["reason"],
    samples: ({ sender }) => by("reason", sender.counters.retries),
  },
  {
    kind: "gauge",
    name: "hopline_agent_collector_reachable",
    help: "0 while batches wait for the collector.",
    samples: ({ sender }) => one(sender.state.kind === "waiting" ? 0 : 1),
  },
];

/** Prometheus metrics over what the agent counts anyway: taken when asked for, and nowhere counted twice. */
export function createMetrics(status: () => AgentStatus): Registry {
  const registry = new Registry();
  for (const { kind, name, help, labels, samples } of SPECS) {
    const labelNames = [...(labels ?? [])];
    if (kind === "gauge") {
      const gauge = new Gauge({
        name,
        help,
        labelNames,
        registers: [registry],
        collect: () => {
          gauge.reset();
          for (const [values, value] of samples(status())) gauge.set(values, value);
        },
      });
    } else {
      const counter = new Counter({
        name,
        help,
        labelNames,
        registers: [registry],
        collect: () => {
          counter.reset();
          for (const [values, value] of samples(status())) counter.inc(values, value);
        },
      });
    }
  }
  return registry;
}
