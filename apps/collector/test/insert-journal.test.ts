import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InsertJournal } from "../src/ingest/insert-journal.js";
import { temporaryFolder } from "./temporary-folder.js";

const token = (digit: string) => digit.repeat(32);

describe("InsertJournal", () => {
  it("tells after a crash what was stored, and what may not have been", async () => {
    const folder = join(await temporaryFolder(), "journal");
    const before = new InsertJournal(folder);
    expect(await before.open()).toEqual({ batches: [], unsettled: [] });
    await before.begin({ token: token("1"), batches: ["n1/a/1", "n2/b/1"] }, Uint8Array.of(1));
    await before.settle(token("1"));
    await before.begin({ token: token("2"), batches: ["n1/a/2"] }, Uint8Array.of(2));
    await before.cancel(token("2"));
    await before.begin({ token: token("3"), batches: ["n1/a/3"] }, Uint8Array.of(3));

    expect(await new InsertJournal(folder).open()).toEqual({
      batches: ["n1/a/1", "n2/b/1", "n1/a/3"],
      unsettled: [{ token: token("3"), batches: ["n1/a/3"], bytes: Uint8Array.of(3) }],
    });
  });

  it("passes over a line that a crash cut off, and forgets the bytes of an INSERT that never began", async () => {
    const folder = await temporaryFolder();
    const journal = new InsertJournal(folder);
    await journal.open();
    await journal.begin({ token: token("1"), batches: ["n1/a/1"] }, Uint8Array.of(1));
    await journal.settle(token("1"));
    writeFileSync(join(folder, `${token("2")}.arrow`), "bytes");
    appendFileSync(join(folder, "inserts.ndjson"), `{"token":"${token("2")}","bat`);
    const after = new InsertJournal(folder);
    expect(await after.open()).toEqual({ batches: ["n1/a/1"], unsettled: [] });
    await after.begin({ token: token("4"), batches: ["n1/a/4"] }, Uint8Array.of(4));
    await after.settle(token("4"));
    expect((await new InsertJournal(folder).open()).batches).toEqual(["n1/a/1", "n1/a/4"]);
    expect(existsSync(join(folder, `${token("2")}.arrow`))).toBe(false);
  });

  it("says where it cannot write", async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, "journal"), "a file");
    await expect(new InsertJournal(join(folder, "journal")).open()).rejects.toMatchObject({
      code: "JOURNAL_UNUSABLE",
    });
  });
});
