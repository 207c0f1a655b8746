import { FrameDecoder } from "@hopline/packet";
import { CUSTOM_VXLAN_PORT } from "../corpus/tunnel-captures.js";

/** With the ports that tshark is told too. */
export function decoderUnderTest(): FrameDecoder {
  return new FrameDecoder({ vxlanPorts: [4789, 8472, 6784, CUSTOM_VXLAN_PORT] });
}
