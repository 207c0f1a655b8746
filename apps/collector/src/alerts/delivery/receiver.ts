import type { AlertReceiver } from "@hopline/api";
import type { StoredAlert } from "@hopline/store";

/** An alert that somebody should be told of. */
export type ToldAlert = StoredAlert & { readonly state: "firing" | "resolved" };

/** Somebody who is told of alerts. */
export interface Receiver {
  readonly kind: AlertReceiver["kind"];
  /** Names it in status and store; holds no password. */
  readonly url: string;
  /** A firing alert is told again so often; undefined: once. */
  readonly repeatMs: number | undefined;
  /** Rejects where they were not taken, all or none. */
  tell(alerts: readonly ToldAlert[], nowMs: number, signal: AbortSignal): Promise<void>;
}
