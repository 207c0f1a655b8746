import { isAbsolute } from "node:path";
import { z } from "zod";

/** Where to listen. Port 0 lets the kernel choose one. */
export type ListenAddress =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

const EXPECTED = "it should be HOST:PORT (127.0.0.1:4401, [::1]:4401, :4401 for all) or unix:/absolute/path";

/** undefined where the text is none of `HOST:PORT`, `[IPV6]:PORT`, `:PORT`, `unix:/absolute/path`. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    return isAbsolute(path) ? { kind: "unix", path } : undefined;
  }
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  if (port > 65_535) return undefined;
  return { kind: "tcp", host: match[1] ?? (match[2] || "::"), port };
}

/** The inverse, for logs and messages. */
export function formatListenAddress(address: ListenAddress): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

export const listenAddressSchema = z.string().transform((text, context): ListenAddress => {
  const address = parseListenAddress(text);
  if (address !== undefined) return address;
  context.addIssue({ code: "custom", message: EXPECTED });
  return z.NEVER;
});
