import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fault } from "@hopline/fault";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bootIdOf } from "../src/boot-id.js";
import { Spool, type SpooledBatch } from "../src/delivery/spool.js";

const NONE: ReadonlySet<SpooledBatch> = new Set();
const bytes = (size: number, fill = 1) => new Uint8Array(size).fill(fill);
const bootOf = (startedMs: number) => bootIdOf(startedMs, Buffer.from("abcdef012345", "hex"));

describe("Spool", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "hopline-spool-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function open(startedMs: number, maxBytes = 1_000_000): Promise<Spool> {
    const spool = new Spool({ directory, bootId: bootOf(startedMs), maxBytes });
    await spool.start();
    return spool;
  }

  it("keeps batches in order, former boots first, and deletes what is acknowledged with its folder", async () => {
    const first = await open(1000);
    await first.put(1, bytes(10, 1));
    await first.put(2, bytes(10, 2));
    const second = await open(2000);
    await second.put(1, bytes(10, 3));
    const order: string[] = [];
    for (let batch = second.oldest(NONE); batch !== undefined; batch = second.oldest(NONE)) {
      order.push(`${batch.bootId} ${batch.sequence} ${(await second.read(batch))?.[0]}`);
      await second.acknowledge(batch);
    }
    expect(order).toEqual([`${bootOf(1000)} 1 1`, `${bootOf(1000)} 2 2`, `${bootOf(2000)} 1 3`]);
    expect(readdirSync(directory).sort()).toEqual([bootOf(2000), "rejected"]);
    expect(second.size).toEqual({ batches: 0, bytes: 0 });
  });

  it("takes no half-written batch for one, and counts it", async () => {
    mkdirSync(join(directory, bootOf(1000)));
    writeFileSync(join(directory, bootOf(1000), "000000000007.arrow.part"), "half");
    const spool = await open(2000);
    expect(spool.oldest(NONE)).toBeUndefined();
    expect(spool.counters.unfinished).toBe(1);
    expect(existsSync(join(directory, bootOf(1000)))).toBe(false);
  });

  it("drops the oldest when it is full, and counts them", async () => {
    const spool = await open(1000, 100);
    for (let sequence = 1; sequence <= 5; sequence++) await spool.put(sequence, bytes(40));
    expect(spool.size).toEqual({ batches: 2, bytes: 80 });
    expect(spool.counters).toMatchObject({ written: 5, droppedFull: 3 });
    expect(spool.oldest(NONE)?.sequence).toBe(4);
    const smaller = await open(2000, 50);
    expect(smaller.size.batches).toBe(1);
    expect(smaller.counters.droppedFull).toBe(1);
  });

  it("sets refused batches aside", async () => {
    const spool = await open(1000);
    await spool.put(1, bytes(10));
    const batch = spool.oldest(NONE);
    if (batch !== undefined) await spool.reject(batch);
    expect(readdirSync(join(directory, "rejected"))).toEqual([`${bootOf(1000)}-1.arrow`]);
    expect(spool.size.batches).toBe(0);
    expect(spool.counters.rejected).toBe(1);
  });

  it("says once that the disk takes nothing, counts what is lost, and says when it does again", async () => {
    const states: (Fault | undefined)[] = [];
    const bootId = bootOf(1000);
    const spool = new Spool({ directory, bootId, maxBytes: 1000, onState: (fault) => states.push(fault) });
    await spool.start();
    rmSync(join(directory, bootId), { recursive: true });
    await spool.put(1, bytes(10));
    await spool.put(2, bytes(10));
    mkdirSync(join(directory, bootId));
    await spool.put(3, bytes(10));
    expect(spool.counters).toMatchObject({ droppedUnwritable: 2, written: 1 });
    expect(states.map((fault) => fault?.code)).toEqual(["SPOOL_UNWRITABLE", undefined]);
  });

  it("says at the start that its directory cannot be written", async () => {
    writeFileSync(join(directory, "file"), "");
    const spool = new Spool({ directory: join(directory, "file"), bootId: bootOf(1), maxBytes: 1 });
    await expect(spool.start()).rejects.toMatchObject({ code: "SPOOL_UNWRITABLE" });
  });
});
