"use client";

import type { MapAnswer, MapEdge, MapNode } from "@hopline/api";
import { ArrowDownLeft, ArrowUpRight, ListFilter, UnfoldVertical } from "lucide-react";
import { browserCollector } from "../../collector/browser-collector";
import type { ConnectionFilter } from "../../filters/connection-filter";
import { elapsedSeconds } from "../../filters/elapsed-seconds";
import type { TimeSpan } from "../../filters/time-span";
import { formatByteRate, formatBytes, formatCount } from "../../units/quantity";
import { SeriesSection } from "../charts/series-section";
import { Button } from "../controls/button";
import { SidePanel } from "../controls/side-panel";
import { nameOfId, qualifiedName } from "../entity/entity-name";
import { FigureGrid } from "../surface/figure-grid";
import { edgeHealth, HEALTH_TEXT } from "./edge-health";
import { NodeTitle } from "./node-title";
import { TopFlows } from "./top-flows";

/** One workload, node, address or collapsed namespace: whom it talks to, and how much. */
export function NodePanel({
  node,
  answer,
  filter,
  span,
  onClose,
  onChooseEdge,
  onFilter,
  onExpand,
}: {
  node: MapNode;
  answer: MapAnswer;
  filter: ConnectionFilter;
  span: TimeSpan;
  onClose: () => void;
  onChooseEdge: (id: string) => void;
  onFilter: (id: string) => void;
  onExpand: (namespace: string) => void;
}) {
  const seconds = elapsedSeconds(answer.range, browserCollector.now());
  const asServer = answer.edges.filter((edge) => edge.server === node.id);
  const asClient = answer.edges.filter((edge) => edge.client === node.id);
  const { namespace } = node.entity;
  const narrowed: ConnectionFilter = node.collapsed
    ? { ...filter, namespace: [namespace] }
    : { ...filter, entity: node.id };
  const otherEntity = filter.entity !== undefined && filter.entity !== node.id && !node.collapsed;
  return (
    <SidePanel
      title={qualifiedName(node.entity)}
      onClose={onClose}
      heading={
        <div className="min-w-0">
          <NodeTitle node={node} />
          <div className="mt-2 flex gap-2">
            {node.collapsed ? (
              <Button onClick={() => onExpand(namespace)}>
                <UnfoldVertical size={14} aria-hidden /> Expand
              </Button>
            ) : (
              <Button onClick={() => onFilter(node.id)} disabled={filter.entity === node.id}>
                <ListFilter size={14} aria-hidden /> Only this
              </Button>
            )}
          </div>
        </div>
      }
    >
      <FigureGrid
        figures={[
          { name: "In", value: formatByteRate(node.bytesIn / seconds), detail: formatBytes(node.bytesIn) },
          { name: "Out", value: formatByteRate(node.bytesOut / seconds), detail: formatBytes(node.bytesOut) },
          // What lies outside the cluster has none.
          ...(node.pods === 0
            ? []
            : [{ name: "Pods", value: formatCount(node.pods), detail: "seen talking" }]),
        ]}
      />
      <Neighbours
        title="Talks to"
        edges={asClient}
        end="server"
        seconds={seconds}
        onChooseEdge={onChooseEdge}
      />
      <Neighbours
        title="Is called by"
        edges={asServer}
        end="client"
        seconds={seconds}
        onChooseEdge={onChooseEdge}
      />
      {otherEntity ? (
        <p className="px-4 pt-3 text-2xs text-muted">
          Below: all traffic of {node.entity.name}, not only that with {nameOfId(String(filter.entity))}.
        </p>
      ) : null}
      <SeriesSection filter={narrowed} span={span} />
      <TopFlows filter={narrowed} span={span} />
    </SidePanel>
  );
}

function Neighbours({
  title,
  edges,
  end,
  seconds,
  onChooseEdge,
}: {
  title: string;
  edges: readonly MapEdge[];
  end: "client" | "server";
  seconds: number;
  onChooseEdge: (id: string) => void;
}) {
  if (edges.length === 0) return null;
  const Arrow = end === "server" ? ArrowUpRight : ArrowDownLeft;
  const sorted = [...edges].sort((a, b) => b.bytesPerSecond - a.bytesPerSecond);
  return (
    <section aria-label={title} className="border-b border-line py-2.5">
      <h2 className="px-4 pb-1 text-xs font-semibold">{title}</h2>
      <ul>
        {sorted.map((edge) => {
          const health = edgeHealth(edge);
          return (
            <li key={edge.id}>
              <button
                type="button"
                onClick={() => onChooseEdge(edge.id)}
                className="flex w-full items-center gap-2 px-4 py-1 text-left text-xs hover:bg-sunken"
              >
                <Arrow size={13} aria-hidden className="shrink-0 text-faint" />
                <span className="min-w-0 truncate font-medium">{nameOfId(edge[end])}</span>
                {health.reason === undefined ? null : (
                  <span className={`min-w-0 truncate text-2xs ${HEALTH_TEXT[health.level]}`}>
                    {health.reason}
                  </span>
                )}
                <span className="ml-auto shrink-0 text-muted">
                  {formatByteRate((edge.forwardBytes + edge.replyBytes) / seconds)}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
