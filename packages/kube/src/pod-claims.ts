import { z } from "zod";
import { type Claim, type ObjectClaims, PROTOCOL_NUMBERS } from "./claim.js";
import type { PodEndpoint, Workload } from "./endpoint.js";
import { type KubeObject, objectMetaSchema, uidOf } from "./kube-object.js";

const time = z.iso.datetime({ offset: true });
const terminatedSchema = z.looseObject({ finishedAt: time.nullish() });

/** v1 Pod, as far as endpoints need it. */
export const podSchema = z.looseObject({
  metadata: objectMetaSchema.extend({ namespace: z.string().min(1) }),
  spec: z
    .looseObject({
      nodeName: z.string().optional(),
      hostNetwork: z.boolean().optional(),
      containers: z
        .array(
          z.looseObject({
            ports: z
              .array(
                z.looseObject({
                  containerPort: z.int().min(1).max(65535),
                  hostPort: z.int().min(0).max(65535).optional(),
                  protocol: z.enum(["TCP", "UDP", "SCTP"]).default("TCP"),
                }),
              )
              .nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
  status: z
    .looseObject({
      phase: z.string().optional(),
      startTime: time.nullish(),
      podIP: z.string().optional(),
      podIPs: z.array(z.looseObject({ ip: z.string() })).nullish(),
      conditions: z
        .array(z.looseObject({ type: z.string(), status: z.string(), lastTransitionTime: time.nullish() }))
        .nullish(),
      containerStatuses: z
        .array(z.looseObject({ state: z.looseObject({ terminated: terminatedSchema.optional() }).nullish() }))
        .nullish(),
    })
    .nullish(),
});

type Pod = z.output<typeof podSchema>;

/**
 * What a pod claims: its addresses, or, on its node's network, the ports that it declares there.
 *
 * @throws z.ZodError
 */
export function podClaims(object: KubeObject, workload: Workload): ObjectClaims {
  const pod = podSchema.parse(object);
  const owner: PodEndpoint = {
    kind: "pod",
    uid: uidOf(object),
    namespace: pod.metadata.namespace,
    name: pod.metadata.name,
    node: pod.spec?.nodeName ?? "",
    hostNetwork: pod.spec?.hostNetwork ?? false,
    labels: pod.metadata.labels ?? {},
    workload,
  };
  const startMs = parseTime(pod.status?.startTime ?? pod.metadata.creationTimestamp);
  const readyMs = networkReadyMs(pod);
  const claims: Claim[] = [];
  for (const address of addressesOf(pod)) {
    const claim = { address, owner, startMs, readyMs };
    if (owner.hostNetwork) claims.push(...hostPorts(pod).map((port) => ({ ...claim, ...port })));
    else claims.push({ ...claim, protocol: 0, port: 0 });
  }
  return { uid: owner.uid, claims, end: endOf(pod) };
}

function addressesOf(pod: Pod): string[] {
  const addresses = [pod.status?.podIP, ...(pod.status?.podIPs ?? []).map(({ ip }) => ip)];
  return [...new Set(addresses.filter((address): address is string => Boolean(address)))];
}

function hostPorts(pod: Pod): { protocol: number; port: number }[] {
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.map(({ hostPort, containerPort, protocol }) => ({
    protocol: PROTOCOL_NUMBERS[protocol] ?? 0,
    port: hostPort || containerPort,
  }));
}

/** When the sandbox and its network were set up (KEP-3085); servers before 1.29 do not say. */
function networkReadyMs(pod: Pod): number | undefined {
  const condition = pod.status?.conditions?.find(
    ({ type, status }) => type === "PodReadyToStartContainers" && status === "True",
  );
  return parseTime(condition?.lastTransitionTime);
}

/** A pod that has run to its end has lost its address when its last container stopped. */
function endOf(pod: Pod): ObjectClaims["end"] {
  if (pod.status?.phase !== "Succeeded" && pod.status?.phase !== "Failed") return undefined;
  const stops = (pod.status.containerStatuses ?? [])
    .map(({ state }) => parseTime(state?.terminated?.finishedAt))
    .filter((stop) => stop !== undefined);
  if (stops.length > 0) return Math.max(...stops);
  return parseTime(pod.metadata.deletionTimestamp) ?? "untold";
}

function parseTime(text: string | null | undefined): number | undefined {
  return text == null ? undefined : Date.parse(text);
}
