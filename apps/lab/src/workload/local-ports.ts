const FIRST_PORT = 10_000;
/** Ends where the kernel's own choice of local ports begins (ip_local_port_range). */
const PORTS = 22_768;
/** More than a workload takes. */
const PORTS_PER_SECOND = 20;

/**
 * Hands out local ports one after another: each conversation's is known before its first packet, and no 5-tuple
 * comes again soon, not even one whose last packets are still remembered.
 */
export class LocalPorts {
  #next: number;

  /** Begins where the clock says, so that a pod goes on after the ports of the one that had its address before. */
  constructor(nowMs: number) {
    this.#next = Math.floor((nowMs / 1000) * PORTS_PER_SECOND) % PORTS;
  }

  take(): number {
    this.#next = (this.#next + 1) % PORTS;
    return FIRST_PORT + this.#next;
  }
}
