import { Fault } from "@hopline/fault";
import { type Document, LineCounter, parseAllDocuments } from "yaml";
import type { z } from "zod";
import type { KubeObject } from "../kube-api/index.js";
import { BehaviourError } from "../workload/behaviour.js";
import { behaviourOf, isKnownImage, KNOWN_IMAGES } from "./images.js";
import { matchesSelector } from "./label-selector.js";
import {
  deploymentSchema,
  ingressSchema,
  jobSchema,
  namespaceSchema,
  networkPolicySchema,
  type PodSpec,
  podSchema,
  serviceSchema,
  statefulSetSchema,
} from "./schemas.js";

/** Kinds that a user may give; the rest is the lab's to make. */
const SCHEMAS = {
  "v1 Namespace": namespaceSchema,
  "v1 Pod": podSchema,
  "v1 Service": serviceSchema,
  "apps/v1 Deployment": deploymentSchema,
  "apps/v1 StatefulSet": statefulSetSchema,
  "batch/v1 Job": jobSchema,
  "networking.k8s.io/v1 NetworkPolicy": networkPolicySchema,
  "networking.k8s.io/v1 Ingress": ingressSchema,
} as const;

export type Admitted = z.output<(typeof SCHEMAS)[keyof typeof SCHEMAS]>;

/** An object and where in its file it stands, for messages. */
export interface ManifestObject {
  readonly object: Admitted;
  /** `shop.yaml, document 2 (line 14)`. */
  readonly where: string;
}

type Path = readonly (string | number)[];

/**
 * Reads the Kubernetes objects of a YAML text with any number of documents; `kind: List` is unfolded. Objects
 * without a namespace get `default`.
 *
 * @param file only for messages
 * @throws Fault `MANIFEST_INVALID`, naming file, document, line and field.
 */
export function readManifest(text: string, file: string): ManifestObject[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const objects: ManifestObject[] = [];
  for (const [index, document] of documents.entries()) {
    const reader = new DocumentReader(document, lines, file, index + 1);
    objects.push(...reader.read());
  }
  if (objects.length === 0) {
    throw new Fault({
      code: "MANIFEST_INVALID",
      message: `${file} holds no Kubernetes object.`,
      hint: "Give YAML documents with apiVersion, kind and metadata.",
    });
  }
  return objects;
}

class DocumentReader {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #file: string;
  readonly #number: number;

  constructor(document: Document.Parsed, lines: LineCounter, file: string, number: number) {
    this.#document = document;
    this.#lines = lines;
    this.#file = file;
    this.#number = number;
  }

  read(): ManifestObject[] {
    const [error] = this.#document.errors;
    if (error !== undefined) {
      const message = error.message.replace(/\s+at line.*$/s, "").trim();
      throw this.#fault(this.#lines.linePos(error.pos[0]).line, `is no YAML: ${message}.`);
    }
    const value: unknown = this.#document.toJS();
    if (value === null || value === undefined) return [];
    if (isRecord(value) && value.kind === "List" && Array.isArray(value.items)) {
      return value.items.map((item: unknown, index) => this.#object(item, ["items", index]));
    }
    return [this.#object(value, [])];
  }

  #object(value: unknown, path: Path): ManifestObject {
    if (!isRecord(value)) throw this.#invalid(path, "is no Kubernetes object: it is no mapping.");
    for (const field of ["apiVersion", "kind"]) {
      if (typeof value[field] !== "string")
        throw this.#invalid(path, `is no Kubernetes object: it has no ${field}.`);
    }
    const schema = SCHEMAS[`${value.apiVersion} ${value.kind}` as keyof typeof SCHEMAS];
    if (schema === undefined) {
      const known = Object.keys(SCHEMAS).join(", ");
      throw this.#invalid(
        [...path, "kind"],
        `is a ${value.kind} of ${value.apiVersion}, which the lab cannot take; it takes ${known}.`,
      );
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      const field = issue.path.filter((part) => typeof part !== "symbol");
      throw this.#invalid([...path, ...field], `${fieldName(field)}: ${issue.message}.`);
    }
    const object = withNamespace(parsed.data);
    this.#checkPods(object, path);
    return { object, where: `${this.#file}, document ${this.#number} (line ${this.#lineOf(path)})` };
  }

  /** What the schemas cannot say: images that the lab can run, behaviours that it understands, matching labels. */
  #checkPods(object: Admitted, path: Path): void {
    const spec = podSpecOf(object);
    if (spec === undefined) return;
    const { image } = spec.spec.containers[0]!;
    if (!isKnownImage(image)) {
      const field = [...path, ...spec.path, "containers", 0, "image"];
      throw this.#invalid(
        field,
        `${fieldName(field)}: the lab cannot run ${image}; it runs ${KNOWN_IMAGES.join(", ")}.`,
      );
    }
    try {
      behaviourOf(spec.spec);
    } catch (thrown) {
      if (!(thrown instanceof BehaviourError)) throw thrown;
      const field = [...path, ...spec.path, "containers", 0, "env"];
      throw this.#invalid(field, `${fieldName(field)}, ${thrown.variable}: ${thrown.message}.`);
    }
    if (object.kind !== "Deployment" && object.kind !== "StatefulSet") return;
    if (matchesSelector(object.spec.selector, object.spec.template.metadata.labels)) return;
    throw this.#invalid(
      [...path, "spec", "selector"],
      "spec.selector: it does not match the labels of spec.template.",
    );
  }

  #invalid(path: Path, message: string): Fault {
    return this.#fault(this.#lineOf(path), message);
  }

  #fault(line: number, message: string): Fault {
    return new Fault({
      code: "MANIFEST_INVALID",
      message: `${this.#file}, document ${this.#number}, line ${line}: ${message}`,
    });
  }

  /** The line of a field, or of the nearest thing around it that is there. */
  #lineOf(path: Path): number {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown =
        length === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, length), true);
      if (isRecord(node) && Array.isArray(node.range)) return this.#lines.linePos(Number(node.range[0])).line;
    }
    return 1;
  }
}

function podSpecOf(object: Admitted): { readonly spec: PodSpec; readonly path: Path } | undefined {
  if (object.kind === "Pod") return { spec: object.spec, path: ["spec"] };
  if (object.kind === "Deployment" || object.kind === "StatefulSet" || object.kind === "Job") {
    return { spec: object.spec.template.spec, path: ["spec", "template", "spec"] };
  }
  return undefined;
}

function withNamespace(object: Admitted): Admitted {
  if (object.kind === "Namespace" || object.metadata.namespace !== undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace: "default" } } as Admitted & KubeObject;
}

/** `spec.containers[0].image`. */
function fieldName(path: Path): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === "number") return `${name}[${part}]`;
    return name === "" ? part : `${name}.${part}`;
  }, "");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
