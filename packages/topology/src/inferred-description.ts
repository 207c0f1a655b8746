import { type NodeDescription, nodeDescriptionSchema } from "./description.js";
import type { InferredInterface } from "./inferred-roles.js";
import type { Role } from "./roles.js";

/** The least that a kernel would say of an interface of each role, so that {@link decideRoles} gives it that role. */
const LINKS: Readonly<Record<Role, object>> = {
  pod: { link_index: 2, link_netnsid: 0, linkinfo: { info_kind: "veth" } },
  bridge: { linkinfo: { info_kind: "bridge" } },
  tunnel: { linkinfo: { info_kind: "vxlan" } },
  uplink: {},
  host: { link_type: "loopback" },
  unknown: {},
};

/**
 * A node's description as it would read if the kernel had been asked, made of what a capture told of its interfaces.
 * For an agent that reads the capture: names, roles and addresses behind pods' interfaces are true, the rest is missing.
 */
export function describeInferred(interfaces: readonly InferredInterface[]): NodeDescription {
  const of = (role: Role) => interfaces.filter((one) => one.role === role);
  return nodeDescriptionSchema.parse({
    links: interfaces.map(({ name, role }, at) => ({ ifindex: at + 1, ifname: name, ...LINKS[role] })),
    addresses: [],
    routes: [
      ...of("uplink").map(({ name }) => ({ dst: "default", dev: name })),
      ...of("pod").flatMap(({ name, attachedAddresses }) =>
        attachedAddresses.map((address) => ({ dst: address, dev: name })),
      ),
    ],
    neighbours: [],
    forwarding: [],
  });
}
