/** What every server of a workload is given. */
export interface ServerContext {
  /** `namespace/pod`, which it says in its answers. */
  readonly servedBy: string;
  /** The workload's own calls for an incoming request; settles when they are done, and never fails. */
  readonly onRequest: () => Promise<void>;
  /** A name's address: from the zone, or asked of the DNS upstream. For DNS servers only. */
  readonly lookUp: (name: string) => Promise<string | undefined>;
}

export interface RunningServer {
  /** Takes no new connection, ends those without a request under way, and settles when all have ended. */
  stop(): Promise<void>;
  /** Cuts what is still open. */
  cut(): void;
}
