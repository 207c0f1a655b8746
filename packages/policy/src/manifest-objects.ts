import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from "yaml";
import { z } from "zod";
import type { FieldIssue } from "./field-issue.js";
import { fieldText, type Problem } from "./problem.js";

/** A file's text; paths are only named, never opened. */
export interface ManifestFile {
  readonly path: string;
  readonly text: string;
}

/** A Kubernetes object in a file. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** E.g. `NetworkPolicy shop/web`. */
  readonly name: string;
  readonly value: object;
  /** What is wrong with one of its fields, with where it stands. */
  readonly problem: (issue: FieldIssue) => Problem;
}

const objectSchema = z.looseObject({ apiVersion: z.string().min(1), kind: z.string().min(1) });
const listSchema = z.looseObject({ kind: z.string().regex(/List$/), items: z.array(z.unknown()) });
const namedSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string().nullish() }),
});

interface Place {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/**
 * The objects in a YAML or JSON file: documents of one object each, or lists of them. Documents that are no
 * Kubernetes objects (values files and the like) are passed over; what is no YAML is a problem.
 */
export function manifestObjects(file: ManifestFile): { objects: ManifestObject[]; problems: Problem[] } {
  const lines = new LineCounter();
  const documents = parseAllDocuments(file.text, { lineCounter: lines, prettyErrors: false });
  const objects: ManifestObject[] = [];
  const problems: Problem[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const place = { file: file.path, document, lines };
    const error = document.errors[0];
    const value =
      error === undefined ? plainValue(document) : { message: error.message, offset: error.pos[0] };
    if (value.message === undefined) objects.push(...objectsIn(place, value.value, []));
    else problems.push(noYaml(place, value.message, value.offset));
  }
  return { objects, problems };
}

function plainValue(
  document: Document,
): { value: unknown; message?: undefined } | { message: string; offset: number } {
  try {
    return { value: document.toJS() };
  } catch (thrown) {
    // Aliases that lead nowhere, or that would multiply beyond all bounds.
    return {
      message: thrown instanceof Error ? thrown.message : String(thrown),
      offset: document.range?.[0] ?? 0,
    };
  }
}

function noYaml({ file, lines }: Place, message: string, offset: number): Problem {
  const text = `is no YAML: ${message.replace(/\.$/, "").replaceAll("\n", " ")}`;
  return { file, line: lines.linePos(offset).line, field: "", object: "", message: text };
}

function objectsIn(place: Place, value: unknown, at: readonly PropertyKey[]): ManifestObject[] {
  const list = listSchema.safeParse(value);
  if (list.success) {
    const itemKind = list.data.kind === "List" ? undefined : list.data.kind.slice(0, -"List".length);
    return list.data.items.flatMap((item, index) => {
      // Items of a typed list (PodList) may leave out what its kind says.
      const known = itemKind === undefined ? {} : { apiVersion: list.data.apiVersion, kind: itemKind };
      const whole = typeof item === "object" && item !== null ? { ...known, ...item } : item;
      return objectsIn(place, whole, [...at, "items", index]);
    });
  }
  const parsed = objectSchema.safeParse(value);
  if (!parsed.success) return [];
  const name = objectName(parsed.data.kind, parsed.data);
  return [
    {
      apiVersion: parsed.data.apiVersion,
      kind: parsed.data.kind,
      name,
      value: parsed.data,
      problem: ({ path, message }) => ({
        file: place.file,
        line: lineOf(place, [...at, ...path]),
        field: fieldText(path),
        object: name,
        message,
      }),
    },
  ];
}

function objectName(kind: string, value: unknown): string {
  const named = namedSchema.safeParse(value);
  if (!named.success) return kind;
  const { name, namespace } = named.data.metadata;
  return namespace ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;
}

/** The line of a field's key, or of its nearest parent where it is missing. */
function lineOf({ document, lines }: Place, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) break;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof key === "number") {
      node = node.items[key];
      offset = startOf(node) ?? offset;
    } else break;
  }
  return lines.linePos(offset).line;
}

function startOf(node: unknown): number | undefined {
  return isAlias(node) || isMap(node) || isSeq(node) || isScalar(node) ? node.range?.[0] : undefined;
}
