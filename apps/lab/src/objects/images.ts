import { type Behaviour, type BehaviourText, parseBehaviour } from "../workload/behaviour.js";
import type { PodSpec } from "./schemas.js";

/**
 * The images that the lab can run. Each is the same small program; the image says what it serves when the
 * container's environment (SERVE, CALL, ON_REQUEST) does not.
 */
const IMAGE_SERVERS: Readonly<Record<string, string>> = {
  "hopline.lab/http": "http:8080",
  "hopline.lab/store": "store:5432",
  "hopline.lab/queue": "queue:5672",
  "hopline.lab/udp": "udp:8125",
  "hopline.lab/dns": "dns:53",
  "hopline.lab/client": "",
};

export const KNOWN_IMAGES: readonly string[] = Object.keys(IMAGE_SERVERS);

/** Image name without its tag. */
export function imageName(image: string): string {
  return image.split(":")[0]!;
}

export function isKnownImage(image: string): boolean {
  return imageName(image) in IMAGE_SERVERS;
}

/** What a pod's first container is to do. */
export function behaviourText(spec: PodSpec): BehaviourText {
  const { image, env } = spec.containers[0]!;
  const given = new Map(env.map((variable) => [variable.name, variable.value]));
  return {
    SERVE: given.get("SERVE") ?? IMAGE_SERVERS[imageName(image)] ?? "",
    CALL: given.get("CALL") ?? "",
    ON_REQUEST: given.get("ON_REQUEST") ?? "",
  };
}

/** @throws BehaviourError */
export function behaviourOf(spec: PodSpec): Behaviour {
  return parseBehaviour(behaviourText(spec));
}
