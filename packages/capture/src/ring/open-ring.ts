import type { FrameSource } from "../frame-source.js";
import { watchable } from "../kernel-interfaces.js";
import { encode } from "./cbpf.js";
import { type FilterOrder, packetFilter } from "./packet-filter.js";
import { PacketRing } from "./packet-ring.js";
import { type RingAddon, type RingHandle, ringAddon, ringFault } from "./ring-addon.js";
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
  const order: FilterOrder = {
    watched: watchable(settings.interfaceIndexes),
    newestKnown: settings.newestKnown,
    snapLength: settings.snapLength,
    samplingShift: 0,
    focus: [],
    focusInterfaces: [],
    vxlanPorts: settings.vxlanPorts,
    genevePorts: settings.genevePorts,
  };
  return new PacketRing(addon, openSocket(addon, settings, order), settings, order);
}

function openSocket(addon: RingAddon, settings: RingSettings, order: FilterOrder): RingHandle {
  const filter = encode(packetFilter(order));
  try {
    return addon.open(
      settings.blockBytes,
      settings.blockCount,
      settings.retireMs,
      filter,
      settings.segmentSizes,
    );
  } catch (thrown) {
    throw ringFault(thrown, settings);
  }
}
