/** What is wrong with an object in a file; the object is left out of what is judged. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** E.g. `spec.ingress[0].from[1].ipBlock.cidr`; empty where it is the document as a whole. */
  readonly field: string;
  /** E.g. `NetworkPolicy shop/web`; empty where there is none to name. */
  readonly object: string;
  readonly message: string;
}

/** `FILE:LINE: OBJECT: FIELD: MESSAGE`, without what is empty. */
export function problemText({ file, line, field, object, message }: Problem): string {
  return [`${file}:${line}`, object, field, message].filter((part) => part !== "").join(": ");
}

/** A field's path as it is written in messages of the API server. */
export function fieldText(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => (typeof key === "number" ? `[${key}]` : `${at === 0 ? "" : "."}${String(key)}`))
    .join("");
}
