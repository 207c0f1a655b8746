import { expect, test } from "vitest";
import { StatementQueue } from "../src/statement-queue.js";

/** A queue with a clock of its own; a statement runs until it is told to end. */
function setUp() {
  let nowMs = 0;
  const queue = new StatementQueue(() => nowMs);
  const began: string[] = [];
  const ends = new Map<string, (thrown?: Error) => void>();
  const statement = (name: string) => () => {
    began.push(name);
    return new Promise<string>((resolve, reject) => {
      ends.set(name, (thrown) => (thrown === undefined ? resolve(name) : reject(thrown)));
    });
  };
  return {
    began,
    at: (ms: number) => {
      nowMs = ms;
    },
    read: (name: string) => queue.read(statement(name)),
    store: (name: string) => queue.store(statement(name)),
    end: async (name: string, thrown?: Error) => {
      ends.get(name)?.(thrown);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test("one at a time, in the order in which they came", async () => {
  const { began, read, end } = setUp();
  const answers = [read("a"), read("b"), read("c")];
  expect(began).toEqual(["a"]);
  await end("a");
  expect(began).toEqual(["a", "b"]);
  await end("b");
  await end("c");
  expect(await Promise.all(answers)).toEqual(["a", "b", "c"]);
});

test("what stores goes before what reads, unless that has waited for more than a second", async () => {
  const { began, at, read, store, end } = setUp();
  void read("running");
  void read("waits long");
  at(500);
  void read("waits");
  at(1200);
  void store("first insert");
  void store("second insert");
  for (const name of ["running", "waits long", "first insert", "second insert", "waits"]) await end(name);
  expect(began).toEqual(["running", "waits long", "first insert", "second insert", "waits"]);
});

test("one that fails stops none behind it", async () => {
  const { began, read, store, end } = setUp();
  const failing = read("failing");
  const answered = store("insert");
  const expected = expect(failing).rejects.toThrow("no such table");
  await end("failing", new Error("no such table"));
  await expected;
  await end("insert");
  expect([await answered, began]).toEqual(["insert", ["failing", "insert"]]);
});
