import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, Fault } from "@hopline/fault";

declare const groupHandle: unique symbol;
/** What the addon knows a bound group by. */
export interface GroupHandle {
  readonly [groupHandle]: never;
}

/** native/nflog.c. System errors are thrown as `Error` with `errno` and `syscall`. */
export interface NflogAddon {
  /** Binds a group and asks for the first `copyBytes` of each packet; `flags` are NFULNL_CFG_F_ bits. */
  open(
    bufferBytes: number,
    group: number,
    copyBytes: number,
    delayCentiseconds: number,
    packets: number,
    flags: number,
  ): GroupHandle;
  /** Bytes of the next netlink datagram; 0 where none waits, -1 where the kernel had no room for some. */
  read(handle: GroupHandle, into: Uint8Array): number;
  close(handle: GroupHandle): void;
}

/** The same from src/nflog and from dist/nflog. */
const ADDON_FILE = fileURLToPath(new URL("../../native/build/Release/nflog.node", import.meta.url));

let loaded: NflogAddon | undefined;

/** @throws Fault `NFLOG_NO_ADDON` where the addon is missing or does not load. */
export function nflogAddon(): NflogAddon {
  loaded ??= load();
  return loaded;
}

function load(): NflogAddon {
  if (!existsSync(ADDON_FILE)) throw missing("is not there");
  try {
    return createRequire(import.meta.url)(ADDON_FILE) as NflogAddon;
  } catch (thrown) {
    throw missing(`does not load: ${describe(thrown)}`, thrown);
  }
}

function missing(what: string, cause?: unknown): Fault {
  return new Fault({
    code: "NFLOG_NO_ADDON",
    message: `The native part that reads what firewall rules log, ${ADDON_FILE}, ${what}.`,
    hint: "Build it here with `npm run build --workspace @hopline/capture` (needs a C compiler, make and Python).",
    cause,
  });
}
