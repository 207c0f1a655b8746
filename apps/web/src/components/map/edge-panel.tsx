"use client";

import type { MapEdge, MapNode, TimeRange } from "@hopline/api";
import { ArrowRight } from "lucide-react";
import { browserCollector } from "../../collector/browser-collector";
import type { ConnectionFilter } from "../../filters/connection-filter";
import { elapsedSeconds } from "../../filters/elapsed-seconds";
import type { TimeSpan } from "../../filters/time-span";
import {
  formatByteRate,
  formatBytes,
  formatCount,
  formatMicroseconds,
  formatRate,
  formatShare,
} from "../../units/quantity";
import { SeriesSection } from "../charts/series-section";
import { SidePanel } from "../controls/side-panel";
import { qualifiedName } from "../entity/entity-name";
import { flowsHref } from "../flows/flows-link";
import { SegmentLatency } from "../loss/segment-latency";
import { FigureGrid } from "../surface/figure-grid";
import { ConformanceCounts } from "./conformance-counts";
import { retransmittedShare } from "./edge-health";
import { NodeTitle } from "./node-title";
import { OutcomeBar } from "./outcome-bar";
import { PortTable } from "./port-table";
import { TopFlows } from "./top-flows";

/** One conversation over the range. */
export function EdgePanel({
  edge,
  client,
  server,
  range,
  filter,
  span,
  onClose,
}: {
  edge: MapEdge;
  client: MapNode;
  server: MapNode;
  range: TimeRange;
  filter: ConnectionFilter;
  span: TimeSpan;
  onClose: () => void;
}) {
  const seconds = elapsedSeconds(range, browserCollector.now());
  const narrowed = { ...filter, client: client.id, server: server.id };
  const collapsed = [client, server].find((node) => node.collapsed);
  return (
    <SidePanel
      title={`${qualifiedName(client.entity)} to ${qualifiedName(server.entity)}`}
      onClose={onClose}
      heading={
        <div className="flex items-center gap-2.5">
          <NodeTitle node={client} />
          <ArrowRight size={16} aria-hidden className="shrink-0 text-faint" />
          <NodeTitle node={server} />
        </div>
      }
    >
      <FigureGrid
        figures={[
          {
            name: "To server",
            value: formatByteRate(edge.forwardBytes / seconds),
            detail: formatBytes(edge.forwardBytes),
          },
          {
            name: "To client",
            value: formatByteRate(edge.replyBytes / seconds),
            detail: formatBytes(edge.replyBytes),
          },
          {
            name: "Connections",
            value: formatCount(edge.connections),
            detail: formatRate(edge.connections / seconds),
          },
          {
            name: "Handshake p50",
            value: edge.handshakeP50Us === null ? "–" : formatMicroseconds(edge.handshakeP50Us),
            detail: edge.handshakeP50Us === null ? "none seen" : "at the client",
          },
          {
            name: "Retransmitted",
            value: formatShare(retransmittedShare(edge)),
            detail: formatBytes(edge.retransmittedBytes),
          },
          {
            name: "Packets",
            value: formatCount(edge.packets),
            detail: edge.crossNode ? "also across nodes" : "within nodes",
          },
        ]}
      />
      <OutcomeBar outcomes={edge.outcomes} />
      <ConformanceCounts
        conformances={edge.conformances}
        hrefOf={
          collapsed === undefined
            ? (words) => flowsHref({ ...narrowed, conformance: words }, span)
            : undefined
        }
      />
      {collapsed === undefined ? (
        <SeriesSection filter={narrowed} span={span} />
      ) : (
        <p className="border-b border-line px-4 py-3 text-sm text-muted">
          Expand the namespace {collapsed.entity.namespace} to see this traffic over time, workload by
          workload.
        </p>
      )}
      <div className="border-t border-line" />
      <PortTable ports={edge.ports} />
      {collapsed === undefined ? (
        <>
          <SegmentLatency filter={narrowed} span={span} />
          <TopFlows filter={narrowed} span={span} />
        </>
      ) : null}
    </SidePanel>
  );
}
