import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** What a file of assembly/ exports: its functions, its constants as `{ value }`, and the memory. */
export interface Assembly {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  // Called by what the test knows of the file.
  readonly [name: string]: unknown;
}

const PAGE_BYTES = 0x10000;

/** Compiles files of assembly/ so that a test can call what they export, each by itself. */
export async function compileAssembly<T extends Assembly>(...files: readonly string[]): Promise<() => T> {
  const outputs = new Map<string, string | Uint8Array>();
  const { error, stderr } = await asc.main(
    [
      ...files.map((file) => `assembly/${file}`),
      "--outFile",
      "test.wasm",
      "--runtime",
      "stub",
      "--noAssert",
      "--optimizeLevel",
      "2",
      "--baseDir",
      fileURLToPath(new URL("../", import.meta.url)),
    ],
    {
      writeFile: (name, contents) => {
        outputs.set(name, contents);
      },
    },
  );
  const bytes = outputs.get("test.wasm");
  if (error !== null || !(bytes instanceof Uint8Array)) throw new Error(stderr.toString());
  const module = new WebAssembly.Module(bytes);
  const abort = () => {
    throw new Error("aborted");
  };
  return () => new WebAssembly.Instance(module, { env: { abort } }).exports as T;
}

/** Address of `bytes` new bytes, zero, behind all that the module uses. */
export function room(assembly: Assembly, bytes: number): number {
  return assembly.memory.grow(Math.ceil(bytes / PAGE_BYTES)) * PAGE_BYTES;
}
