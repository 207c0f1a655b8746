import type { Command } from "commander";
import { type CaptureInput, captureInputs } from "../offline/capture-inputs.js";

export interface OfflineOptions {
  readonly kube?: readonly string[];
  readonly node?: readonly string[];
}

/** Adds what `flows` and `open` take alike. */
export function withCaptures(command: Command): Command {
  const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [
    ...(before ?? []),
    text,
  ];
  return command
    .argument("[files...]", "pcap or pcapng files, also .gz and .zst, one for each node")
    .option("--node <name=file>", "a capture and the node that it was taken on; may be repeated", collect)
    .option("--kube <dump>", "kubectl get nodes,pods,services,… -A -o yaml; may be repeated", collect);
}

/** @throws Fault for a `--node` without a file, no file at all, or two of one node */
export function inputsOf(files: readonly string[], options: OfflineOptions): CaptureInput[] {
  return captureInputs(files, options.node ?? []);
}
