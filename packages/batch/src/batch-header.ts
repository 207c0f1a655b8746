import { Fault } from "@hopline/fault";
import type { Schema } from "apache-arrow";
import { z } from "zod";

/** What a batch holds. One sequence of numbers runs through all kinds of a node's batches. */
export type BatchKind = "hops" | "dns" | "drops" | "completeness" | "node-state";

/** Who made a batch, and which one it is. `node/bootId/sequence` names a batch for ever. */
export interface BatchHeader {
  readonly kind: BatchKind;
  readonly node: string;
  /** Random, new at each start of the agent. */
  readonly bootId: string;
  /** Counts from 1 in each boot. */
  readonly sequence: number;
  readonly agentVersion: string;
}

export const BATCH_CONTENT_TYPE = "application/vnd.apache.arrow.stream";

const headerSchema = z.object({
  kind: z.enum(["hops", "dns", "drops", "completeness", "node-state"]),
  node: z.string().min(1).max(253),
  boot_id: z.string().regex(/^[0-9a-f]{8,64}$/),
  sequence: z.coerce.number().int().positive(),
  agent_version: z.string().max(64),
});

/** The header as Arrow schema metadata. */
export function headerToMetadata(header: BatchHeader): Map<string, string> {
  return new Map([
    ["kind", header.kind],
    ["node", header.node],
    ["boot_id", header.bootId],
    ["sequence", String(header.sequence)],
    ["agent_version", header.agentVersion],
  ]);
}

/** @throws Fault `BATCH_INVALID` where the metadata is not a batch's. */
export function headerFromSchema(schema: Schema): BatchHeader {
  const parsed = headerSchema.safeParse(Object.fromEntries(schema.metadata));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Fault({
      code: "BATCH_INVALID",
      message: `The batch's metadata "${issue?.path.join(".")}": ${issue?.message}.`,
    });
  }
  const { kind, node, boot_id: bootId, sequence, agent_version: agentVersion } = parsed.data;
  return { kind, node, bootId, sequence, agentVersion };
}

/** The name under which ClickHouse remembers that it has had this batch. */
export function deduplicationToken(header: BatchHeader): string {
  return `${header.node}/${header.bootId}/${header.sequence}`;
}
