/** Monotonic counts since the table was made; `entries` and `pendingRows` are as of now. */
export interface FlowTableCounters {
  readonly entries: number;
  readonly pendingRows: number;
  readonly created: number;
  readonly ended: { readonly closed: number; readonly idle: number; readonly reopened: number };
  readonly evicted: { readonly closed: number; readonly idle: number };
  /** Sequence holes given up while they could still be filled: their bytes stay gaps. */
  readonly holesForgotten: number;
  /** ICMP errors that quoted a flow of the same interface, and those whose flow is not in the table. */
  readonly icmpErrors: { readonly matched: number; readonly unmatched: number };
  readonly rows: number;
}
