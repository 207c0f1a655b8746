import { type FrameBlock, LINKTYPE_LINUX_SLL, openPcapFile } from "@hopline/capture";
import { DecodedPacket, FrameDecoder, STATUS_COUNTED } from "@hopline/packet";
import { InterfaceEvidence } from "@hopline/topology";
import {
  type ObservedTranslation,
  ObservedTranslations,
  type TranslatingParties,
} from "./observed-translations.js";

/** What a first look into a capture file tells. */
export interface CaptureSurvey {
  /** Of the first frame, milliseconds since the Unix epoch; undefined where there is none. */
  readonly firstMs: number | undefined;
  readonly interfaces: readonly InterfaceEvidence[];
  readonly translations: readonly ObservedTranslation[];
  /** The file goes on after what was looked at. */
  readonly isPartial: boolean;
  /** Taken with `tcpdump -i any` in the older cooked format, which does not tell interfaces apart. */
  readonly mixesInterfaces: boolean;
}

/** An interface or translation that comes later than this in a file is not known. */
const MOST_FRAMES = 5_000_000;
/** So many packets of an interface tell what it is. */
const ENOUGH_PACKETS = 20_000;

/**
 * Reads the beginning of a capture file, up to five million frames.
 *
 * @param parties who may be behind translated datagrams
 * @throws Fault `CAPTURE_FILE_UNREADABLE`, `CAPTURE_FILE_FORMAT`, `CAPTURE_FILE_DAMAGED`
 */
export function surveyCapture(path: string, parties: TranslatingParties): CaptureSurvey {
  const source = openPcapFile(path);
  const evidence: InterfaceEvidence[] = [];
  const decoder = new FrameDecoder();
  const packet = new DecodedPacket();
  const translations = new ObservedTranslations(parties);
  let frames = 0;
  let firstUs: number | undefined;
  let mixesInterfaces = false;
  const look = (block: FrameBlock): void => {
    firstUs ??= block.timesUs[0];
    frames += block.count;
    mixesInterfaces ||= block.linkType === LINKTYPE_LINUX_SLL;
    for (let frame = 0; frame < block.count; frame++) {
      packet.direction = block.directions[frame]!;
      packet.timeUs = block.timesUs[frame]!;
      const status = decoder.decode(
        packet,
        block.view,
        block.offsets[frame]!,
        block.capturedLengths[frame]!,
        block.wireLengths[frame]!,
        block.linkType,
        block.vlanTags[frame]!,
      );
      if (status !== STATUS_COUNTED) continue;
      translations.see(packet);
      const of = evidence[block.interfaceIndexes[frame]!];
      if (of !== undefined && of.packets < ENOUGH_PACKETS) of.add(packet);
    }
  };
  const addInterfaces = (): void => {
    for (const { index, name } of source.interfaces.slice(evidence.length))
      evidence[index] = new InterfaceEvidence(name);
  };
  try {
    // A pcapng file describes interfaces between frames: those of a block are known once it is read.
    for (;;) {
      const ended = source.poll(0, (block) => {
        addInterfaces();
        look(block);
      });
      if (ended < 0 || frames >= MOST_FRAMES) break;
    }
    addInterfaces();
  } finally {
    source.close();
  }
  return {
    firstMs: firstUs === undefined ? undefined : firstUs / 1000,
    interfaces: evidence,
    translations: translations.translations,
    isPartial: frames >= MOST_FRAMES,
    mixesInterfaces,
  };
}
