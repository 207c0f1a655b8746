/** A protocol in a frame, as PDML (tshark's XML) shows it. */
export interface DissectedLayer {
  readonly name: string;
  /** Offset in the frame, and bytes of the header. */
  readonly position: number;
  readonly size: number;
  /** What each field shows, in order; a name may occur several times. */
  readonly fields: readonly (readonly [name: string, shown: string])[];
  /** Protocols within: IPv6 extension headers, and what an ICMP error quotes. */
  readonly within: readonly DissectedLayer[];
}

interface OpenLayer extends DissectedLayer {
  readonly fields: [string, string][];
  readonly within: DissectedLayer[];
}

const TAG = /<(\/?)(packet|proto|field)\b([^>]*)>/g;
const ATTRIBUTE = /(name|show|size|pos)="([^"]*)"/g;

/** The layers of each packet. PDML is regular enough to be read tag by tag. */
export function readPdml(text: string): DissectedLayer[][] {
  const packets: DissectedLayer[][] = [];
  let packet: DissectedLayer[] = [];
  const open: OpenLayer[] = [];
  for (const [, end, tag, rest = ""] of text.matchAll(TAG)) {
    if (tag === "packet") {
      if (end === "/") packets.push(packet);
      else packet = [];
    } else if (tag === "proto") {
      if (end === "/") open.pop();
      else {
        const { name = "", pos = "0", size = "0" } = attributesOf(rest);
        const layer: OpenLayer = { name, position: Number(pos), size: Number(size), fields: [], within: [] };
        (open.at(-1)?.within ?? packet).push(layer);
        if (!rest.endsWith("/")) open.push(layer);
      }
    } else if (end === "") {
      const { name = "", show = "" } = attributesOf(rest);
      open.at(-1)?.fields.push([name, plainText(show)]);
    }
  }
  return packets;
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(ATTRIBUTE))
    if (name !== undefined && value !== undefined && !(name in found)) found[name] = value;
  return found;
}

function plainText(text: string): string {
  if (!text.includes("&")) return text;
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}

/** What the first field of that name shows. */
export function shown(layer: DissectedLayer, name: string): string | undefined {
  return layer.fields.find(([candidate]) => candidate === name)?.[1];
}

/** The same as a number; hexadecimal where it begins with 0x. */
export function shownNumber(layer: DissectedLayer, name: string): number | undefined {
  const text = shown(layer, name);
  return text === undefined || text === "" ? undefined : Number(text);
}
