import { readFileSync } from "node:fs";
import { Fault, whyUnreadable } from "@hopline/fault";
import type { ManifestFile } from "@hopline/policy";

/**
 * The texts of manifests by name; `-` is standard input.
 *
 * @throws Fault `POLICY_FILE_UNREADABLE`
 */
export function readProposedFiles(paths: readonly string[]): ManifestFile[] {
  return paths.map((path) => {
    try {
      if (path === "-") return { path: "standard input", text: readFileSync(0, "utf8") };
      return { path, text: readFileSync(path, "utf8") };
    } catch (thrown) {
      throw new Fault({
        code: "POLICY_FILE_UNREADABLE",
        message: `${path === "-" ? "Standard input" : `The file ${path}`} can't be read: ${whyUnreadable(thrown)}.`,
        hint: "Name a manifest with -f, or - for standard input.",
        cause: thrown,
      });
    }
  });
}
