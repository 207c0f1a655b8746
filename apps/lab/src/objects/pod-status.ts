import type { Pod } from "./schemas.js";

/** Annotation by which the lab asks for a certain address for a pod. */
export const ADDRESS_ANNOTATION = "hopline.lab/address";

/** Whether a pod counts: it is neither being deleted nor over. */
export function isActive(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return pod.metadata.deletionTimestamp === undefined && phase !== "Succeeded" && phase !== "Failed";
}

/** Whether a pod may get traffic: it runs, has an address and is not on its way out. */
export function isReady(pod: Pod): boolean {
  return isActive(pod) && pod.status?.phase === "Running" && pod.status.podIP !== undefined;
}

/** The status of a pod that runs, as a kubelet reports it. */
export function runningStatus(
  pod: Pod,
  podIp: string,
  hostIp: string,
  now: string,
): NonNullable<Pod["status"]> {
  const condition = (type: string) => ({ type, status: "True", lastTransitionTime: now });
  return {
    phase: "Running",
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    podIP: podIp,
    podIPs: [{ ip: podIp }],
    startTime: now,
    qosClass: "BestEffort",
    conditions: ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map(condition),
    containerStatuses: pod.spec.containers.map((container) => ({
      name: container.name,
      image: container.image,
      imageID: container.image,
      containerID: `hopline-lab://${pod.metadata.uid}`,
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: now } },
    })),
  };
}
