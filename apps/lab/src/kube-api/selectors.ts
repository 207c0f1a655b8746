import { ApiFault } from "./api-fault.js";
import type { KubeObject } from "./kube-object.js";
import type { ResourceType } from "./resource-types.js";

export type ObjectPredicate = (object: KubeObject) => boolean;

const KEY = "[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?";
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${KEY})?$`);
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s+\\(([^()]*)\\)$`);

/**
 * A label selector's text, e.g. `app=web,tier in (front,back),!canary`, as a predicate.
 *
 * @throws ApiFault 400 where it cannot be parsed.
 */
export function labelSelector(text: string): ObjectPredicate {
  const requirements = splitOutsideParentheses(text).map(labelRequirement);
  return (object) => requirements.every((holds) => holds(object.metadata.labels ?? {}));
}

function labelRequirement(text: string): (labels: Readonly<Record<string, string>>) => boolean {
  const exists = EXISTS.exec(text);
  if (exists !== null) {
    const [, negated, key] = exists;
    return (labels) => Object.hasOwn(labels, key!) === (negated === "");
  }
  const equality = EQUALITY.exec(text);
  if (equality !== null) {
    const [, key, operator, value = ""] = equality;
    // An absent label differs from every value.
    return (labels) => (labels[key!] === value) === (operator !== "!=");
  }
  const set = SET.exec(text);
  if (set !== null) {
    const [, key, operator, list] = set;
    const values = list!.split(",").map((value) => value.trim());
    return (labels) => (labels[key!] !== undefined && values.includes(labels[key!]!)) === (operator === "in");
  }
  throw new ApiFault(400, `unable to parse requirement: "${text}"`);
}

function splitOutsideParentheses(text: string): string[] {
  return text
    .split(/,(?![^()]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

type FieldReader = (object: KubeObject) => string;

const COMMON_FIELDS: Readonly<Record<string, FieldReader>> = {
  "metadata.name": (object) => object.metadata.name,
  "metadata.namespace": (object) => object.metadata.namespace ?? "",
};

/** Fields that the API server indexes beyond name and namespace. */
const FIELDS_BY_KIND: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.phase", "status.podIP"],
  Node: ["spec.unschedulable"],
  Namespace: ["status.phase"],
  Service: ["spec.clusterIP", "spec.type"],
  ReplicaSet: ["status.replicas"],
  Job: ["status.successful"],
};

/**
 * A field selector's text, e.g. `spec.nodeName=node-1,status.phase!=Failed`, as a predicate.
 *
 * @throws ApiFault 400 where it cannot be parsed or names a field that the type is not selected by.
 */
export function fieldSelector(text: string, type: ResourceType): ObjectPredicate {
  const requirements = text
    .split(",")
    .filter((part) => part !== "")
    .map((part) => fieldRequirement(part, type));
  return (object) => requirements.every((holds) => holds(object));
}

function fieldRequirement(text: string, type: ResourceType): ObjectPredicate {
  const parts = /^([^=!]+)(==|=|!=)(.*)$/.exec(text);
  if (parts === null) throw new ApiFault(400, `invalid selector: '${text}'; can't understand '${text}'`);
  const [, field, operator, value] = parts;
  const read = fieldReader(field!, type);
  return (object) => (read(object) === value) === (operator !== "!=");
}

function fieldReader(field: string, type: ResourceType): FieldReader {
  const common = COMMON_FIELDS[field];
  if (common !== undefined) return common;
  if (FIELDS_BY_KIND[type.kind]?.includes(field) !== true) {
    throw new ApiFault(400, `field label not supported: ${field}`);
  }
  const path = field.split(".");
  return (object) => {
    let value: unknown = object;
    for (const step of path) value = isRecord(value) ? value[step] : undefined;
    return value === undefined ? "" : String(value);
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
