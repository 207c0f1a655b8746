"use client";

import clsx from "clsx";
import { ArrowRight } from "lucide-react";
import { formatByteRate, formatCount, formatMicroseconds, formatShare } from "../../units/quantity";
import { EntityIcon } from "../entity/entity-icon";
import { HEALTH_TEXT, retransmittedShare } from "./edge-health";
import type { CardView, LinkView, MapView } from "./map-view";

/** The map as a table, busiest edge first: the same edges for those who do not see the picture, or have no room for it. */
export function MapList({
  view,
  chosenEdge,
  onChooseEdge,
  onChooseNode,
}: {
  view: MapView;
  chosenEdge: string | undefined;
  onChooseEdge: (id: string) => void;
  onChooseNode: (id: string) => void;
}) {
  const cards = new Map(view.cards.map((card) => [card.layout.id, card]));
  const links = [...view.links].sort((a, b) => b.edge.bytesPerSecond - a.edge.bytesPerSecond);
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <table className="w-full border-collapse text-sm" data-view="list">
        <caption className="sr-only">Conversations, busiest first</caption>
        <thead className="sticky top-0 z-10 bg-surface text-left text-2xs font-medium text-muted shadow-[inset_0_-1px_0_var(--line)]">
          <tr>
            <th scope="col" className="px-3 py-2 font-medium sm:px-4">
              Client and server
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium">
              Rate
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium max-md:hidden">
              Connections
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium max-lg:hidden">
              Handshake p50
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium max-lg:hidden">
              Retransmitted
            </th>
            <th scope="col" className="px-3 py-2 font-medium max-sm:hidden sm:pr-4">
              State
            </th>
          </tr>
        </thead>
        <tbody>
          {links.map((link) => (
            <Row
              key={link.id}
              link={link}
              client={cards.get(link.edge.client)}
              server={cards.get(link.edge.server)}
              chosen={chosenEdge === link.id}
              onChoose={() => onChooseEdge(link.id)}
              onChooseNode={onChooseNode}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  link,
  client,
  server,
  chosen,
  onChoose,
  onChooseNode,
}: {
  link: LinkView;
  client: CardView | undefined;
  server: CardView | undefined;
  chosen: boolean;
  onChoose: () => void;
  onChooseNode: (id: string) => void;
}) {
  const { edge, health } = link;
  return (
    <tr className={clsx("border-b border-line hover:bg-sunken", chosen && "bg-accent-soft")}>
      <td className="px-3 py-1.5 sm:px-4">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <EndName card={client} onChoose={onChooseNode} />
          <ArrowRight size={13} aria-hidden className="text-faint" />
          <EndName card={server} onChoose={onChooseNode} />
        </div>
        {health.reason === undefined ? null : (
          <p className={clsx("text-2xs sm:hidden", HEALTH_TEXT[health.level])}>{health.reason}</p>
        )}
      </td>
      <td className="px-2 py-1.5 text-right whitespace-nowrap">
        <button
          type="button"
          aria-label={`Details of ${client?.node.entity.name ?? ""} to ${server?.node.entity.name ?? ""}, ${formatByteRate(edge.bytesPerSecond)}`}
          onClick={onChoose}
          className="rounded font-medium text-accent hover:underline"
        >
          {formatByteRate(edge.bytesPerSecond)}
        </button>
      </td>
      <td className="px-2 py-1.5 text-right max-md:hidden">{formatCount(edge.connections)}</td>
      <td className="px-2 py-1.5 text-right max-lg:hidden">
        {edge.handshakeP50Us === null ? "–" : formatMicroseconds(edge.handshakeP50Us)}
      </td>
      <td className="px-2 py-1.5 text-right max-lg:hidden">{formatShare(retransmittedShare(edge))}</td>
      <td className="px-3 py-1.5 text-xs max-sm:hidden sm:pr-4">
        <span className={HEALTH_TEXT[health.level]}>{health.reason ?? "no failure seen"}</span>
      </td>
    </tr>
  );
}

function EndName({ card, onChoose }: { card: CardView | undefined; onChoose: (id: string) => void }) {
  if (card === undefined) return <span className="text-muted">not shown</span>;
  const { entity, collapsed } = card.node;
  return (
    <button
      type="button"
      onClick={() => onChoose(card.layout.id)}
      className="inline-flex min-w-0 items-center gap-1.5 rounded text-left hover:underline"
    >
      <span className="text-faint">
        <EntityIcon kind={entity.kind} collapsed={collapsed} size={13} />
      </span>
      <span className="font-medium break-all">{entity.name}</span>
      {entity.namespace === "" || collapsed ? null : (
        <span className="text-2xs text-muted">{entity.namespace}</span>
      )}
    </button>
  );
}
