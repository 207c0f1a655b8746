import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Fault, whyUnreadable } from "@hopline/fault";
import type { ManifestFile } from "@hopline/policy";

const MANIFEST_NAME = /\.(ya?ml|json)$/i;

/**
 * The texts of all manifests in a folder and the folders below it, in the order of their paths; or of one file.
 * Hidden files and folders are passed over, and so is what a link points to.
 *
 * @throws Fault `POLICY_DIR_UNREADABLE`, or `POLICY_DIR_EMPTY` where there is no manifest
 */
export function readManifestFolder(path: string): ManifestFile[] {
  try {
    const paths = statSync(path).isDirectory() ? manifestsIn(path) : [path];
    if (paths.length === 0) {
      throw new Fault({
        code: "POLICY_DIR_EMPTY",
        message: `The folder ${path} holds no manifests.`,
        hint: "They are files that end in .yaml, .yml or .json.",
      });
    }
    return paths.map((file) => ({ path: file, text: readFileSync(file, "utf8") }));
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    throw new Fault({
      code: "POLICY_DIR_UNREADABLE",
      message: `The manifests in ${path} can't be read: ${whyUnreadable(thrown)}.`,
      hint: "Check --dir.",
      cause: thrown,
    });
  }
}

function manifestsIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return manifestsIn(path);
    return entry.isFile() && MANIFEST_NAME.test(entry.name) ? [path] : [];
  });
}
