export type ProfileName = "flannel" | "vxlan4789";

/** Of the nodes' uplinks. */
export const UNDERLAY_MTU = 1500;

/** How the overlay between nodes is set up. */
export interface Profile {
  readonly name: ProfileName;
  readonly vxlanId: number;
  readonly vxlanPort: number;
  /** Of the VXLAN device and of pods: {@link UNDERLAY_MTU} less the 50 bytes of outer headers. */
  readonly mtu: number;
}

/** `flannel` uses the Linux kernel's own VXLAN port, as Flannel does; `vxlan4789` the one of RFC 7348. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  flannel: { name: "flannel", vxlanId: 1, vxlanPort: 8472, mtu: 1450 },
  vxlan4789: { name: "vxlan4789", vxlanId: 1, vxlanPort: 4789, mtu: 1450 },
};
