import { statSync } from "node:fs";
import type { OfflineCapture } from "./offline-capture.js";

const FIRST_AFTER_MS = 1000;
const TERMINAL_EVERY_MS = 500;
const LINE_EVERY_MS = 10_000;

/** Metrics of the agent that tell how far it is. */
const FRAMES = "hopline_agent_frames_seen_total";
const READ_BYTES = "hopline_agent_file_read_bytes";

/**
 * Says on standard error how far the captures have been read, once it takes longer than a second: on a terminal in one line
 * that is written again, elsewhere in a line every ten seconds. Asks the agents, which know.
 */
export class ReadingProgress {
  readonly #addresses: readonly string[];
  readonly #totalBytes: number;
  readonly #startedAtMs = performance.now();
  readonly #terminal = process.stderr.isTTY === true;
  /** Last answers: an agent that is done does not answer any more. */
  readonly #frames: number[];
  readonly #readBytes: number[];
  readonly #sizes: readonly number[];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #shown = false;

  constructor(captures: readonly OfflineCapture[], metricsAddresses: readonly string[]) {
    this.#addresses = metricsAddresses;
    this.#sizes = captures.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    this.#totalBytes = this.#sizes.reduce((sum, size) => sum + size, 0);
    this.#frames = captures.map(() => 0);
    this.#readBytes = captures.map(() => 0);
    this.#schedule(this.#terminal ? FIRST_AFTER_MS : LINE_EVERY_MS);
  }

  /** Takes the line off the terminal. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    if (this.#shown && this.#terminal) process.stderr.write("\r\u001b[K");
  }

  #schedule(afterMs: number): void {
    this.#timer = setTimeout(() => void this.#show(), afterMs);
    this.#timer.unref();
  }

  async #show(): Promise<void> {
    await Promise.all(this.#addresses.map((address, at) => this.#ask(address, at)));
    if (this.#stopped) return;
    const seconds = (performance.now() - this.#startedAtMs) / 1000;
    const frames = this.#frames.reduce((sum, count) => sum + count, 0);
    const text = progressText(this.#share(), frames, seconds);
    process.stderr.write(this.#terminal ? `\r${text}\u001b[K` : `${text}\n`);
    this.#shown = true;
    this.#schedule(this.#terminal ? TERMINAL_EVERY_MS : LINE_EVERY_MS);
  }

  async #ask(address: string, at: number): Promise<void> {
    try {
      const text = await (await fetch(`http://${address}/metrics`)).text();
      this.#frames[at] = metricValue(text, FRAMES) ?? this.#frames[at]!;
      this.#readBytes[at] = metricValue(text, READ_BYTES) ?? this.#readBytes[at]!;
    } catch {
      // Not started yet, or done already.
    }
  }

  #share(): number | undefined {
    const read = this.#readBytes.reduce((sum, bytes) => sum + bytes, 0);
    return read > 0 && this.#totalBytes > 0 ? Math.min(1, read / this.#totalBytes) : undefined;
  }
}

/** `62 % read, 1,204,000 packets, 3 s`; rows of what was read wait on disk until they are stored */
export function progressText(share: number | undefined, packets: number, seconds: number): string {
  const read = share === undefined ? "" : `${Math.floor(share * 100)} % read, `;
  const part = share === 1 ? "all read, storing, " : read;
  return `hopline: ${part}${packets.toLocaleString("en")} packets, ${seconds.toFixed(0)} s`;
}

/** The value of a metric without labels in Prometheus' text format. */
export function metricValue(text: string, name: string): number | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  const value = line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
  return Number.isFinite(value) ? value : undefined;
}
