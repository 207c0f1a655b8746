import type { Pod } from "./schemas.js";

/** Annotation by which the lab asks for a certain address for a pod. */
export const ADDRESS_ANNOTATION = "hopline.lab/address";
/** Annotation, `false`, of pods that run and never become ready, as where a readiness probe fails. */
const READY_ANNOTATION = "hopline.lab/ready";

/** Whether a pod counts: it is neither being deleted nor over. */
export function isActive(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return pod.metadata.deletionTimestamp === undefined && phase !== "Succeeded" && phase !== "Failed";
}

/** Whether a pod serves: it runs and has an address, and may be on its way out. */
export function isServing(pod: Pod): boolean {
  return pod.status?.phase === "Running" && pod.status.podIP !== undefined && !isNeverReady(pod);
}

/** Whether a pod may get traffic: it serves, and is not on its way out. */
export function isReady(pod: Pod): boolean {
  return isActive(pod) && isServing(pod);
}

/** Whether nothing is to be waited for: a pod is ready, or runs and will never be. */
export function isSettled(pod: Pod): boolean {
  return isReady(pod) || (isActive(pod) && isNeverReady(pod) && pod.status?.phase === "Running");
}

function isNeverReady(pod: Pod): boolean {
  return pod.metadata.annotations?.[READY_ANNOTATION] === "false";
}

/** The status of a pod that runs, as a kubelet reports it. */
export function runningStatus(
  pod: Pod,
  podIp: string,
  hostIp: string,
  now: string,
): NonNullable<Pod["status"]> {
  const ready = !isNeverReady(pod);
  const condition = (type: string, isSo = true) => ({
    ...{ type, status: isSo ? "True" : "False", lastTransitionTime: now },
  });
  return {
    phase: "Running",
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    podIP: podIp,
    podIPs: [{ ip: podIp }],
    startTime: now,
    qosClass: "BestEffort",
    conditions: [
      condition("Initialized"),
      condition("Ready", ready),
      condition("ContainersReady", ready),
      condition("PodScheduled"),
    ],
    containerStatuses: pod.spec.containers.map((container) => ({
      name: container.name,
      image: container.image,
      imageID: container.image,
      containerID: `hopline-lab://${pod.metadata.uid}`,
      ready,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: now } },
    })),
  };
}
