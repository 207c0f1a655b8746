import type { DecodedPacket } from "../src/decoded-packet.js";

/** The fields of a packet without those that others say mean nothing; offsets are counted from `margin`. */
export function meaningfulFields(packet: DecodedPacket, margin: number): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const [name, value] of Object.entries(packet)) {
    if (name === "timeUs" || name === "hasRareFields") continue;
    if (name.startsWith("outer") && packet.encapsulationDepth === 0) continue;
    if ((name.startsWith("quoted") || name === "nextHopMtu") && packet.isIcmpError === 0) continue;
    if (name.startsWith("timestamp") && (packet.tcpOptions & 16) === 0) continue;
    if (name.startsWith("icmp") && packet.protocol !== 1 && packet.protocol !== 58) continue;
    if (name.startsWith("icmp") && packet.fragmentOffset !== 0) continue;
    if (name === "fragmentStart" && packet.isFirstFragment === 0) continue;
    const isOffset = name === "offset" || name === "end" || name === "wireEnd" || name === "fragmentStart";
    fields[name] = isOffset ? value - margin : value;
  }
  return fields;
}
