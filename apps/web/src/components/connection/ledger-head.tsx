import clsx from "clsx";
import { Box, Cable, type LucideIcon, Network, Router, Server } from "lucide-react";
import type { NodeStretch } from "../../hop-ledger/hop-columns";
import type { HopStep } from "../../hop-ledger/hop-differences";

const ROLE_ICONS: Record<string, LucideIcon> = {
  pod: Box,
  host: Server,
  bridge: Network,
  tunnel: Cable,
  uplink: Router,
};

const PLACES: Record<NodeStretch["place"], string> = {
  client: "client's node",
  server: "server's node",
  both: "both ends",
  between: "on the way",
};

/** The path itself: a band for every node, below it one stop for every interface. */
export function LedgerHead({
  stretches,
  forward,
  reply,
}: {
  stretches: readonly NodeStretch[];
  forward: readonly HopStep[];
  reply: readonly HopStep[];
}) {
  const columns = stretches.flatMap((stretch) => stretch.columns);
  const firsts = new Set(
    stretches.slice(1).flatMap((stretch) => stretch.columns.slice(0, 1).map(({ key }) => key)),
  );
  // Between a column and the one to its left, either way.
  const losesBefore = (index: number) =>
    (forward[index]?.missingPayloadBytes ?? 0) !== 0 || (reply[index - 1]?.missingPayloadBytes ?? 0) !== 0;
  return (
    <thead>
      <tr>
        <td className="sticky left-0 z-10 bg-surface" />
        {stretches.map(({ node, place, columns: members }) => (
          <th
            key={node}
            scope="colgroup"
            colSpan={members.length}
            className="px-1 pb-1.5 text-left font-normal"
          >
            <span className="flex items-baseline gap-1.5 rounded-md bg-sunken px-2 py-1">
              <span className="truncate font-semibold">{node}</span>
              <span className="truncate text-2xs text-muted">{PLACES[place]}</span>
            </span>
          </th>
        ))}
      </tr>
      <tr>
        <td className="sticky left-0 z-10 bg-surface" />
        {columns.map((column, index) => {
          const Icon = ROLE_ICONS[column.role] ?? Network;
          return (
            <th
              key={column.key}
              scope="col"
              className="min-w-22 px-1 pb-1.5 text-center font-normal"
              data-hop={`${column.node} ${column.interface}`}
            >
              <span aria-hidden className="relative flex h-8 items-center justify-center">
                {index === 0 ? null : (
                  <Track side="left" wire={firsts.has(column.key)} lossy={losesBefore(index)} />
                )}
                {index === columns.length - 1 ? null : (
                  <Track
                    side="right"
                    wire={firsts.has(columns[index + 1]?.key ?? "")}
                    lossy={losesBefore(index + 1)}
                  />
                )}
                <span className="relative grid size-7 place-items-center rounded-full border-2 border-accent bg-surface text-accent">
                  <Icon size={14} />
                </span>
              </span>
              <span className="block font-semibold">{column.role}</span>
              <span className="block truncate font-mono text-2xs text-muted">{column.interface}</span>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** Half of the line between two stops: dashed between nodes, amber where payload went missing. */
function Track({ side, wire, lossy }: { side: "left" | "right"; wire: boolean; lossy: boolean }) {
  return (
    <span
      className={clsx(
        "absolute top-1/2 h-0 w-[calc(50%+8px)] -translate-y-1/2 border-t-2",
        side === "left" ? "-left-2" : "-right-2",
        wire && "border-dashed",
        lossy ? "border-warn-line" : "border-accent",
      )}
    />
  );
}
