import * as encapsulations from "./encapsulations.js";
import { DEFAULT_GENEVE_PORTS } from "./geneve.js";
import { DEFAULT_SLEEVE_PORTS } from "./sleeve.js";
import { DEFAULT_VXLAN_PORTS } from "./vxlan.js";
import { DEFAULT_VXLAN_GPE_PORTS } from "./vxlan-gpe.js";
import { DEFAULT_WIREGUARD_PORTS } from "./wireguard.js";

const {
  ENCAPSULATION_GENEVE,
  ENCAPSULATION_SLEEVE,
  ENCAPSULATION_VXLAN,
  ENCAPSULATION_VXLAN_GPE,
  ENCAPSULATION_WIREGUARD,
} = encapsulations;

/** UDP destination ports of each encapsulation. A list that is given replaces the default; an empty one turns the encapsulation off. */
export interface EncapsulationPorts {
  /** Default {@link DEFAULT_VXLAN_PORTS}. */
  vxlanPorts?: readonly number[];
  /** Default {@link DEFAULT_VXLAN_GPE_PORTS}. */
  vxlanGpePorts?: readonly number[];
  /** Default {@link DEFAULT_GENEVE_PORTS}. */
  genevePorts?: readonly number[];
  /** Default {@link DEFAULT_WIREGUARD_PORTS}. */
  wireguardPorts?: readonly number[];
  /** Default {@link DEFAULT_SLEEVE_PORTS}. */
  sleevePorts?: readonly number[];
}

/** ENCAPSULATION_ constants by UDP port. A port that is given for one encapsulation and a default of another goes to the one given. */
export function encapsulationsByPort(ports: EncapsulationPorts): Uint8Array {
  const claims = [
    { encapsulation: ENCAPSULATION_VXLAN, given: ports.vxlanPorts, usual: DEFAULT_VXLAN_PORTS },
    { encapsulation: ENCAPSULATION_VXLAN_GPE, given: ports.vxlanGpePorts, usual: DEFAULT_VXLAN_GPE_PORTS },
    { encapsulation: ENCAPSULATION_GENEVE, given: ports.genevePorts, usual: DEFAULT_GENEVE_PORTS },
    { encapsulation: ENCAPSULATION_WIREGUARD, given: ports.wireguardPorts, usual: DEFAULT_WIREGUARD_PORTS },
    { encapsulation: ENCAPSULATION_SLEEVE, given: ports.sleevePorts, usual: DEFAULT_SLEEVE_PORTS },
  ];
  const byPort = new Uint8Array(0x10000);
  for (const { encapsulation, given, usual } of claims)
    if (given === undefined) for (const port of usual) byPort[port] = encapsulation;
  for (const { encapsulation, given } of claims)
    if (given !== undefined) for (const port of given) byPort[port] = encapsulation;
  return byPort;
}
