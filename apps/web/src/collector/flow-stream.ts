import { type Connection, connectionSchema, PATHS, streamStatusSchema } from "@hopline/api";
import { z } from "zod";
import type { QueryText } from "./query-text";

const connectionsEventSchema = z.array(connectionSchema);

export type StreamState = "connecting" | "open" | "lost";

export interface FlowStreamParts {
  readonly query: QueryText;
  readonly onConnections: (connections: Connection[]) => void;
  /** Connections that matched but were left out of the last event. */
  readonly onLeftOut: (count: number) => void;
  readonly onState: (state: StreamState) => void;
  /** An event that does not fit the schema; it is left out. */
  readonly onUnreadable: () => void;
  readonly retryMs: number;
}

/** Follows the collector's live stream of connections; reconnects until stopped. */
export class FlowStream {
  readonly #parts: FlowStreamParts;
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: FlowStreamParts) {
    this.#parts = parts;
  }

  start(): void {
    const { query, onConnections, onLeftOut, onState, onUnreadable, retryMs } = this.#parts;
    onState("connecting");
    const source = new EventSource(`${PATHS.flowStream}${query}`);
    this.#source = source;
    source.addEventListener("open", () => onState("open"));
    source.addEventListener("connections", (event) => {
      const parsed = connectionsEventSchema.safeParse(parseJson(event.data));
      if (parsed.success) onConnections(parsed.data);
      else onUnreadable();
    });
    source.addEventListener("status", (event) => {
      const parsed = streamStatusSchema.safeParse(parseJson(event.data));
      if (parsed.success) onLeftOut(parsed.data.leftOut);
      else onUnreadable();
    });
    source.addEventListener("error", () => {
      onState("lost");
      // An answer other than 200 closes an EventSource for good; a broken connection it mends itself.
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(this.#retry);
        this.#retry = setTimeout(() => this.start(), retryMs);
      }
    });
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
  }
}

function parseJson(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
