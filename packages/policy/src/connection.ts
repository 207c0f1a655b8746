/** One side of a connection. Addresses are textual. */
export type Party =
  | {
      readonly kind: "pod";
      readonly namespace: string;
      readonly name: string;
      /** The one in use, where the pod has several; without it, all of the pod's. */
      readonly address?: string;
    }
  | { readonly kind: "node"; readonly name: string; readonly address?: string }
  | { readonly kind: "external"; readonly address: string };

/**
 * A connection in its initiator's direction, as its server sees it. Replies are never judged: they belong to a
 * connection that was.
 */
export interface Connection {
  readonly source: Party;
  /** The backend, where a Service was dialled. */
  readonly destination: Party;
  /** IANA number. */
  readonly protocol: number;
  /** The port at the server; 0 for a protocol without ports. */
  readonly port: number;
  /** What the initiator dialled, where it is not the destination's address: a Service's, a node's. */
  readonly dialledAddress?: string;
  /** What the server sees as the source, where it is not the source's address (masquerade, NodePort). */
  readonly seenSourceAddress?: string;
}
