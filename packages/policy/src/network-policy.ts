import { z } from "zod";
import { issuesOf, type Parsed } from "./field-issue.js";
import { cidrSchema, portNameSchema, portSchema, protocolSchema } from "./field-schemas.js";
import { type AddressRange, parseNetwork } from "./ip-address.js";
import type { Peer, Policy, PortMatch, Rule } from "./policy.js";
import { LAST_PORT, PROTOCOL_NUMBERS } from "./protocol.js";
import { selectorSchema, toSelector } from "./selector-schema.js";

const policyPortSchema = z
  .strictObject({
    protocol: protocolSchema.nullish(),
    port: z
      .union([portSchema, portNameSchema], "is neither a port number from 1 to 65535 nor a port name")
      .nullish(),
    endPort: portSchema.nullish(),
  })
  .superRefine(({ port, endPort }, context) => {
    if (endPort === null || endPort === undefined) return;
    const report = (message: string) => context.addIssue({ code: "custom", path: ["endPort"], message });
    if (typeof port !== "number") report("needs a numerical port");
    else if (endPort < port) report(`is less than port ${port}`);
  });

const ipBlockSchema = z
  .strictObject({ cidr: cidrSchema, except: z.array(cidrSchema).nullish() })
  .superRefine(({ cidr, except }, context) => {
    const whole = parseNetwork(cidr);
    for (const [index, text] of (except ?? []).entries()) {
      const part = parseNetwork(text);
      if (whole !== undefined && part !== undefined && isWithin(part, whole)) continue;
      context.addIssue({ code: "custom", path: ["except", index], message: `is no part of ${cidr}` });
    }
  });

const peerSchema = z
  .strictObject({
    podSelector: selectorSchema.nullish(),
    namespaceSelector: selectorSchema.nullish(),
    ipBlock: ipBlockSchema.nullish(),
  })
  .superRefine(({ podSelector, namespaceSelector, ipBlock }, context) => {
    const hasSelector = (podSelector ?? namespaceSelector ?? undefined) !== undefined;
    const hasBlock = (ipBlock ?? undefined) !== undefined;
    if (hasSelector && hasBlock)
      context.addIssue({ code: "custom", path: ["ipBlock"], message: "excludes selectors in one element" });
    if (!hasSelector && !hasBlock) context.addIssue({ code: "custom", message: "is empty" });
  });

const portsSchema = z.array(policyPortSchema).nullish();

/** networking.k8s.io/v1 NetworkPolicy, without fields that it does not have. */
const networkPolicySchema = z.strictObject({
  apiVersion: z.literal("networking.k8s.io/v1"),
  kind: z.literal("NetworkPolicy"),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().min(1).nullish() }),
  spec: z
    .strictObject({
      podSelector: selectorSchema.nullish(),
      policyTypes: z.array(z.enum(["Ingress", "Egress"])).nullish(),
      ingress: z.array(z.strictObject({ from: z.array(peerSchema).nullish(), ports: portsSchema })).nullish(),
      egress: z.array(z.strictObject({ to: z.array(peerSchema).nullish(), ports: portsSchema })).nullish(),
    })
    .nullish(),
  status: z.unknown().optional(),
});

/** A NetworkPolicy as the API server has it, or as it is written in a manifest. */
export function parseNetworkPolicy(object: unknown): Parsed<Policy> {
  const parsed = networkPolicySchema.safeParse(object);
  if (!parsed.success) return { issues: issuesOf(parsed.error) };
  const { metadata, spec } = parsed.data;
  const types = typesOf(spec?.policyTypes, (spec?.egress ?? []).length > 0);
  const toIngress = (): Rule[] => (spec?.ingress ?? []).map(({ from, ports }) => toRule(from, ports));
  const toEgress = (): Rule[] => (spec?.egress ?? []).map(({ to, ports }) => toRule(to, ports));
  return {
    value: {
      kind: "NetworkPolicy",
      tier: "networkPolicy",
      namespace: metadata.namespace ?? "default",
      name: metadata.name,
      priority: 0,
      subject: { namespaces: undefined, pods: toSelector(spec?.podSelector) },
      ingress: types.has("Ingress") ? toIngress() : undefined,
      egress: types.has("Egress") ? toEgress() : undefined,
    },
  };
}

/** The API server's default: Ingress always, Egress where there are egress rules. Rules of a type left out are void. */
function typesOf(types: readonly string[] | null | undefined, hasEgressRules: boolean): ReadonlySet<string> {
  if (types !== null && types !== undefined && types.length > 0) return new Set(types);
  return new Set(hasEgressRules ? ["Ingress", "Egress"] : ["Ingress"]);
}

function toRule(
  peers: readonly z.output<typeof peerSchema>[] | null | undefined,
  ports: readonly z.output<typeof policyPortSchema>[] | null | undefined,
): Rule {
  return {
    name: undefined,
    action: "allow",
    peers: peers && peers.length > 0 ? peers.map(toPeer) : undefined,
    ports: ports && ports.length > 0 ? ports.map(toPortMatch) : undefined,
  };
}

function toPeer({ podSelector, namespaceSelector, ipBlock }: z.output<typeof peerSchema>): Peer {
  if (ipBlock) return { kind: "networks", networks: [ipBlock.cidr], except: ipBlock.except ?? [] };
  return {
    kind: "pods",
    namespaces: namespaceSelector ? toSelector(namespaceSelector) : undefined,
    pods: toSelector(podSelector),
  };
}

function toPortMatch({ protocol, port, endPort }: z.output<typeof policyPortSchema>): PortMatch {
  const number = PROTOCOL_NUMBERS[protocol ?? "TCP"];
  if (typeof port === "string") return { kind: "name", protocol: number, name: port };
  const first = port ?? 0;
  return { kind: "range", protocol: number, first, last: endPort ?? port ?? LAST_PORT };
}

/** A part, and not the whole: the API server wants `except` to be strictly within. */
function isWithin(part: AddressRange, whole: AddressRange): boolean {
  const isSame = part.first === whole.first && part.last === whole.last;
  return part.family === whole.family && part.first >= whole.first && part.last <= whole.last && !isSame;
}
