import { PROTOCOL_NAMES, type ProtocolName } from "@hopline/policy";
import { InvalidArgumentError } from "commander";

export interface PortOption {
  readonly protocol: ProtocolName;
  readonly port: number;
}

/** A commander parser for `80`, `53/udp` and the like; TCP where no protocol is named. */
export function portOption(text: string): PortOption {
  const [number = "", word = "tcp", ...rest] = text.split("/");
  const port = /^\d{1,5}$/.test(number) ? Number(number) : 0;
  const protocol = PROTOCOL_NAMES.find((name) => name === word.toUpperCase());
  if (port < 1 || port > 65535 || protocol === undefined || rest.length > 0)
    throw new InvalidArgumentError("It takes a port such as 80, 53/udp or 9000/sctp.");
  return { protocol, port };
}
