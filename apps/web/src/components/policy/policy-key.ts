import type { PolicyName } from "@hopline/api";

/** `KIND/NAMESPACE/NAME`, fit for addresses. */
export function policyKey({ kind, namespace, name }: PolicyName): string {
  return `${kind}/${namespace}/${name}`;
}

/** `shop/web`, or the name alone where there is no namespace. */
export function policyTitle({ namespace, name }: Pick<PolicyName, "namespace" | "name">): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}
