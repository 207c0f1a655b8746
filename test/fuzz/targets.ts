import { batchTarget } from "./batch-target.js";
import { conntrackTarget } from "./conntrack-target.js";
import { decoderTarget } from "./decoder-target.js";
import { dnsTarget } from "./dns-target.js";
import { fileTargets } from "./file-targets.js";
import { flowTarget } from "./flow-target.js";
import type { FuzzTarget } from "./target.js";

/** Everything that reads what comes from outside. */
export const TARGETS: readonly FuzzTarget[] = [
  decoderTarget,
  dnsTarget,
  flowTarget,
  conntrackTarget,
  batchTarget,
  ...fileTargets,
];
