import type { FrameSource } from "../frame-source.js";
import { watchable } from "../kernel-interfaces.js";
import { assemble } from "./cbpf.js";
import { interfaceFilter } from "./interface-filter.js";
import { PacketRing } from "./packet-ring.js";
import { type RingAddon, ringAddon, ringFault } from "./ring-addon.js";
import { type RingOptions, type RingSettings, ringSettings } from "./ring-settings.js";

/**
 * Opens one packet ring for all interfaces of this network namespace.
 *
 * @throws Fault `CAPTURE_PERMISSION`, `CAPTURE_UNSUPPORTED`, `CAPTURE_NO_ADDON`, `CAPTURE_MEMORY`,
 *   `CAPTURE_FILTER_TOO_LONG` or `CAPTURE_OPTIONS`
 */
export function openRing(options: RingOptions = {}): FrameSource {
  const settings = ringSettings(options);
  const addon = ringAddon();
  return new PacketRing(addon, openSocket(addon, settings), settings);
}

function openSocket(addon: RingAddon, settings: RingSettings): ReturnType<RingAddon["open"]> {
  const filter = assemble(interfaceFilter(watchable(settings.interfaceIndexes), settings.snapLength));
  try {
    return addon.open(settings.blockBytes, settings.blockCount, settings.retireMs, filter);
  } catch (thrown) {
    throw ringFault(thrown, settings);
  }
}
