"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { FlowStream, type StreamState } from "../../collector/flow-stream";
import { queryText } from "../../collector/query-text";
import type { ConnectionFilter } from "../../filters/connection-filter";
import { type LiveRows, NO_LIVE_ROWS, releaseRows, takeRows } from "./live-rows";

const RETRY_MS = 2_000;

export interface LiveRowsState {
  readonly rows: LiveRows;
  readonly stream: StreamState | "off";
  /** Connections that the collector left out of its last event. */
  readonly skipped: number;
  readonly unreadable: number;
  readonly release: () => void;
}

/**
 * Follows the stream while `follow`; `epoch` names the pages that the rows belong to, a change of it starts afresh.
 * `known` are the ids that the pages hold; `hold` is asked at every event.
 */
export function useLiveRows(
  filter: ConnectionFilter,
  epoch: string,
  follow: boolean,
  known: ReadonlySet<string>,
  hold: () => boolean,
): LiveRowsState {
  const [rows, setRows] = useState(NO_LIVE_ROWS);
  const [stream, setStream] = useState<StreamState | "off">("off");
  const [skipped, setSkipped] = useState(0);
  const [unreadable, setUnreadable] = useState(0);
  const latest = useRef({ known, hold });
  latest.current = { known, hold };
  const query = queryText(filter);

  useEffect(() => {
    if (epoch === "") return;
    setRows(NO_LIVE_ROWS);
    setUnreadable(0);
  }, [epoch]);

  useEffect(() => {
    if (!follow) {
      setStream("off");
      return;
    }
    const source = new FlowStream({
      query,
      retryMs: RETRY_MS,
      onState: setStream,
      onLeftOut: setSkipped,
      onUnreadable: () => setUnreadable((count) => count + 1),
      onConnections: (incoming) =>
        setRows((now) => takeRows(now, incoming, latest.current.known, latest.current.hold())),
    });
    source.start();
    return () => source.stop();
  }, [query, follow]);

  const release = useCallback(() => setRows(releaseRows), []);
  return { rows, stream, skipped, unreadable, release };
}
