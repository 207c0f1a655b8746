/**
 * Compiles assembly/ to WebAssembly, and writes it into a module of src that `tsc` and the tests take like any other:
 * `node compile.mjs`, part of `npm run build`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import binaryen from "binaryen";

const folder = new URL("./", import.meta.url);
const files = new Map();
const { error, stderr } = await asc.main(
  [
    "assembly/index.ts",
    "--outFile",
    "flow-table.wasm",
    "--runtime",
    "stub",
    "--optimizeLevel",
    "3",
    "--noAssert",
    "--debug",
    "--baseDir",
    fileURLToPath(folder),
  ],
  {
    writeFile: (name, contents) => {
      files.set(name, contents);
    },
  },
);
if (error !== null) {
  process.stderr.write(stderr.toString());
  process.exit(1);
}

mkdirSync(new URL("src/generated/", folder), { recursive: true });
const base64 = Buffer.from(inlined(files.get("flow-table.wasm"))).toString("base64");
writeFileSync(
  new URL("src/generated/flow-table-module.ts", folder),
  `/** assembly/ as WebAssembly, in base64: made by compile.mjs. */\nexport const FLOW_TABLE_MODULE =\n  "${base64}";\n`,
);

/** The same with functions put into their callers more freely than the compiler does by itself: V8 does not do it either. */
function inlined(bytes) {
  const module = binaryen.readBinary(bytes);
  const { BulkMemory, BulkMemoryOpt, MutableGlobals, NontrappingFPToInt, SignExt } = binaryen.Features;
  module.setFeatures(BulkMemory | BulkMemoryOpt | MutableGlobals | NontrappingFPToInt | SignExt);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  binaryen.setDebugInfo(true);
  binaryen.setAlwaysInlineMaxSize(30);
  binaryen.setFlexibleInlineMaxSize(400);
  binaryen.setOneCallerInlineMaxSize(100_000);
  module.optimize();
  return module.emitBinary();
}
