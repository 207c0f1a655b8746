import { z } from "zod";
import { cidrSchema, exactlyOne } from "./field-schemas.js";
import { EVERYTHING } from "./label-selector.js";
import type { Peer, PodSelection } from "./policy.js";
import { selectorSchema, toSelector } from "./selector-schema.js";

/** What the admin tiers' kinds have in common (policy.networking.k8s.io, v1alpha1 and v1alpha2). */
const namespacedPodsSchema = z.strictObject({
  namespaceSelector: selectorSchema.nullish(),
  podSelector: selectorSchema.nullish(),
});

export const subjectSchema = z
  .strictObject({ namespaces: selectorSchema.nullish(), pods: namespacedPodsSchema.nullish() })
  .superRefine(exactlyOne);

export const ingressPeersSchema = z
  .array(
    z
      .strictObject({ namespaces: selectorSchema.nullish(), pods: namespacedPodsSchema.nullish() })
      .superRefine(exactlyOne),
  )
  .min(1, "is empty");

export const egressPeersSchema = z
  .array(
    z
      .strictObject({
        namespaces: selectorSchema.nullish(),
        pods: namespacedPodsSchema.nullish(),
        nodes: selectorSchema.nullish(),
        networks: z.array(cidrSchema).min(1, "is empty").nullish(),
        domainNames: z.array(z.string()).min(1, "is empty").nullish(),
      })
      .superRefine(exactlyOne),
  )
  .min(1, "is empty");

export const ruleNameSchema = z.string().max(100).nullish();

export const prioritySchema = z.int("is no priority").min(0, "is less than 0").max(1000, "is more than 1000");

type EgressPeer = z.output<typeof egressPeersSchema>[number];

export function toSelection({ namespaces, pods }: Pick<EgressPeer, "namespaces" | "pods">): PodSelection {
  if (pods) return { namespaces: toSelector(pods.namespaceSelector), pods: toSelector(pods.podSelector) };
  return { namespaces: toSelector(namespaces), pods: EVERYTHING };
}

export function toPeer(peer: EgressPeer): Peer {
  if (peer.networks) return { kind: "networks", networks: peer.networks, except: [] };
  if (peer.nodes) return { kind: "nodes", nodes: toSelector(peer.nodes) };
  if (peer.domainNames) return { kind: "domains", names: peer.domainNames };
  return { kind: "pods", ...toSelection(peer) };
}
