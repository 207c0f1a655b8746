import { z } from "zod";
import { ApiFault, type ClusterConnection } from "./cluster-connection.js";
import { type KubeObject, kubeObjectSchema } from "./kube-object.js";
import type { Resource } from "./resources.js";

export interface ObjectList {
  readonly objects: readonly KubeObject[];
  /** The version that all chunks show; a watch goes on from it without a gap. */
  readonly version: string;
  /** Items that are no Kubernetes objects; they have been passed over. */
  readonly unreadable: number;
}

export interface ListOptions {
  /** Objects per request; 0 for all at once. */
  readonly chunkSize: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const listSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string().min(1), continue: z.string().optional() }),
  items: z.array(z.looseObject({})).nullish(),
});

/**
 * All objects of a resource, chunk by chunk, as of one version. When a continue token expires on the way (410), it
 * begins again and takes all at once, which no token can interrupt.
 *
 * @throws ApiFault, or the signal's reason
 */
export async function listObjects(
  connection: ClusterConnection,
  resource: Resource,
  options: ListOptions,
): Promise<ObjectList> {
  try {
    return await listChunks(connection, resource, options);
  } catch (thrown) {
    if (!(thrown instanceof ApiFault) || thrown.code !== "KUBE_GONE" || options.chunkSize === 0) throw thrown;
    return await listChunks(connection, resource, { ...options, chunkSize: 0 });
  }
}

async function listChunks(
  connection: ClusterConnection,
  resource: Resource,
  options: ListOptions,
): Promise<ObjectList> {
  const objects: KubeObject[] = [];
  let unreadable = 0;
  let continueToken: string | undefined;
  for (;;) {
    const chunk = await getChunk(connection, resource, options, continueToken);
    for (const item of chunk.items ?? []) {
      // Items of a list leave out what the list's own kind says.
      const parsed = kubeObjectSchema.safeParse({
        apiVersion: resource.apiVersion,
        kind: resource.kind,
        ...item,
      });
      if (parsed.success) objects.push(parsed.data);
      else unreadable += 1;
    }
    continueToken = chunk.metadata.continue || undefined;
    if (continueToken === undefined) return { objects, version: chunk.metadata.resourceVersion, unreadable };
  }
}

async function getChunk(
  connection: ClusterConnection,
  resource: Resource,
  options: ListOptions,
  continueToken: string | undefined,
): Promise<z.output<typeof listSchema>> {
  const text = await connection.getText({
    path: resource.path,
    query: { limit: options.chunkSize === 0 ? undefined : options.chunkSize, continue: continueToken },
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  });
  const parsed = listSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ApiFault({
    code: "KUBE_FAILED",
    message: `The answer of ${connection.server} to GET ${resource.path} is no list: ${issue?.path.join(".") || "it"}: ${issue?.message}.`,
    hint: "Check that the kubeconfig's server is a Kubernetes API server.",
    cause: parsed.error,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
