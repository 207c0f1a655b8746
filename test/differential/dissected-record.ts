import {
  addressesOf,
  type Entries,
  fragmentOf,
  ipHeaderBytes,
  type Level,
  protocolOf,
} from "./dissected-ip.js";
import { lengthsOf } from "./dissected-lengths.js";
import { transportOf } from "./dissected-transport.js";
import { type PacketRecord, recordOf } from "./packet-record.js";
import { type DissectedLayer, shown, shownNumber } from "./pdml.js";

const ETHERTYPE_ETHERNET = 0x6558;

/** ICMPv6: multicast listeners, neighbour discovery, multicast listeners version 2. */
const LINK_MESSAGES = new Set([130, 131, 132, 133, 134, 135, 136, 137, 143]);

/** Bytes behind the IP header, by protocol, without which nobody can tell what flow it is; no more of TCP's 20. */
const NEEDED_BYTES: Readonly<Record<number, number>> = {
  1: 8,
  4: 20,
  6: 16,
  17: 8,
  41: 40,
  47: 4,
  58: 8,
  132: 12,
};

const EXTENSION_HEADERS = new Set([0, 43, 44, 51, 60]);

const TUNNELS = new Set(["vxlan", "geneve", "gre"]);

/** Where tshark shows a tag's id. Two of 802.1ad in a row are one layer to it. */
const VLAN_FIELDS = ["vlan.id", "ieee8021ad.id", "ieee8021ad.svid", "ieee8021ad.cvid"];

/** What tshark's layers say about a frame, told as our decoder tells it: the innermost packet, with the outermost's addresses. */
export function dissectedRecord(layers: readonly DissectedLayer[]): PacketRecord {
  const levels: Level[] = [];
  let isArp = false;
  for (const layer of layers) {
    if (layer.name === "ip" || layer.name === "ipv6") levels.push({ ip: layer, transports: [] });
    else if (layer.name === "arp") isArp = true;
    else levels.at(-1)?.transports.push(layer);
  }
  const inner = levels.at(-1);
  const outer = levels[0];
  const isShort = has(layers, "_ws.short");
  const isMalformed = has(layers, "_ws.malformed");
  if (isArp) return { status: "arp" };
  if (inner === undefined || outer === undefined) return { status: isShort ? "truncated" : "not_ip" };
  const packet = {
    ...addressesOf(inner.ip),
    ...lengthsOf(inner, frameLength(layers)),
    ...fragmentOf(inner.ip),
    ...transportOf(inner),
    vlan: vlanOf(layers, outer.ip),
    ...encapsulationOf(levels),
  };
  return recordOf({
    status: statusOf(packet, isShort && !isWhole(inner, capturedLength(layers)), isMalformed),
    ...packet,
  });
}

function has(layers: readonly DissectedLayer[], name: string): boolean {
  return layers.some((layer) => layer.name === name || has(layer.within, name));
}

/** @param isCut the snap length left out some of the headers */
function statusOf(packet: Entries, isCut: boolean, isMalformed: boolean): string {
  if (isCut) return "truncated";
  if (packet.icmpType !== undefined && packet.protocol === 58 && LINK_MESSAGES.has(Number(packet.icmpType)))
    return "neighbour_discovery";
  if (Number(packet.fragmentOffset ?? 0) > 0) return "fragment";
  if (packet.payloadBytes !== undefined) return "counted";
  return isMalformed ? "bad" : "counted";
}

/** Whether the headers that a flow is made of are all there, up to the transport's. */
function isWhole({ ip, transports }: Level, capturedBytes: number): boolean {
  const headerEnd = ip.position + ipHeaderBytes(ip);
  if (shown(ip, `${ip.name}.dst`) === undefined || headerEnd > capturedBytes) return false;
  const protocol = protocolOf(ip);
  if (protocol === undefined || EXTENSION_HEADERS.has(protocol)) return false;
  if (Number(fragmentOf(ip).fragmentOffset ?? 0) > 0) return true;
  // A tunnel's header without the packet in it.
  if (transports.some(({ name }) => TUNNELS.has(name))) return false;
  return headerEnd + (NEEDED_BYTES[protocol] ?? 0) <= capturedBytes;
}

function frameLength(layers: readonly DissectedLayer[]): number {
  return generalNumber(layers, "len");
}

function capturedLength(layers: readonly DissectedLayer[]): number {
  return generalNumber(layers, "caplen");
}

function generalNumber(layers: readonly DissectedLayer[], field: string): number {
  const general = layers.find(({ name }) => name === "geninfo");
  return (general && shownNumber(general, field)) ?? 0;
}

/** The first tag with an id on the way to the outermost IP header. */
function vlanOf(layers: readonly DissectedLayer[], outermost: DissectedLayer): number | undefined {
  const before = layers.slice(0, layers.indexOf(outermost));
  const ids = before.flatMap((layer) => VLAN_FIELDS.map((name) => shownNumber(layer, name)));
  return ids.find((id) => id !== undefined && id !== 0);
}

function encapsulationOf(levels: readonly Level[]): Entries {
  const [outer, next] = levels;
  if (outer === undefined) return {};
  const opaque = outer.transports.find(({ name }) => name === "wg" || name === "esp");
  if (next === undefined)
    return { encapsulation: opaque === undefined ? undefined : opaque.name === "wg" ? "wireguard" : "esp" };
  return {
    ...tunnelOf(outer, next),
    encapsulationDepth: levels.length - 1,
    outerSource: shown(outer.ip, `${outer.ip.name}.src`),
    outerDestination: shown(outer.ip, `${outer.ip.name}.dst`),
  };
}

function tunnelOf(outer: Level, inner: Level): Entries {
  for (const layer of outer.transports) {
    if (layer.name === "vxlan") {
      const isExtended = shownNumber(layer, "vxlan.p_bit") === 1;
      return { encapsulation: isExtended ? "vxlan-gpe" : "vxlan", vni: shownNumber(layer, "vxlan.vni") };
    }
    if (layer.name === "geneve") return { encapsulation: "geneve", vni: shownNumber(layer, "geneve.vni") };
    if (layer.name === "gre") {
      const key = shownNumber(layer, "gre.key");
      if (key !== undefined && shownNumber(layer, "gre.proto") === ETHERTYPE_ETHERNET)
        return { encapsulation: "nvgre", vni: key >>> 8 };
      return { encapsulation: "gre", vni: key };
    }
  }
  return { encapsulation: inner.ip.name === "ip" ? "ipip" : "sit" };
}
