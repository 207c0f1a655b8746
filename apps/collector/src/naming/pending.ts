/** What a batch waits for: it may become known within seconds. Sets are bounded; one that is full waits for its part. */
export class Pending {
  static readonly CAPACITY = 4096;

  /** Addresses of the cluster that nobody is known to have, with the row time (ms) to ask for. */
  readonly addresses = new Map<string, number>();
  /** Connections whose client is another node, which may have translated them. */
  readonly connections = new Set<bigint>();
  /** Nodes of which it is not known yet whether they have an agent, with the window to ask for. */
  readonly nodes = new Map<string, number>();
  /** When verdicts that a change may still take back are final, Unix milliseconds by the clock; 0 where all are. */
  verdictsFinalAtMs = 0;
  /** The time up to which it has to be known what policies were, Unix milliseconds; 0 where all is known. */
  policiesKnownAtMs = 0;
  /** Rows that wait for at least one of these. */
  rows = 0;

  get isEmpty(): boolean {
    const names = this.addresses.size + this.connections.size + this.nodes.size;
    return names === 0 && this.verdictsFinalAtMs === 0 && this.policiesKnownAtMs === 0;
  }

  addAddress(address: string, timeMs: number): void {
    if (this.addresses.size < Pending.CAPACITY) this.addresses.set(address, timeMs);
  }

  addConnection(connectionId: bigint): void {
    if (this.connections.size < Pending.CAPACITY) this.connections.add(connectionId);
  }

  addNode(node: string, window: number): void {
    if (this.nodes.size < Pending.CAPACITY) this.nodes.set(node, window);
  }
}
