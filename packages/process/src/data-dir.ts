import { resolve } from "node:path";
import { z } from "zod";

/** File systems of the kernel's own; under /proc, Node's recursive mkdir never comes back. */
const KERNEL_FOLDERS = /^\/(proc|sys)(\/|$)/;

/** A directory that an app makes and writes to, as an absolute path. */
export const dataDirSchema = z
  .string()
  .min(1)
  .transform((path) => resolve(path))
  .refine(
    (path) => !KERNEL_FOLDERS.test(path),
    "it takes a directory that can be written, none of the kernel's",
  );
