import type { ServerResponse } from "node:http";
import type { streamStatusSchema } from "@hopline/api";
import type { z } from "zod";
import { eventText } from "./event-text.js";

/** A reader who has taken nothing for so long is cut off; it connects again if it is still there. */
const STALLED_MS = 60_000;

/** One reader of the live stream. What it cannot take in time is left out and counted, never queued. */
export class StreamReader {
  readonly #response: ServerResponse;
  #isBehind = false;
  #behindSinceMs = 0;
  #leftOut = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on("drain", () => {
      this.#isBehind = false;
    });
    // A reader that resets its connection is gone, and that is all.
    response.on("error", () => response.destroy());
  }

  /** True while what was written last has not been taken off our hands. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  onClose(action: () => void): void {
    this.#response.once("close", action);
  }

  /** Sends the answer's head. */
  start(): void {
    this.#response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      // Proxies of the nginx kind hold answers back unless told not to.
      "x-accel-buffering": "no",
    });
    this.write("retry: 2000\n\n");
  }

  /**
   * @param event a `connections` event, or empty where there is nothing to tell.
   * @param count connections in it.
   * @param leftOut connections that matched but are in no event.
   */
  tell(event: string, count: number, leftOut: number, nowMs: number): void {
    this.#leftOut += leftOut;
    if (this.#isBehind) {
      this.#leftOut += count;
      if (nowMs - this.#behindSinceMs > STALLED_MS) this.#response.destroy();
      return;
    }
    const status = { now: nowMs, leftOut: this.#leftOut } satisfies z.output<typeof streamStatusSchema>;
    this.#leftOut = 0;
    this.#behindSinceMs = nowMs;
    this.write(event + eventText("status", status));
  }

  write(text: string): void {
    if (this.#isBehind || this.#response.destroyed) return;
    this.#isBehind = !this.#response.write(text);
  }

  end(): void {
    this.#response.end();
  }
}
