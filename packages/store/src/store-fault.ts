import { describe, Fault, systemCode } from "@hopline/fault";

/** ClickHouse's own numbers (src/Common/ErrorCodes.cpp of its source) to our codes and what to do. */
const BY_CLICKHOUSE_CODE: ReadonlyMap<string, { code: string; hint: string }> = new Map([
  ["516", { code: "STORE_CREDENTIALS", hint: "Check the ClickHouse user and password." }],
  ["194", { code: "STORE_CREDENTIALS", hint: "Check the ClickHouse user and password." }],
  ["192", { code: "STORE_CREDENTIALS", hint: "Check the ClickHouse user and password." }],
  ["497", { code: "STORE_DENIED", hint: "Give the user the right to create, read and write this database." }],
  ["243", { code: "STORE_FULL", hint: "Free disk space, or keep less." }],
  ["241", { code: "STORE_FULL", hint: "Give ClickHouse more memory, or ask for a shorter time range." }],
  ["57", { code: "STORE_EXISTS", hint: "Another collector has just made it." }],
  [
    "252",
    { code: "STORE_BUSY", hint: "ClickHouse cannot merge as fast as rows arrive; the batch is sent again." },
  ],
  ["202", { code: "STORE_BUSY", hint: "ClickHouse runs too many queries at once; try again." }],
  ["159", { code: "STORE_BUSY", hint: "Ask for a shorter time range." }],
]);

/** What is wrong with the rows themselves, so that sending them again cannot help. */
const REJECTED = new Set([
  "6",
  "8",
  "10",
  "16",
  "27",
  "32",
  "33",
  "36",
  "43",
  "53",
  "70",
  "117",
  "131",
  "131",
  "636",
]);

/**
 * Anything that the client threw, as a Fault whose code the caller can decide on.
 *
 * @param what one clause for the sentence, such as `the query "map"`.
 */
export function storeFault(thrown: unknown, what: string): Fault {
  if (thrown instanceof Fault) return thrown;
  const number = clickHouseCode(thrown);
  if (number !== undefined) {
    const known = BY_CLICKHOUSE_CODE.get(number);
    return new Fault({
      code: known?.code ?? "STORE_QUERY",
      message: `ClickHouse refused ${what}: ${firstSentence(thrown)} (code ${number}).`,
      hint: known?.hint,
      cause: thrown,
    });
  }
  if (systemCode(thrown) !== undefined || describe(thrown).startsWith("Timeout error")) {
    return new Fault({
      code: "STORE_UNREACHABLE",
      message: `ClickHouse did not answer ${what}: ${describe(thrown)}.`,
      hint: "Check its URL and that it runs.",
      cause: thrown,
    });
  }
  return new Fault({
    code: "STORE_QUERY",
    message: `ClickHouse failed at ${what}: ${describe(thrown)}.`,
    cause: thrown,
  });
}

/** The same for a batch: whether to send it again hangs on the code. */
export function insertFault(thrown: unknown, what: string): Fault {
  const number = clickHouseCode(thrown);
  if (number !== undefined && REJECTED.has(number)) {
    return new Fault({
      code: "STORE_BATCH_REJECTED",
      message: `ClickHouse cannot read ${what}: ${firstSentence(thrown)} (code ${number}).`,
      cause: thrown,
    });
  }
  return storeFault(thrown, what);
}

/**
 * The number of a ClickHouse exception, as text. By shape and not by class: the embedded engine's package brings a copy of the
 * client's error class.
 */
export function clickHouseCode(thrown: unknown): string | undefined {
  const code = systemCode(thrown);
  return code !== undefined && /^\d+$/.test(code) ? code : undefined;
}

function firstSentence(thrown: unknown): string {
  const line = describe(thrown).split(": While ")[0] ?? "";
  return line.replace(/\.\s*$/, "").slice(0, 300);
}
