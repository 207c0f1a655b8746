import {
  COMPLETENESS_COLUMNS,
  type ColumnSpec,
  type ColumnsOf,
  DNS_COLUMNS,
  decodeBatch,
  encodeCompleteness,
  encodeDns,
  encodeHops,
  HOP_COLUMNS,
  StringColumnBuilder,
} from "@hopline/batch";
import { Fault } from "@hopline/fault";
import { data, type Layer } from "../corpus/layer.js";
import { SeededRandom } from "../corpus/seeded-random.js";
import { mutate } from "./mutation.js";
import { type FuzzTarget, promise } from "./target.js";

const HEADER = { node: "node1", bootId: "0123456789abcdef", sequence: 1, agentVersion: "0.1.0" };
const DIGEST_BYTES = 32;
const BATCHES_OF_ROWS = [0, 1, 7, 100];

let pool: readonly Layer[] | undefined;

/**
 * decodeBatch: what was changed is refused by its sum, before Arrow reads it. (What Arrow makes of changed bytes whose sum
 * is right is no matter: only an agent makes sums.)
 */
export const batchTarget: FuzzTarget = {
  name: "batch",
  make: (random) => {
    const batches = soundBatches();
    return random.once(50) ? random.pick(batches).bytes : mutate(random.pick(batches), batches, random);
  },
  check(input) {
    const isSound = soundBatches().some(({ bytes }) => Buffer.compare(bytes, input) === 0);
    try {
      const { table } = decodeBatch(input);
      promise(isSound, `a batch that nobody made was taken, of ${table.numRows} rows`);
      return "taken";
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      promise(!isSound, `a sound batch was refused: ${thrown.message}`);
      return thrown.code;
    }
  },
};

function soundBatches(): readonly Layer[] {
  pool ??= BATCHES_OF_ROWS.flatMap((rows) => {
    const random = new SeededRandom(rows);
    return [
      batchLayer(encodeHops(HEADER, columnsOf(HOP_COLUMNS, rows, random))),
      batchLayer(encodeDns(HEADER, columnsOf(DNS_COLUMNS, rows, random))),
      batchLayer(encodeCompleteness(HEADER, columnsOf(COMPLETENESS_COLUMNS, rows, random))),
    ];
  });
  return pool;
}

/** Arrow's messages begin with a marker and a length; the sum stands at the end. */
function batchLayer(bytes: Uint8Array): Layer {
  const digest = bytes.length - DIGEST_BYTES;
  const words = [0, 4, 8, digest - 8, digest - 4, digest];
  return {
    ...data(bytes),
    fields: words.map((offset) => ({ layer: "arrow", name: "word", offset, bytes: 4 })),
    starts: [0, digest].map((offset) => ({ layer: "arrow", offset })),
  };
}

function columnsOf<Spec extends ColumnSpec>(
  spec: Spec,
  count: number,
  random: SeededRandom,
): ColumnsOf<Spec> {
  const columns: Record<string, unknown> = { count };
  const rows = (width = 1) => Array.from({ length: count * width }, () => random.word());
  for (const [name, kind] of Object.entries(spec)) {
    if (kind === "string") {
      const builder = new StringColumnBuilder(count);
      for (let row = 0; row < count; row++) builder.set(row, `value ${random.below(9)}`);
      columns[name] = builder.finish();
    } else if (kind === "addr") columns[name] = Uint8Array.from(rows(16));
    else if (kind === "u64") columns[name] = Uint32Array.from(rows(2));
    else
      columns[name] = {
        u8: Uint8Array,
        u16: Uint16Array,
        u32: Uint32Array,
        i8: Int8Array,
        i32: Int32Array,
        f64: Float64Array,
      }[kind].from(rows());
  }
  return columns as ColumnsOf<Spec>;
}
