import { isIPv4 } from "node:net";
import { z } from "zod";

/*
 * What the lab reads of the objects that it holds, with the defaults that an API server fills in. Fields that the
 * lab does not read pass through; NetworkPolicies are strict, since a policy with a misspelt field says something
 * else than its writer thinks.
 */

const labels = z.record(z.string(), z.string());
const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/, "must be small letters, digits and dashes");
const protocol = z.enum(["TCP", "UDP"]).default("TCP");
const port = z.int().min(1).max(65_535);
const portOrName = z.union([port, z.string().min(1)]);

const ownerReference = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
});

const metadata = z.looseObject({
  name: dnsLabel,
  namespace: dnsLabel.optional(),
  labels: labels.optional(),
  annotations: labels.optional(),
  ownerReferences: z.array(ownerReference).optional(),
  uid: z.string().optional(),
  deletionTimestamp: z.string().optional(),
});

export const labelSelector = z.strictObject({
  matchLabels: labels.optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().default("") })).default([]),
  ports: z.array(z.looseObject({ name: z.string().optional(), containerPort: port, protocol })).default([]),
});

const podSpec = z.looseObject({
  containers: z.array(container).min(1),
  nodeName: z.string().optional(),
  nodeSelector: labels.optional(),
  dnsPolicy: z.enum(["ClusterFirst", "Default"]).default("ClusterFirst"),
});

const podTemplate = z.looseObject({
  metadata: z.looseObject({ labels: labels.default({}), annotations: labels.optional() }).prefault({}),
  spec: podSpec,
});

const replicatedSpec = z.looseObject({
  replicas: z.int().min(0).max(100).default(1),
  selector: labelSelector,
  template: podTemplate,
});

function kind<Kind extends string, Version extends string>(apiVersion: Version, name: Kind) {
  return { apiVersion: z.literal(apiVersion), kind: z.literal(name), metadata };
}

export const podSchema = z.looseObject({
  ...kind("v1", "Pod"),
  spec: podSpec,
  status: z
    .looseObject({
      phase: z.enum(["Pending", "Running", "Succeeded", "Failed"]),
      podIP: z.string().optional(),
      hostIP: z.string().optional(),
    })
    .optional(),
});

export const deploymentSchema = z.looseObject({ ...kind("apps/v1", "Deployment"), spec: replicatedSpec });
export const replicaSetSchema = z.looseObject({ ...kind("apps/v1", "ReplicaSet"), spec: replicatedSpec });
export const statefulSetSchema = z.looseObject({ ...kind("apps/v1", "StatefulSet"), spec: replicatedSpec });
export const jobSchema = z.looseObject({
  ...kind("batch/v1", "Job"),
  spec: z.looseObject({ template: podTemplate }),
});
export const namespaceSchema = z.looseObject(kind("v1", "Namespace"));
export const nodeSchema = z.looseObject({
  ...kind("v1", "Node"),
  spec: z.looseObject({ podCIDR: z.string() }),
});

export const serviceSchema = z.looseObject({
  ...kind("v1", "Service"),
  spec: z.looseObject({
    type: z.enum(["ClusterIP", "NodePort"]).default("ClusterIP"),
    externalTrafficPolicy: z.enum(["Cluster", "Local"]).default("Cluster"),
    clusterIP: z.ipv4().optional(),
    selector: labels.default({}),
    ports: z
      .array(
        z.looseObject({
          name: z.string().optional(),
          port,
          targetPort: portOrName.optional(),
          protocol,
          nodePort: z.int().min(30_000).max(32_767).optional(),
        }),
      )
      .min(1),
  }),
});

export const endpointSliceSchema = z.looseObject({
  ...kind("discovery.k8s.io/v1", "EndpointSlice"),
  addressType: z.literal("IPv4"),
  endpoints: z.array(
    z.looseObject({
      addresses: z.array(z.string()),
      nodeName: z.string().optional(),
      conditions: z.looseObject({ ready: z.boolean().optional() }).optional(),
    }),
  ),
  ports: z.array(z.looseObject({ name: z.string(), port, protocol })),
});

const cidr = z.string().refine(isIpv4Cidr, "must be an IPv4 range such as 10.0.0.0/8");

const policyPeer = z.strictObject({
  podSelector: labelSelector.optional(),
  namespaceSelector: labelSelector.optional(),
  ipBlock: z.strictObject({ cidr, except: z.array(cidr).optional() }).optional(),
});

const policyPorts = z
  .array(z.strictObject({ protocol, port: portOrName.optional(), endPort: port.optional() }))
  .optional();

export const networkPolicySchema = z.looseObject({
  ...kind("networking.k8s.io/v1", "NetworkPolicy"),
  spec: z.strictObject({
    podSelector: labelSelector,
    policyTypes: z.array(z.enum(["Ingress", "Egress"])).optional(),
    ingress: z.array(z.strictObject({ from: z.array(policyPeer).optional(), ports: policyPorts })).optional(),
    egress: z.array(z.strictObject({ to: z.array(policyPeer).optional(), ports: policyPorts })).optional(),
  }),
});

export const ingressSchema = z.looseObject({
  ...kind("networking.k8s.io/v1", "Ingress"),
  spec: z.looseObject({}),
});

export type LabelSelector = z.output<typeof labelSelector>;
export type PodTemplate = z.output<typeof podTemplate>;
export type PodSpec = z.output<typeof podSpec>;
export type Pod = z.output<typeof podSchema>;
export type Deployment = z.output<typeof deploymentSchema>;
export type ReplicaSet = z.output<typeof replicaSetSchema>;
export type StatefulSet = z.output<typeof statefulSetSchema>;
export type Job = z.output<typeof jobSchema>;
export type Namespace = z.output<typeof namespaceSchema>;
export type Node = z.output<typeof nodeSchema>;
export type Service = z.output<typeof serviceSchema>;
export type EndpointSlice = z.output<typeof endpointSliceSchema>;
export type NetworkPolicy = z.output<typeof networkPolicySchema>;
export type PolicyPeer = z.output<typeof policyPeer>;
export type PolicyPorts = z.output<typeof policyPorts>;
export type Ingress = z.output<typeof ingressSchema>;

function isIpv4Cidr(text: string): boolean {
  const [address, length] = text.split("/");
  return isIPv4(address ?? "") && /^\d{1,2}$/.test(length ?? "") && Number(length) <= 32;
}
