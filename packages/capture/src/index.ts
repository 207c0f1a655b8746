export { type CapOptions, openCap } from "./cap/open-cap.js";
export { type FocusTuple, MOST_FOCUS_TUPLES } from "./focus.js";
export type { FrameMemory } from "./frame-rows.js";
export {
  type CapturedInterface,
  type CaptureStatistics,
  DIRECTION_EGRESS,
  DIRECTION_INGRESS,
  DIRECTION_UNKNOWN,
  type FrameBlock,
  type FrameSource,
  LINKTYPE_ETHERNET,
  LINKTYPE_IPV4,
  LINKTYPE_IPV6,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  LINKTYPE_NFLOG,
  LINKTYPE_RAW,
  LINKTYPE_UNKNOWN,
} from "./frame-source.js";
export { kernelInterfaces } from "./kernel-interfaces.js";
export { type NflogCounters, NflogGroup, type NflogGroupOptions } from "./nflog/nflog-group.js";
export {
  type LoggedConnection,
  type LoggedPacket,
  type LoggedTuple,
  readNflogFrame,
} from "./nflog/nflog-message.js";
export type { FilePosition } from "./pcap/byte-source.js";
export { openPcapFile, type PcapFileOptions } from "./pcap/open-pcap-file.js";
export type { PcapFileSource } from "./pcap/pcap-file-source.js";
export { PcapngWriter, type WrittenFrame, type WrittenInterface } from "./pcap/pcapng-writer.js";
export { openRing } from "./ring/open-ring.js";
export { RING_DEFAULTS, type RingOptions } from "./ring/ring-settings.js";
export { isSampled, MOST_SAMPLING_SHIFT } from "./sampling.js";
