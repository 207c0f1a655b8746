import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileStem } from "./capture-inputs.js";

/** What an agent with `--record` writes beside its capture. */
export interface RecordedCompanions {
  readonly nodeDescription: string | undefined;
  readonly conntrackLog: string | undefined;
  readonly nflogFile: string | undefined;
}

/** `NAME.description.json`, `NAME.conntrack.jsonl` and `NAME.nflog.pcapng` (or `.pcap`) beside a capture `NAME.pcapng`, where they are. */
export function recordedCompanions(capturePath: string): RecordedCompanions {
  const beside = (ending: string): string | undefined => {
    const path = join(dirname(capturePath), `${fileStem(capturePath)}${ending}`);
    return existsSync(path) ? path : undefined;
  };
  return {
    nodeDescription: beside(".description.json"),
    conntrackLog: beside(".conntrack.jsonl"),
    nflogFile: beside(".nflog.pcapng") ?? beside(".nflog.pcap"),
  };
}
