import type { Entity } from "@hopline/api";

/** `shop/web`, `192.0.2.7`, `node1`. */
export function entityText({ namespace, name }: Entity): string {
  const shown = name === "" ? "unknown" : name;
  return namespace === "" ? shown : `${namespace}/${shown}`;
}
