import { Fault } from "@hopline/fault";

const LAB_NAME = /^[a-z0-9]{1,24}$/;

/** True for what may name a lab: no dash, so that no lab's prefix is the beginning of another's. */
export function isLabName(name: string): boolean {
  return LAB_NAME.test(name);
}

/** Names of everything that one lab makes in the kernel; all begin with {@link prefix}. */
export class LabNames {
  readonly lab: string;
  readonly prefix: string;

  /** @throws Fault `SETTINGS_INVALID` */
  constructor(lab: string) {
    if (!isLabName(lab)) {
      throw new Fault({
        code: "SETTINGS_INVALID",
        message: `A lab cannot be named ${JSON.stringify(lab)}.`,
        hint: "Take up to 24 small letters and digits.",
      });
    }
    this.lab = lab;
    this.prefix = `hl-${lab}-`;
  }

  /** Network namespace of the bridge that joins the nodes. */
  get underlay(): string {
    return `${this.prefix}underlay`;
  }

  /** Network namespace of the host outside the cluster. */
  get outside(): string {
    return `${this.prefix}outside`;
  }

  /** Network namespace of a node, by the node's name. */
  node(name: string): string {
    return `${this.prefix}${name}`;
  }

  /** Network namespace of a pod. */
  pod(namespace: string, name: string): string {
    return `${this.prefix}p-${namespace}.${name}`;
  }
}
