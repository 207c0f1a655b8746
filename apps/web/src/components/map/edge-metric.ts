import type { MapEdge } from "@hopline/api";
import { formatByteRate, formatMicroseconds, formatRate, formatShare } from "../../units/quantity";
import { retransmittedShare } from "./edge-health";

/** What an edge's thickness and label show. */
export const EDGE_METRICS = ["bytes", "connections", "handshake", "retransmitted"] as const;
export type EdgeMetric = (typeof EDGE_METRICS)[number];

export const EDGE_METRIC_NAMES: Record<EdgeMetric, string> = {
  bytes: "Bytes per second",
  connections: "Connections per second",
  handshake: "Handshake, median",
  retransmitted: "Retransmitted share",
};

/** In bytes or connections per second, microseconds, or parts per million; null where it was not seen. */
export function metricValue(edge: MapEdge, metric: EdgeMetric, seconds: number): number | null {
  switch (metric) {
    case "bytes":
      return edge.bytesPerSecond;
    case "connections":
      return edge.connections / seconds;
    case "handshake":
      return edge.handshakeP50Us;
    case "retransmitted":
      return retransmittedShare(edge) * 1_000_000;
  }
}

export function metricLabel(edge: MapEdge, metric: EdgeMetric, seconds: number): string {
  switch (metric) {
    case "bytes":
      return formatByteRate(edge.bytesPerSecond);
    case "connections":
      return formatRate(edge.connections / seconds).replace("/s", " conn/s");
    case "handshake":
      return edge.handshakeP50Us === null ? "–" : formatMicroseconds(edge.handshakeP50Us);
    case "retransmitted":
      return formatShare(retransmittedShare(edge));
  }
}
