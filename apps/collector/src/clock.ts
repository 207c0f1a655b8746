import { setTimeout as sleepTimer } from "node:timers/promises";

/** Time, as far as the collector waits or stamps by it. Tests bring their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await sleepTimer(ms, undefined, { signal, ref: false });
    } catch {
      // Aborted: the caller looks at its signal.
    }
  },
};
