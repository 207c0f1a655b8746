import type { PeerMatrix } from "./peer-matrix.js";
import type { PortLists, PortQuestion } from "./port-lists.js";
import type { Doubt } from "./verdict.js";

/** One direction of a connection, as the rules ask about it that have a say. */
export interface Question {
  readonly peers: PeerMatrix;
  /** The peer's, in `peers`. */
  readonly row: number;
  readonly ports: PortLists;
  readonly port: PortQuestion;
  /** Why the connection may be exempt from default deny; undefined where it is not. */
  readonly exemption: Doubt | undefined;
}
