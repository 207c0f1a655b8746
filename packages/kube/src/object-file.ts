import { readFileSync } from "node:fs";
import { describe, Fault, systemCode } from "@hopline/fault";
import { type Document, isMap, isNode, isScalar, LineCounter, parseAllDocuments } from "yaml";
import { z } from "zod";
import { type KubeObject, kubeObjectSchema } from "./kube-object.js";
import { nodeSchema } from "./node-claims.js";
import { podSchema } from "./pod-claims.js";
import { serviceSchema } from "./service-claims.js";

/** Kinds whose fields are checked, because endpoints are made from them. */
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  "v1 Pod": podSchema,
  "v1 Service": serviceSchema,
  "v1 Node": nodeSchema,
};

const listSchema = z.looseObject({ kind: z.string().regex(/List$/), items: z.array(z.unknown()) });

/** Where a value stands in a file of several documents. */
interface Origin {
  readonly path: string;
  /** From 1. */
  readonly documentNumber: number;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** An object in a file. */
export interface PlacedObject {
  readonly object: KubeObject;
  readonly path: string;
  /** The line (from 1) of a field, or of its nearest parent where it is missing. */
  lineOf(fieldPath: readonly PropertyKey[]): number;
}

/** {@link loadPlacedObjects}, for whom it does not matter where they stand. */
export function loadObjects(path: string): KubeObject[] {
  return loadPlacedObjects(path).map(({ object }) => object);
}

/**
 * Kubernetes objects from a YAML (or JSON) file: documents of one object each, or lists of them, as
 * `kubectl get -A -o yaml` prints.
 *
 * @throws Fault `KUBE_FILE_MISSING`, or `KUBE_FILE_INVALID` naming the file, line, document and field
 */
export function loadPlacedObjects(path: string): PlacedObject[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(readText(path), { lineCounter: lines, prettyErrors: false });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document, index) => {
    const origin = { path, documentNumber: index + 1, document, lines };
    const error = document.errors[0];
    if (error !== undefined) {
      throw invalid(origin, error.pos[0], `is no YAML: ${error.message.replace(/\.$/, "")}`);
    }
    const value = toValue(origin);
    return value === null || value === undefined ? [] : objectsIn(origin, value, []);
  });
}

function toValue(origin: Origin): unknown {
  try {
    return origin.document.toJS();
  } catch (thrown) {
    // Aliases that lead nowhere, or that would multiply beyond all bounds.
    throw invalid(origin, offsetOf(origin.document, []), `cannot be read: ${describe(thrown)}`);
  }
}

function objectsIn(origin: Origin, value: unknown, at: readonly PropertyKey[]): PlacedObject[] {
  const list = listSchema.safeParse(value);
  if (!list.success) {
    const lineOf = (fieldPath: readonly PropertyKey[]) => lineAt(origin, [...at, ...fieldPath]);
    return [{ object: checked(origin, value, at), path: origin.path, lineOf }];
  }
  const itemKind = list.data.kind === "List" ? undefined : list.data.kind.slice(0, -"List".length);
  return list.data.items.flatMap((item, index) => {
    // Items of a typed list (PodList) may leave out what its kind says.
    const known = itemKind === undefined ? {} : { apiVersion: list.data.apiVersion, kind: itemKind };
    const whole = typeof item === "object" && item !== null ? { ...known, ...item } : item;
    return objectsIn(origin, whole, [...at, "items", index]);
  });
}

function checked(origin: Origin, value: unknown, at: readonly PropertyKey[]): KubeObject {
  const parsed = kubeObjectSchema.safeParse(value);
  if (!parsed.success) throw unfit(origin, parsed.error, at, "is no Kubernetes object");
  const object = parsed.data;
  const schema = SCHEMAS[`${object.apiVersion} ${object.kind}`];
  const fits = schema?.safeParse(object);
  if (fits?.success === false) {
    throw unfit(origin, fits.error, at, `holds a ${object.kind} "${object.metadata.name}" that is none`);
  }
  return object;
}

function unfit(origin: Origin, error: z.ZodError, at: readonly PropertyKey[], what: string): Fault {
  const issue = error.issues[0];
  const fieldPath = [...at, ...(issue?.path ?? [])];
  const field = fieldPath.length === 0 ? "it" : fieldPath.join(".");
  return invalid(
    origin,
    offsetOf(origin.document, fieldPath),
    `${what}: ${field}: ${issue?.message ?? "does not fit"}`,
  );
}

function lineAt(origin: Origin, fieldPath: readonly PropertyKey[]): number {
  return origin.lines.linePos(offsetOf(origin.document, fieldPath)).line;
}

/** Where in the text a field's name (or an element of a list) stands, or its nearest parent where it is missing. */
function offsetOf(document: Document, fieldPath: readonly PropertyKey[]): number {
  for (let length = fieldPath.length; length > 0; length--) {
    const parent: unknown = document.getIn(fieldPath.slice(0, length - 1), true);
    const key = String(fieldPath[length - 1]);
    const named = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === key)?.key
      : document.getIn(fieldPath.slice(0, length), true);
    if (isNode(named) && named.range) return named.range[0];
  }
  return document.contents?.range?.[0] ?? document.range?.[0] ?? 0;
}

function invalid(origin: Origin, offset: number, reason: string): Fault {
  const { line } = origin.lines.linePos(offset);
  return new Fault({
    code: "KUBE_FILE_INVALID",
    message: `${origin.path}:${line}: document ${origin.documentNumber} ${reason}.`,
    hint: "Make the file with: kubectl get nodes,pods,services,endpointslices,replicasets,jobs -A -o yaml.",
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    const reason = systemCode(thrown) === "ENOENT" ? "does not exist" : `cannot be read: ${describe(thrown)}`;
    throw new Fault({
      code: "KUBE_FILE_MISSING",
      message: `The file of Kubernetes objects ${path} ${reason}.`,
      hint: "Check the path.",
      cause: thrown,
    });
  }
}
