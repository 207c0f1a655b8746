import type { ProtocolName } from "../src/protocol.js";
import {
  A,
  DENY_INGRESS,
  from,
  ingressOf,
  NOT_INTO_X,
  named,
  port,
  type SuiteCase,
} from "./e2e-suite-case.js";

/** One protocol's share of the suite: what the three protocols have in common. */
export function perProtocol(protocol: ProtocolName): SuiteCase[] {
  return [
    {
      title: `${protocol}: default deny of ingress`,
      steps: [
        { policy: "deny", spec: DENY_INGRESS },
        { port: 80, protocol, lines: NOT_INTO_X },
      ],
    },
    {
      title: `${protocol}: by port`,
      steps: [
        {
          policy: "from-y",
          spec: ingressOf(A, { ...from({ namespaceSelector: named("y") }), ...port(81, protocol) }),
        },
        { port: 81, protocol, lines: ["- x/* > x/a", "- z/* > x/a"] },
      ],
    },
    {
      title: `${protocol}: only from one pod of another namespace`,
      steps: [
        {
          policy: "from-ya",
          spec: ingressOf(A, from({ namespaceSelector: named("y"), podSelector: A })),
        },
        { port: 80, protocol, lines: ["- * > x/a", "+ y/a > x/a"] },
      ],
    },
  ];
}
