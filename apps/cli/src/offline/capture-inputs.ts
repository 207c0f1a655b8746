import { basename } from "node:path";
import { Fault } from "@hopline/fault";

/** A capture file as it was given. */
export interface CaptureInput {
  readonly path: string;
  /** The node that it was taken on, where the user said so. */
  readonly node: string | undefined;
}

/**
 * `FILE...` and `--node NAME=FILE...` together.
 *
 * @throws Fault `CAPTURE_MISSING`, `NODE_OPTION_INVALID`, `NODE_TWICE`, `CAPTURE_TWICE`
 */
export function captureInputs(files: readonly string[], nodes: readonly string[]): CaptureInput[] {
  const inputs = [...files.map((path) => ({ path, node: undefined })), ...nodes.map(namedInput)];
  if (inputs.length === 0) {
    throw new Fault({
      code: "CAPTURE_MISSING",
      message: "No capture file is given.",
      hint: "Name one pcap or pcapng file for each node: FILE, or --node NAME=FILE.",
    });
  }
  const node = firstRepeated(inputs.flatMap((input) => input.node ?? []));
  if (node !== undefined) throw nodeTwice(node, "--node names it twice");
  const path = firstRepeated(inputs.map((input) => input.path));
  if (path !== undefined) {
    throw new Fault({
      code: "CAPTURE_TWICE",
      message: `The file ${path} is given twice.`,
      hint: "Give it once.",
    });
  }
  return inputs;
}

function namedInput(text: string): CaptureInput {
  const equals = text.indexOf("=");
  const [node, path] = [text.slice(0, equals), text.slice(equals + 1)];
  if (equals > 0 && path !== "") return { path, node };
  throw new Fault({
    code: "NODE_OPTION_INVALID",
    message: `--node takes NAME=FILE, not "${text}".`,
    hint: "For example --node worker-1=worker-1.pcap.",
  });
}

/** The Fault for two captures of one node. */
export function nodeTwice(node: string, why: string): Fault {
  return new Fault({
    code: "NODE_TWICE",
    message: `There are two captures of the node ${node}: ${why}.`,
    hint: "Give one file for each node, with --node NAME=FILE; mergecap makes one of several.",
  });
}

/** `worker-1` of `captures/worker-1.pcapng.gz`. */
export function fileStem(path: string): string {
  const name = basename(path).replace(/\.(gz|zst)$/i, "");
  return name.replace(/\.(pcapng|pcap|cap|dump)$/i, "") || name;
}

function firstRepeated(texts: readonly string[]): string | undefined {
  return texts.find((text, at) => texts.indexOf(text) !== at);
}
