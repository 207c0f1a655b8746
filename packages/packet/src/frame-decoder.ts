import type { DecodedPacket } from "./decoded-packet.js";
import { type EncapsulationPorts, encapsulationsByPort } from "./encapsulation-ports.js";
import { LayerDecoder } from "./layer-decoder.js";
import { LONGEST_FRAME_BYTES as LONGEST } from "./longest-frame.js";

// Own copy: see status.ts.
const LONGEST_FRAME_BYTES = LONGEST;

export interface FrameDecoderOptions extends EncapsulationPorts {}

/**
 * Decodes frames in place, into a struct that the caller uses again and again: no allocation and no exception, whatever the bytes
 * are, and no read outside the captured part of the frame.
 */
export class FrameDecoder {
  /** ENCAPSULATION_ constant by UDP destination port. */
  readonly encapsulationsByPort: Uint8Array;
  readonly #layers: LayerDecoder;

  constructor(options: FrameDecoderOptions = {}) {
    this.encapsulationsByPort = encapsulationsByPort(options);
    this.#layers = new LayerDecoder(this.encapsulationsByPort);
  }

  /**
   * @param packet to fill; sound where the answer is STATUS_COUNTED, and but for what a later fragment lacks, STATUS_FRAGMENT
   * @param view the block of frames
   * @param offset of the frame's first byte in `view`
   * @param capturedLength bytes of the frame in `view`, all of them within it
   * @param wireLength bytes that it had on the wire; fewer than captured, or more than 16 MiB, is not believed
   * @param linkType LINKTYPE_ constant
   * @param vlanTag tag control information that the kernel took off the frame, or -1
   * @returns STATUS_COUNTED, or the reason why the frame belongs to no flow
   */
  decode(
    packet: DecodedPacket,
    view: DataView,
    offset: number,
    capturedLength: number,
    wireLength: number,
    linkType: number,
    vlanTag: number,
  ): number {
    const end = (offset + capturedLength) | 0;
    const isCut = wireLength > capturedLength && wireLength <= LONGEST_FRAME_BYTES;
    const wireEnd = isCut ? (offset + wireLength) | 0 : end;
    return this.#layers.decode(packet, view, offset, end, wireEnd, linkType, vlanTag);
  }
}
