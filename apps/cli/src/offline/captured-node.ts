import { type CaptureInput, fileStem, nodeTwice } from "./capture-inputs.js";
import type { CaptureSurvey } from "./capture-survey.js";
import type { DumpedCluster } from "./dumped-cluster.js";

/** How a capture's node is known. */
export interface CapturedNode {
  readonly node: string;
  readonly because: string;
}

/** The share by which one node must lead in a capture's packets before they tell that it was taken there. */
const LEAD = 1.05;

/**
 * The node that each capture was taken on: as the user said, else by the file's name, else by whose packets it holds.
 * Where nothing of this tells, the node is called like the file.
 *
 * @throws Fault `NODE_TWICE`
 */
export function capturedNodes(
  captures: readonly { readonly input: CaptureInput; readonly survey: CaptureSurvey }[],
  cluster: DumpedCluster,
): CapturedNode[] {
  const nodes = captures.map(({ input, survey }) => nodeOf(input, survey, cluster));
  for (const [at, { node }] of nodes.entries()) {
    const before = nodes.findIndex((other) => other.node === node);
    if (before < at) throw nodeTwice(node, `${captures[before]!.input.path} and ${captures[at]!.input.path}`);
  }
  return nodes;
}

function nodeOf({ path, node }: CaptureInput, survey: CaptureSurvey, cluster: DumpedCluster): CapturedNode {
  if (node !== undefined) return { node, because: "--node" };
  const stem = fileStem(path);
  if (cluster.nodes.has(stem)) return { node: stem, because: "the file's name" };
  const busiest = nodeOfPackets(survey, cluster);
  if (busiest !== undefined) return { node: busiest, because: "its addresses in the dump" };
  const hasDump = cluster.nodes.size > 0;
  return { node: stem, because: `the file's name${hasDump ? ", which no node in the dump has" : ""}` };
}

/** Most packets on a node are its own or its pods': the node with clearly the most ends of packets. */
function nodeOfPackets(survey: CaptureSurvey, cluster: DumpedCluster): string | undefined {
  const packetsOf = new Map<string, number>();
  for (const { addresses, outer } of survey.interfaces) {
    for (const [address, { packets }] of [...addresses, ...outer]) {
      const owner = cluster.ownerOf(address, survey.firstMs ?? 0);
      if (owner !== undefined) packetsOf.set(owner.node, (packetsOf.get(owner.node) ?? 0) + packets);
    }
  }
  const [first, second] = [...packetsOf].sort(([, one], [, other]) => other - one);
  return first !== undefined && first[1] > (second?.[1] ?? 0) * LEAD ? first[0] : undefined;
}
