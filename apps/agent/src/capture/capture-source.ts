import type { Topology } from "@hopline/topology";
import { type AgentSettings, capturedRoles } from "../settings.js";
import type { CaptureSource } from "./worker-messages.js";

/** Where frames come from, as the settings say. */
export function captureSourceOf(settings: AgentSettings, topology: Topology): CaptureSource {
  const { snapLength, ringBlockKib: blockBytes } = settings;
  if (settings.capture === "ring") {
    const blockCount = Math.max(2, Math.floor(settings.ringMib / blockBytes));
    return { kind: "ring", snapLength, blockBytes, blockCount };
  }
  if (settings.capture === "cap") return { kind: "cap", snapLength };
  const roles = capturedRoles(settings);
  const ignored = topology.interfaces.filter(({ role }) => !roles.has(role));
  return {
    kind: "pcap",
    path: settings.file ?? "",
    shift: settings.replayShift,
    pace: settings.replayPace,
    ignoredNames: ignored.map((one) => one.name),
  };
}
