import type { ProtocolName } from "../src/protocol.js";

/** A change to the cluster between two looks at it. */
export type Change =
  | { readonly policy: string; readonly namespace?: string; readonly spec: object }
  | { readonly withdrawn: string; readonly namespace?: string }
  | { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }
  | { readonly pod: string; readonly labels: Readonly<Record<string, string>> };

/** What every pair of pods may do on one port: all allowed, but for these lines, of which the last that fits counts. */
export interface Look {
  readonly port: number;
  readonly protocol?: ProtocolName;
  /** `+` or `-`, then FROM > TO, where a pod is NAMESPACE/NAME and `*` stands for any. */
  readonly lines: readonly string[];
}

export interface SuiteCase {
  readonly title: string;
  readonly steps: readonly (Change | Look)[];
}

export const A = { matchLabels: { pod: "a" } };
export const B = { matchLabels: { pod: "b" } };
export const C = { matchLabels: { pod: "c" } };
export const named = (name: string) => ({ matchLabels: { "kubernetes.io/metadata.name": name } });
export const namedBy = (operator: string, ...values: string[]) => ({
  matchExpressions: [{ key: "kubernetes.io/metadata.name", operator, values }],
});
export const IN = { policyTypes: ["Ingress"] };
export const OUT = { policyTypes: ["Egress"] };
export const BOTH = { policyTypes: ["Ingress", "Egress"] };
export const ingressOf = (podSelector: object, ...ingress: object[]) => ({ podSelector, ...IN, ingress });
export const egressOf = (podSelector: object, ...egress: object[]) => ({ podSelector, ...OUT, egress });
export const from = (...peers: object[]) => ({ from: peers });
export const to = (...peers: object[]) => ({ to: peers });
export const port = (number: number | string, protocol?: ProtocolName) => ({
  ports: [{ port: number, protocol }],
});

export const DENY_INGRESS = ingressOf({});
export const NOT_INTO_X = ["- * > x/*"];
export const NOT_INTO_XA = ["- * > x/a"];
