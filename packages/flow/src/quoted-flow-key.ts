import { type DecodedPacket, DIRECTION_UNKNOWN } from "@hopline/packet";
import { type FlowKey, setFlowKey } from "./flow-key.js";

/**
 * The key of the flow that an ICMP error quotes, at the interface that the error passes: the quoted packet passed it the
 * other way.
 *
 * @param quoted filled with what the key needs, so that it can be looked for as if it had been captured
 */
export function quotedFlowKey(key: FlowKey, quoted: DecodedPacket, error: DecodedPacket, seed: number): void {
  quoted.source0 = error.quotedSource0;
  quoted.source1 = error.quotedSource1;
  quoted.source2 = error.quotedSource2;
  quoted.source3 = error.quotedSource3;
  quoted.destination0 = error.quotedDestination0;
  quoted.destination1 = error.quotedDestination1;
  quoted.destination2 = error.quotedDestination2;
  quoted.destination3 = error.quotedDestination3;
  quoted.protocol = error.quotedProtocol;
  quoted.sourcePort = error.quotedSourcePort;
  quoted.destinationPort = error.quotedDestinationPort;
  quoted.interfaceIndex = error.interfaceIndex;
  quoted.direction = error.direction === DIRECTION_UNKNOWN ? DIRECTION_UNKNOWN : 1 - error.direction;
  setFlowKey(key, quoted, seed);
}
