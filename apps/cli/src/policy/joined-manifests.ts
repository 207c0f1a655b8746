import type { ManifestFile } from "@hopline/policy";

/** Several manifests as one text, in which lines can be found again. */
export class JoinedManifests {
  readonly text: string;
  readonly #starts: readonly { readonly file: string; readonly line: number }[];

  constructor(files: readonly ManifestFile[]) {
    const starts: { file: string; line: number }[] = [];
    const parts: string[] = [];
    let line = 1;
    for (const { path, text } of files) {
      starts.push({ file: path, line });
      parts.push(text);
      // What stands between two files is a line break and a line.
      line += text.split("\n").length + 1;
    }
    this.text = parts.join("\n---\n");
    this.#starts = starts;
  }

  /** `FILE:LINE` of a line (from 1) of the whole. */
  placeOf(line: number): string {
    const start = this.#starts.findLast((each) => each.line <= line);
    return start === undefined ? `line ${line}` : `${start.file}:${line - start.line + 1}`;
  }
}
