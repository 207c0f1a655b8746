import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  describeInferred,
  type InferredInterface,
  inferRoles,
  loadDescription,
  type NodeDescription,
  saveDescription,
} from "@hopline/topology";
import type { CaptureInput } from "./capture-inputs.js";
import { surveyCapture } from "./capture-survey.js";
import { capturedNodes } from "./captured-node.js";
import type { DumpedCluster } from "./dumped-cluster.js";
import { conntrackLogOf } from "./observed-translations.js";
import { recordedCompanions } from "./recorded-companions.js";

/** A capture with all that was found out about it before it is read. */
export interface OfflineCapture {
  readonly path: string;
  readonly node: string;
  /** How the node is known. */
  readonly nodeBecause: string;
  /** The node's interfaces as the agent will know them, recorded or inferred. */
  readonly description: NodeDescription;
  /** File that holds them. */
  readonly descriptionFile: string;
  /** Translations, recorded or found in the capture. */
  readonly conntrackLog: string;
  /** What firewall rules logged, where that was recorded. */
  readonly nflogFile: string | undefined;
  /** What the capture was taken to show; empty where a recorded description says it. */
  readonly inferred: readonly InferredInterface[];
  /** What the user should know of this file, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Looks into each capture: whose it is, and what its interfaces are.
 *
 * @param folder for descriptions of nodes that have none
 * @throws Fault for a file that cannot be read or is no capture, and for two captures of one node
 */
export async function findOutCaptures(
  inputs: readonly CaptureInput[],
  cluster: DumpedCluster,
  folder: string,
): Promise<OfflineCapture[]> {
  const captures = inputs.map((input) => ({ input, survey: surveyCapture(input.path, cluster) }));
  const nodes = capturedNodes(captures, cluster);
  return Promise.all(
    captures.map(async ({ input: { path }, survey }, at) => {
      const { node, because: nodeBecause } = nodes[at]!;
      const { nodeDescription, conntrackLog: recordedLog, nflogFile } = recordedCompanions(path);
      const observedLog = join(folder, `${node}.conntrack.jsonl`);
      const conntrackLog = recordedLog ?? observedLog;
      if (recordedLog === undefined) await writeFile(observedLog, conntrackLogOf(survey.translations));
      const notes: string[] = [];
      if (survey.mixesInterfaces) {
        notes.push(
          `${path} was taken on all interfaces at once in a format that does not tell them apart: every packet counts once for each interface that it crossed. Take it with tcpdump -i any -y LINUX_SLL2, or one interface.`,
        );
      }
      if (survey.isPartial && recordedLog === undefined) {
        notes.push(
          `${path}: translations are known for its beginning alone; later connections to a Service show twice, to the Service and to its backend.`,
        );
      }
      if (nodeDescription !== undefined) {
        const { description } = await loadDescription(nodeDescription);
        return {
          ...{
            path,
            node,
            nodeBecause,
            description,
            descriptionFile: nodeDescription,
            conntrackLog,
            nflogFile,
          },
          ...{ inferred: [], notes },
        };
      }
      const timeMs = survey.firstMs ?? 0;
      const inferred = inferRoles(survey.interfaces, {
        node,
        ownerOf: (address) => cluster.ownerOf(address, timeMs),
      });
      const description = describeInferred(inferred);
      const descriptionFile = join(folder, `${node}.description.json`);
      await saveDescription(descriptionFile, node, description);
      return {
        path,
        node,
        nodeBecause,
        description,
        descriptionFile,
        conntrackLog,
        nflogFile,
        inferred,
        notes,
      };
    }),
  );
}
