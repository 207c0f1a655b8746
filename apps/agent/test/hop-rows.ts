import { FlowTable, FrameCounter, type HopRows } from "@hopline/flow";
import { FrameDecoder, LINKTYPE_ETHERNET } from "@hopline/packet";
import {
  bytesOf,
  type CapturedFrame,
  icmpErrorBytesOf,
  type TestFrame,
  type TestIcmpError,
} from "./frames.js";

export type CountedFrame = TestFrame | TestIcmpError | CapturedFrame;

/** Rows of the real flow table after it has counted these frames. */
export function rowsOf(frames: readonly CountedFrame[]): HopRows {
  const table = new FlowTable({ capacity: 1024 });
  const counter = new FrameCounter({ decoder: new FrameDecoder(), table });
  for (const frame of frames) {
    const bytes = frameBytesOf(frame);
    counter.countBlock({
      view: new DataView(bytes.buffer),
      count: 1,
      offsets: Uint32Array.of(0),
      capturedLengths: Uint32Array.of(bytes.length),
      wireLengths: Uint32Array.of(bytes.length),
      timesUs: Float64Array.of(frame.timeUs),
      interfaceIndexes: Int32Array.of(frame.interfaceIndex ?? 7),
      directions: Uint8Array.of(frame.direction ?? 0),
      vlanTags: Int32Array.of(-1),
      gsoSizes: new Uint16Array(1),
      linkType: LINKTYPE_ETHERNET,
    });
  }
  const rows = table.flush();
  if (rows === undefined) throw new Error("no rows");
  return rows;
}

function frameBytesOf(frame: CountedFrame): Uint8Array<ArrayBuffer> {
  if ("hex" in frame) return Uint8Array.from(Buffer.from(frame.hex, "hex"));
  return Uint8Array.from("quotes" in frame ? icmpErrorBytesOf(frame) : bytesOf(frame));
}
