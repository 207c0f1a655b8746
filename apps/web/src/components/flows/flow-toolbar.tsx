"use client";

import { Pause, Play, RefreshCw } from "lucide-react";
import type { StreamState } from "../../collector/flow-stream";
import { formatCount } from "../../units/quantity";
import { Button } from "../controls/button";
import { ClockText } from "../time/clock-text";

export interface FlowToolbarProps {
  readonly total: number | undefined;
  readonly loaded: number;
  /** The first question failed; the banner says why. */
  readonly noAnswer: boolean;
  /** Whether this range and order can follow the stream at all. */
  readonly canFollow: boolean;
  readonly paused: boolean;
  readonly stream: StreamState | "off";
  readonly held: number;
  readonly leftOut: number;
  readonly unreadable: number;
  readonly readAtMs: number;
  readonly onPause: (paused: boolean) => void;
  readonly onRefresh: () => void;
}

/** The line above the table: how many there are, and whether they move. */
export function FlowToolbar(props: FlowToolbarProps) {
  const { total, loaded, noAnswer, canFollow, paused, onPause, onRefresh, leftOut, unreadable } = props;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-surface px-3 py-1.5 text-xs text-muted sm:px-4">
      <p data-total={total}>
        {total === undefined ? (
          noAnswer ? (
            "No answer"
          ) : (
            "Loading…"
          )
        ) : (
          <>
            <span className="font-medium text-text">{formatCount(total)}</span>{" "}
            {total === 1 ? "connection" : "connections"}
            {loaded < total ? `, ${formatCount(loaded)} loaded` : null}
          </>
        )}
        {leftOut > 0 ? `, ${formatCount(leftOut)} left out to keep up: refresh to see them` : null}
        {unreadable > 0 ? `, ${formatCount(unreadable)} unreadable events` : null}
      </p>
      <p data-stream={props.stream} className="flex items-center gap-1.5">
        <StreamText {...props} />
      </p>
      <div className="ml-auto flex items-center gap-1.5">
        {canFollow ? (
          <Button className="h-7!" onClick={() => onPause(!paused)}>
            {paused ? <Play size={13} aria-hidden /> : <Pause size={13} aria-hidden />}
            {paused ? "Resume" : "Pause"}
          </Button>
        ) : null}
        <Button className="h-7!" onClick={onRefresh}>
          <RefreshCw size={13} aria-hidden /> Refresh
        </Button>
      </div>
    </div>
  );
}

function StreamText({ canFollow, paused, stream, held, readAtMs, noAnswer }: FlowToolbarProps) {
  if (noAnswer) return null;
  if (!canFollow) {
    return readAtMs === 0 ? null : (
      <>
        As of <ClockText timeMs={readAtMs} />
      </>
    );
  }
  if (paused) return <>Paused{held > 0 ? `, ${formatCount(held)} new` : ""}</>;
  if (stream === "open")
    return (
      <>
        <span aria-hidden className="size-2 rounded-full bg-good" /> Live
      </>
    );
  return (
    <>
      <span aria-hidden className="size-2 rounded-full bg-warn-line" />
      {stream === "lost" ? "Live updates interrupted, reconnecting…" : "Connecting…"}
    </>
  );
}
