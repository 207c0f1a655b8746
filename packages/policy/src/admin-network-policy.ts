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
import { endAfterStart, exactlyOne, portSchema, protocolSchema } from "./field-schemas.js";
import type { Action, Policy, PortMatch } from "./policy.js";
import { PROTOCOL_NUMBERS } from "./protocol.js";

const portNumberSchema = z.strictObject({ protocol: protocolSchema.nullish(), port: portSchema });

const portRangeSchema = z
  .strictObject({ protocol: protocolSchema.nullish(), start: portSchema, end: portSchema })
  .superRefine(endAfterStart);

const rulePortSchema = z
  .strictObject({
    portNumber: portNumberSchema.nullish(),
    portRange: portRangeSchema.nullish(),
    namedPort: z.string().min(1).nullish(),
  })
  .superRefine(exactlyOne);

const rulePortsSchema = z.array(rulePortSchema).nullish();

function rulesSchemas<Word extends string>(actionSchema: z.ZodType<Word>) {
  const common = { name: ruleNameSchema, action: actionSchema, ports: rulePortsSchema };
  return {
    ingress: z.array(z.strictObject({ ...common, from: ingressPeersSchema })).nullish(),
    egress: z.array(z.strictObject({ ...common, to: egressPeersSchema })).nullish(),
  };
}

const metadataSchema = z.looseObject({ name: z.string().min(1) });
const apiVersionSchema = z.literal("policy.networking.k8s.io/v1alpha1");

const adminSchema = z.strictObject({
  apiVersion: apiVersionSchema,
  kind: z.literal("AdminNetworkPolicy"),
  metadata: metadataSchema,
  spec: z.strictObject({
    priority: prioritySchema,
    subject: subjectSchema,
    ...rulesSchemas(z.enum(["Allow", "Deny", "Pass"])),
  }),
  status: z.unknown().optional(),
});

const baselineSchema = z.strictObject({
  apiVersion: apiVersionSchema,
  kind: z.literal("BaselineAdminNetworkPolicy"),
  metadata: z.looseObject({ name: z.literal("default", 'must be "default", for there is only one') }),
  spec: z.strictObject({ subject: subjectSchema, ...rulesSchemas(z.enum(["Allow", "Deny"])) }),
  status: z.unknown().optional(),
});

const ACTIONS: Readonly<Record<"Allow" | "Deny" | "Pass", Action>> = {
  Allow: "allow",
  Deny: "deny",
  Pass: "pass",
};

/** policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy (KEP-2091). */
export function parseAdminNetworkPolicy(object: unknown): Parsed<Policy> {
  const parsed = adminSchema.safeParse(object);
  if (!parsed.success) return { issues: issuesOf(parsed.error) };
  const { metadata, spec } = parsed.data;
  return { value: toPolicy("AdminNetworkPolicy", metadata.name, spec.priority, spec) };
}

/** policy.networking.k8s.io/v1alpha1 BaselineAdminNetworkPolicy (KEP-2091). */
export function parseBaselineAdminNetworkPolicy(object: unknown): Parsed<Policy> {
  const parsed = baselineSchema.safeParse(object);
  if (!parsed.success) return { issues: issuesOf(parsed.error) };
  const { metadata, spec } = parsed.data;
  return { value: toPolicy("BaselineAdminNetworkPolicy", metadata.name, 0, spec) };
}

function toPolicy(
  kind: "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy",
  name: string,
  priority: number,
  spec: Omit<z.output<typeof adminSchema>["spec"], "priority">,
): Policy {
  return {
    kind,
    tier: kind === "AdminNetworkPolicy" ? "admin" : "baseline",
    namespace: "",
    name,
    priority,
    subject: toSelection(spec.subject),
    ingress: spec.ingress?.map(({ from, ...rule }) => toRule(rule, from)),
    egress: spec.egress?.map(({ to, ...rule }) => toRule(rule, to)),
  };
}

function toRule(
  rule: {
    name?: string | null | undefined;
    action: keyof typeof ACTIONS;
    ports?: z.output<typeof rulePortsSchema>;
  },
  peers: z.output<typeof egressPeersSchema>,
) {
  return {
    name: rule.name ?? undefined,
    action: ACTIONS[rule.action],
    peers: peers.map(toPeer),
    ports: rule.ports && rule.ports.length > 0 ? rule.ports.flatMap(toPortMatch) : undefined,
  };
}

function toPortMatch({ portNumber, portRange, namedPort }: z.output<typeof rulePortSchema>): PortMatch[] {
  if (portNumber) {
    const protocol = PROTOCOL_NUMBERS[portNumber.protocol ?? "TCP"];
    return [{ kind: "range", protocol, first: portNumber.port, last: portNumber.port }];
  }
  if (portRange) {
    const protocol = PROTOCOL_NUMBERS[portRange.protocol ?? "TCP"];
    return [{ kind: "range", protocol, first: portRange.start, last: portRange.end }];
  }
  return namedPort ? [{ kind: "name", protocol: undefined, name: namedPort }] : [];
}
