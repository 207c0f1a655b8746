import { z } from "zod";
import {
  egressPeersSchema,
  ingressPeersSchema,
  prioritySchema,
  ruleNameSchema,
  subjectSchema,
  toPeer,
  toSelection,
} from "./cluster-policy-schemas.js";
import { issuesOf, type Parsed } from "./field-issue.js";
import { endAfterStart, exactlyOne, portSchema } from "./field-schemas.js";
import type { Action, Policy, PortMatch, Rule } from "./policy.js";
import { LAST_PORT, PROTOCOL_NUMBERS } from "./protocol.js";

const portRangeSchema = z.strictObject({ start: portSchema, end: portSchema }).superRefine(endAfterStart);

const destinationPortSchema = z
  .strictObject({ number: portSchema.nullish(), range: portRangeSchema.nullish() })
  .superRefine(exactlyOne);

const portsSchema = z.strictObject({ destinationPort: destinationPortSchema.nullish() });

const protocolSchema = z
  .strictObject({
    tcp: portsSchema.nullish(),
    udp: portsSchema.nullish(),
    sctp: portsSchema.nullish(),
    destinationNamedPort: z.string().min(1).nullish(),
  })
  .superRefine(exactlyOne);

const common = {
  name: ruleNameSchema,
  action: z.enum(["Accept", "Deny", "Pass"]),
  protocols: z.array(protocolSchema).min(1, "is empty").nullish(),
};

const schema = z.strictObject({
  apiVersion: z.literal("policy.networking.k8s.io/v1alpha2"),
  kind: z.literal("ClusterNetworkPolicy"),
  metadata: z.looseObject({ name: z.string().min(1) }),
  spec: z.strictObject({
    tier: z.enum(["Admin", "Baseline"]),
    priority: prioritySchema,
    subject: subjectSchema,
    ingress: z.array(z.strictObject({ ...common, from: ingressPeersSchema })).nullish(),
    egress: z.array(z.strictObject({ ...common, to: egressPeersSchema })).nullish(),
  }),
  status: z.unknown().optional(),
});

type Protocol = z.output<typeof protocolSchema>;

const ACTIONS: Readonly<Record<"Accept" | "Deny" | "Pass", Action>> = {
  Accept: "allow",
  Deny: "deny",
  Pass: "pass",
};

/** policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy. */
export function parseClusterNetworkPolicy(object: unknown): Parsed<Policy> {
  const parsed = schema.safeParse(object);
  if (!parsed.success) return { issues: issuesOf(parsed.error) };
  const { metadata, spec } = parsed.data;
  const toRule = (
    rule: {
      name?: string | null | undefined;
      action: keyof typeof ACTIONS;
      protocols?: Protocol[] | null | undefined;
    },
    peers: z.output<typeof egressPeersSchema>,
  ): Rule => ({
    name: rule.name ?? undefined,
    action: ACTIONS[rule.action],
    peers: peers.map(toPeer),
    ports: rule.protocols?.flatMap(toPortMatch),
  });
  return {
    value: {
      kind: "ClusterNetworkPolicy",
      tier: spec.tier === "Admin" ? "admin" : "baseline",
      namespace: "",
      name: metadata.name,
      priority: spec.priority,
      subject: toSelection(spec.subject),
      ingress: spec.ingress?.map(({ from, ...rule }) => toRule(rule, from)),
      egress: spec.egress?.map(({ to, ...rule }) => toRule(rule, to)),
    },
  };
}

function toPortMatch({ tcp, udp, sctp, destinationNamedPort }: Protocol): PortMatch[] {
  if (destinationNamedPort) return [{ kind: "name", protocol: undefined, name: destinationNamedPort }];
  const sides = [
    { protocol: PROTOCOL_NUMBERS.TCP, ports: tcp },
    { protocol: PROTOCOL_NUMBERS.UDP, ports: udp },
    { protocol: PROTOCOL_NUMBERS.SCTP, ports: sctp },
  ];
  return sides.flatMap(({ protocol, ports }): PortMatch[] => {
    if (!ports) return [];
    const { number, range } = ports.destinationPort ?? {};
    if (number) return [{ kind: "range", protocol, first: number, last: number }];
    if (range) return [{ kind: "range", protocol, first: range.start, last: range.end }];
    return [{ kind: "range", protocol, first: 0, last: LAST_PORT }];
  });
}
