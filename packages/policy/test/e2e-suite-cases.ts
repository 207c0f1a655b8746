import {
  A,
  B,
  BOTH,
  C,
  DENY_INGRESS,
  egressOf,
  from,
  ingressOf,
  NOT_INTO_X,
  NOT_INTO_XA,
  named,
  namedBy,
  port,
  type SuiteCase,
  to,
} from "./e2e-suite-case.js";
import { perProtocol } from "./e2e-suite-protocol.js";

/**
 * What the Kubernetes end-to-end suite for NetworkPolicy (test/e2e/network/netpol) checks, case by case, in a table
 * of our own. Pods x/a to z/c; policies are in x unless they say otherwise; y/b has 10.0.2.2, x/b has 10.0.1.2.
 */
export const SUITE_CASES: readonly SuiteCase[] = [
  ...perProtocol("TCP"),
  {
    title: "default deny of ingress and egress",
    steps: [
      { policy: "deny-all", spec: { podSelector: {}, ...BOTH, ingress: [], egress: [] } },
      { port: 80, lines: ["- * > x/*", "- x/* > *"] },
    ],
  },
  {
    title: "from pods of the server's namespace, by podSelector",
    steps: [
      { policy: "from-b", spec: ingressOf(A, from({ podSelector: B })) },
      { port: 80, lines: ["- * > x/a", "+ x/b > x/a"] },
    ],
  },
  {
    title: "ingress for one target in a closed namespace",
    steps: [
      { policy: "deny", spec: DENY_INGRESS },
      { policy: "to-a", spec: ingressOf(A, from({ podSelector: {}, namespaceSelector: {} })) },
      { port: 80, lines: ["- * > x/*", "+ * > x/a"] },
    ],
  },
  {
    title: "from pods of all namespaces",
    steps: [
      { policy: "from-all", spec: ingressOf(A, from({ namespaceSelector: { matchLabels: {} } })) },
      { port: 80, lines: [] },
    ],
  },
  {
    title: "only from another namespace, by namespaceSelector",
    steps: [
      { policy: "from-y", spec: ingressOf(A, from({ namespaceSelector: named("y") })) },
      { port: 80, lines: ["- x/* > x/a", "- z/* > x/a"] },
    ],
  },
  {
    title: "podSelector with matchExpressions",
    steps: [
      {
        policy: "from-b",
        spec: ingressOf(
          A,
          from({ podSelector: { matchExpressions: [{ key: "pod", operator: "In", values: ["b"] }] } }),
        ),
      },
      { port: 80, lines: ["- * > x/a", "+ x/b > x/a"] },
    ],
  },
  {
    title: "namespaceSelector with matchExpressions",
    steps: [
      { policy: "from-y", spec: ingressOf(A, from({ namespaceSelector: namedBy("In", "y") })) },
      { port: 80, lines: ["- x/* > x/a", "- z/* > x/a"] },
    ],
  },
  {
    title: "podSelector or namespaceSelector",
    steps: [
      {
        policy: "either",
        spec: ingressOf(A, from({ namespaceSelector: namedBy("NotIn", "x") }, { podSelector: B })),
      },
      { port: 80, lines: ["- x/c > x/a"] },
    ],
  },
  {
    title: "podSelector and namespaceSelector",
    steps: [
      {
        policy: "both",
        spec: ingressOf(A, from({ namespaceSelector: namedBy("NotIn", "x"), podSelector: B })),
      },
      { port: 80, lines: ["- * > x/a", "+ y/b > x/a", "+ z/b > x/a"] },
    ],
  },
  {
    title: "several values for pods and namespaces at once",
    steps: [
      {
        policy: "b-or-c",
        spec: ingressOf(
          A,
          from({
            namespaceSelector: namedBy("NotIn", "x"),
            podSelector: { matchExpressions: [{ key: "pod", operator: "In", values: ["b", "c"] }] },
          }),
        ),
      },
      { port: 80, lines: ["- x/* > x/a", "- y/a > x/a", "- z/a > x/a"] },
    ],
  },
  {
    title: "any of several podSelectors",
    steps: [
      { policy: "b-or-c", spec: ingressOf(A, from({ podSelector: B }, { podSelector: C })) },
      { port: 80, lines: ["- * > x/a", "+ x/b > x/a", "+ x/c > x/a"] },
    ],
  },
  {
    title: "stacked policies with overlapping podSelectors",
    steps: [
      { policy: "p81", spec: ingressOf(A, { ...from({ namespaceSelector: named("y") }), ...port(81) }) },
      { port: 81, lines: ["- x/* > x/a", "- z/* > x/a"] },
      { port: 80, lines: NOT_INTO_XA },
      { policy: "p80", spec: ingressOf(A, { ...from({ namespaceSelector: named("y") }), ...port(80) }) },
      { port: 80, lines: ["- x/* > x/a", "- z/* > x/a"] },
    ],
  },
  {
    title: "allow all",
    steps: [
      { policy: "allow-all", spec: ingressOf({}, {}) },
      { port: 80, lines: [] },
      { port: 81, lines: [] },
    ],
  },
  {
    title: "ingress on one named port",
    steps: [
      { policy: "named", spec: ingressOf({}, port("serve-81-tcp")) },
      { port: 81, lines: [] },
      { port: 80, lines: NOT_INTO_X },
    ],
  },
  {
    title: "ingress from a namespace on one named port",
    steps: [
      {
        policy: "named",
        spec: ingressOf(A, { ...from({ namespaceSelector: named("y") }), ...port("serve-80-tcp", "TCP") }),
      },
      { port: 80, lines: ["- x/* > x/a", "- z/* > x/a"] },
      { port: 81, lines: NOT_INTO_XA },
    ],
  },
  {
    title: "egress on one named port",
    steps: [
      { policy: "named", spec: egressOf({}, port("serve-80-tcp")) },
      { port: 80, lines: [] },
      { port: 81, lines: ["- x/* > *"] },
    ],
  },
  {
    title: "a policy that is changed",
    steps: [
      { policy: "changing", spec: ingressOf({}, {}) },
      { port: 81, lines: [] },
      { policy: "changing", spec: ingressOf({}) },
      { port: 81, lines: NOT_INTO_X },
    ],
  },
  {
    title: "a namespace that gets a label",
    steps: [
      {
        policy: "by-label",
        spec: ingressOf(A, from({ namespaceSelector: { matchLabels: { ns2: "updated" } } })),
      },
      { port: 80, lines: NOT_INTO_XA },
      { namespace: "y", labels: { ns2: "updated" } },
      { port: 80, lines: ["- * > x/a", "+ y/* > x/a"] },
    ],
  },
  {
    title: "a client that gets a label",
    steps: [
      {
        policy: "by-label",
        spec: ingressOf(A, from({ podSelector: { matchLabels: { pod: "b", pod2: "updated" } } })),
      },
      { port: 80, lines: NOT_INTO_XA },
      { pod: "x/b", labels: { pod: "b", pod2: "updated" } },
      { port: 80, lines: ["- * > x/a", "+ x/b > x/a"] },
    ],
  },
  {
    title: "no ingress from other namespaces",
    steps: [
      { policy: "own", spec: ingressOf({}, from({ podSelector: { matchLabels: {} } })) },
      { port: 80, lines: ["- y/* > x/*", "- z/* > x/*"] },
    ],
  },
  {
    title: "a server that gets a label",
    steps: [
      { policy: "isolated", spec: ingressOf({ matchLabels: { target: "isolated" } }) },
      { port: 80, lines: [] },
      { pod: "x/a", labels: { pod: "a", target: "isolated" } },
      { port: 80, lines: NOT_INTO_XA },
    ],
  },
  {
    title: "no egress from one pod",
    steps: [
      { policy: "deny-egress", spec: egressOf(A) },
      { port: 80, lines: ["- x/a > *"] },
    ],
  },
  {
    title: "no egress from a namespace",
    steps: [
      { policy: "deny-egress", spec: egressOf({}) },
      { port: 80, lines: ["- x/* > *"] },
    ],
  },
  {
    title: "ingress and egress in one policy",
    steps: [
      {
        policy: "both-ways",
        spec: { podSelector: A, ...BOTH, ingress: [from({ podSelector: B })], egress: [port(80)] },
      },
      { port: 80, lines: ["- * > x/a", "+ x/b > x/a"] },
      { port: 81, lines: ["- * > x/a", "- x/a > *", "+ x/b > x/a"] },
    ],
  },
  {
    title: "egress denied at the client, for all that the server allows",
    steps: [
      {
        policy: "to-ya",
        spec: egressOf(A, to({ namespaceSelector: named("y"), podSelector: A })),
      },
      {
        policy: "ya-from-xa",
        namespace: "y",
        spec: ingressOf(A, from({ namespaceSelector: named("x"), podSelector: A })),
      },
      {
        policy: "yb-from-xa",
        namespace: "y",
        spec: ingressOf(B, from({ namespaceSelector: named("x"), podSelector: A })),
      },
      { port: 80, lines: ["- x/a > *", "- * > y/a", "- * > y/b", "+ x/a > y/a"] },
    ],
  },
  {
    title: "egress to one pod of another namespace",
    steps: [
      {
        policy: "to-ya",
        spec: egressOf(A, to({ namespaceSelector: named("y"), podSelector: A })),
      },
      { port: 80, lines: ["- x/a > *", "+ x/a > y/a"] },
    ],
  },
  {
    title: "any port of one protocol",
    steps: [
      { policy: "tcp", spec: ingressOf(A, { ports: [{ protocol: "TCP" }] }) },
      { port: 80, lines: [] },
      { port: 80, protocol: "UDP", lines: NOT_INTO_XA },
    ],
  },
  {
    title: "of several ingress policies, the one that allows all wins",
    steps: [
      { policy: "p80", spec: ingressOf({}, port(80)) },
      { port: 81, lines: NOT_INTO_X },
      { policy: "all", spec: ingressOf({}, {}) },
      { port: 81, lines: [] },
    ],
  },
  {
    title: "of several egress policies, the one that allows all wins",
    steps: [
      { policy: "p80", spec: egressOf({}, port(80)) },
      { port: 81, lines: ["- x/* > *"] },
      { policy: "all", spec: egressOf({}, {}) },
      { port: 81, lines: [] },
    ],
  },
  {
    title: "a policy that is deleted",
    steps: [
      { policy: "deny-all", spec: { podSelector: {}, ...BOTH, ingress: [], egress: [] } },
      { port: 80, lines: ["- * > x/*", "- x/* > *"] },
      { withdrawn: "deny-all" },
      { port: 80, lines: [] },
    ],
  },
  {
    title: "egress to an ipBlock",
    steps: [
      { policy: "cidr", spec: egressOf(A, to({ ipBlock: { cidr: "10.0.2.2/32" } })) },
      { port: 80, lines: ["- x/a > *", "+ x/a > y/b"] },
    ],
  },
  {
    title: "egress to an ipBlock with an exception",
    steps: [
      {
        policy: "cidr",
        spec: egressOf(A, to({ ipBlock: { cidr: "10.0.0.0/8", except: ["10.0.1.2/32"] } })),
      },
      { port: 80, lines: ["- x/a > x/b"] },
    ],
  },
  {
    title: "an address in one ipBlock's exception and in another ipBlock",
    steps: [
      {
        policy: "cidr",
        spec: egressOf(A, to({ ipBlock: { cidr: "10.0.0.0/8", except: ["10.0.1.2/32"] } })),
      },
      { port: 80, lines: ["- x/a > x/b"] },
      { policy: "cidr", spec: egressOf(A, to({ ipBlock: { cidr: "10.0.1.2/32" } })) },
      { port: 80, lines: ["- x/a > *", "+ x/a > x/b"] },
    ],
  },
  {
    title: "ingress and egress of one pod, each by its own policy",
    steps: [
      { policy: "egress", spec: egressOf(A, {}) },
      { port: 80, lines: [] },
      { policy: "ingress", spec: ingressOf(A) },
      { port: 80, lines: NOT_INTO_XA },
    ],
  },
  {
    title: "SCTP is not TCP",
    steps: [
      { policy: "deny", spec: DENY_INGRESS },
      { policy: "sctp", spec: ingressOf(A, port(81, "SCTP")) },
      { port: 81, lines: NOT_INTO_X },
    ],
  },
  {
    title: "a policy for SCTP isolates from TCP",
    steps: [
      { policy: "sctp", spec: ingressOf(A, port(80, "SCTP")) },
      { port: 81, lines: NOT_INTO_XA },
    ],
  },
  {
    title: "UDP is not TCP",
    steps: [
      { policy: "udp", spec: ingressOf(A, port(81, "UDP")) },
      { port: 81, lines: NOT_INTO_XA },
    ],
  },
  {
    title: "ingress by the label that every namespace has",
    steps: [
      { policy: "from-y", spec: ingressOf(A, from({ namespaceSelector: named("y") })) },
      { port: 80, lines: ["- x/* > x/a", "- z/* > x/a"] },
    ],
  },
  {
    title: "egress by the label that every namespace has, with matchExpressions",
    steps: [
      { policy: "not-y", spec: egressOf(A, to({ namespaceSelector: namedBy("NotIn", "y") })) },
      { port: 80, lines: ["- x/a > y/*"] },
    ],
  },
  ...perProtocol("UDP"),
  ...perProtocol("SCTP"),
];
