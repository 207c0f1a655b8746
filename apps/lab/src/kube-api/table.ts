import type { KubeObject } from "./kube-object.js";
import { columnsOf } from "./table-columns.js";

/** Which form of answer a client accepts, of those that the lab's API has. */
export type Representation =
  | { readonly kind: "object" }
  | { readonly kind: "table"; readonly apiVersion: "meta.k8s.io/v1" | "meta.k8s.io/v1beta1" };

/**
 * Reads an Accept header, first acceptable entry first; undefined where there is none. No weights: no Kubernetes
 * client sends them.
 */
export function negotiate(accept: string | undefined): Representation | undefined {
  if (accept === undefined || accept.trim() === "") return { kind: "object" };
  for (const entry of accept.split(",")) {
    const [media, ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
    if (media !== "application/json" && media !== "*/*" && media !== "application/*") continue;
    const as = parameters.find((parameter) => parameter.startsWith("as="));
    if (as === undefined) return { kind: "object" };
    if (as === "as=table" && media === "application/json") {
      if (parameters.includes("v=v1")) return { kind: "table", apiVersion: "meta.k8s.io/v1" };
      if (parameters.includes("v=v1beta1")) return { kind: "table", apiVersion: "meta.k8s.io/v1beta1" };
    }
  }
  return undefined;
}

export interface TableRequest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly nowMs: number;
  /** How much of each object a row carries along (`includeObject`). */
  readonly include: "None" | "Metadata" | "Object";
  readonly metadata: object;
}

/** meta/v1 Table: the rows that kubectl prints. */
export function toTable(objects: readonly KubeObject[], request: TableRequest): object {
  const columns = columnsOf(request.kind);
  return {
    kind: "Table",
    apiVersion: request.apiVersion,
    metadata: request.metadata,
    columnDefinitions: columns.map(({ name, type, priority }) => ({
      name,
      type,
      priority,
      format: name === "Name" ? "name" : "",
      description: "",
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, request.nowMs)),
      object: rowObject(object, request),
    })),
  };
}

function rowObject(object: KubeObject, request: TableRequest): object | undefined {
  if (request.include === "None") return undefined;
  if (request.include === "Object") return object;
  return { kind: "PartialObjectMetadata", apiVersion: request.apiVersion, metadata: object.metadata };
}
