import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CUSTOM_VXLAN_PORT } from "../corpus/tunnel-captures.js";
import { type DissectedLayer, readPdml } from "./pdml.js";

/** What tshark must be told to see what the decoder sees: VXLAN's other ports, and each fragment by itself. */
const ARGUMENTS = [
  ...[8472, 6784, CUSTOM_VXLAN_PORT].flatMap((port) => ["-d", `udp.port==${port},vxlan`]),
  ...["ip.defragment", "ipv6.defragment", "tcp.desegment_tcp_streams"].flatMap((name) => [
    "-o",
    `${name}:FALSE`,
  ]),
  // Sequence numbers as they stand in the segments; checksums, so that the corpus itself is checked.
  ...["tcp.relative_sequence_numbers:FALSE", "ip.check_checksum:TRUE", "tcp.check_checksum:TRUE"].flatMap(
    (pair) => ["-o", pair],
  ),
  ...["udp.check_checksum:TRUE", "sctp.checksum:crc32c"].flatMap((pair) => ["-o", pair]),
];
const LONGEST_OUTPUT_BYTES = 2 ** 30;

/** Hands the capture file to `use`, and removes it. */
export function withFile<T>(bytes: Uint8Array, use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "hopline-differential-"));
  try {
    const path = join(folder, "corpus.pcapng");
    writeFileSync(path, bytes);
    return use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The layers of each frame of a capture file, as tshark sees them. */
export function dissect(path: string): DissectedLayer[][] {
  const { status, stdout, stderr, error } = spawnSync(
    "tshark",
    ["-r", path, "-n", ...ARGUMENTS, "-T", "pdml"],
    {
      maxBuffer: LONGEST_OUTPUT_BYTES,
      encoding: "utf8",
    },
  );
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`tshark ended with ${status}: ${stderr}`);
  return readPdml(stdout);
}
