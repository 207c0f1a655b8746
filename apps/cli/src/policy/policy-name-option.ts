import { type PolicyName, policyNameSchema } from "@hopline/api";
import { InvalidArgumentError } from "commander";

/** `NAMESPACE/NAME`, `NetworkPolicy/NAMESPACE/NAME`, or of other kinds `KIND/NAME`. */
const FORM =
  /^(?:(?<kind>[A-Za-z]+Policy)\/)?(?:(?<namespace>[a-z0-9][a-z0-9-]*)\/)?(?<name>[a-z0-9][a-z0-9.-]*)$/;

/** A commander parser for `shop/web`, `NetworkPolicy/shop/web` and `AdminNetworkPolicy/name`, which may be repeated. */
export function policyNameOption(text: string, before: readonly PolicyName[] = []): PolicyName[] {
  const { kind = "NetworkPolicy", namespace = "", name } = FORM.exec(text)?.groups ?? {};
  const parsed = policyNameSchema.safeParse({ kind, namespace, name });
  if (!parsed.success || (kind === "NetworkPolicy") === (namespace === ""))
    throw new InvalidArgumentError("It takes a policy such as shop/web or AdminNetworkPolicy/guard.");
  return [...before, parsed.data];
}
