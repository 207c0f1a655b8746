import type { DropColumns } from "@hopline/batch";
import type { LoggedPacket } from "@hopline/capture";
import type { DropMemory } from "./drop-memory.js";
import { DropNamer, type DropNamerOptions } from "./drop-namer.js";
import { DropSums } from "./drop-sums.js";
import { DroppedPackets, emptyFlow } from "./dropped-packet.js";

/** Between two hand-overs. */
const MOST_ROWS = 2000;

export interface LoggedDropsOptions extends DropNamerOptions {
  readonly memory: DropMemory;
}

/** What rules have logged, live or in a recording, as it becomes rows. */
export class LoggedDrops {
  /** Packets that belong to no flow, since the start. */
  notDecoded = 0;
  readonly #memory: DropMemory;
  readonly #namer: DropNamer;
  readonly #packets = new DroppedPackets();
  readonly #flow = emptyFlow();
  readonly #sums = new DropSums(MOST_ROWS);

  constructor(options: LoggedDropsOptions) {
    this.#memory = options.memory;
    this.#namer = new DropNamer(options);
  }

  /** Packets that came when there were rows enough, since the start. */
  get rateLimited(): number {
    return this.#sums.rateLimited;
  }

  /** @param timeUs when it was dropped, microseconds since the Unix epoch */
  take(logged: LoggedPacket, timeUs: number): void {
    const flow = this.#flow;
    if (!this.#packets.read(logged, flow)) {
      this.notDecoded++;
      return;
    }
    const { connection } = logged;
    if (connection === undefined) this.#memory.note(flow.tuple, flow.initialSequence, timeUs);
    else if (!connection.isConfirmed && !connection.isReply)
      this.#memory.noteTold(flow.tuple, connection.original, flow.initialSequence, timeUs);
    this.#sums.add(logged, flow, timeUs);
  }

  /** Rows of what was taken since the last time. */
  rows(): DropColumns | undefined {
    const sums = this.#sums.take();
    return sums.length === 0 ? undefined : this.#namer.name(sums);
  }
}
