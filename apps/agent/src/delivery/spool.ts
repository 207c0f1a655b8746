import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, Fault, systemCode } from "@hopline/fault";

/** A batch on disk. */
export interface SpooledBatch {
  readonly bootId: string;
  readonly sequence: number;
  readonly path: string;
  readonly bytes: number;
  /** It says that all before it has been told: nobody is to have it before those are stored. */
  readonly isLast: boolean;
}

export interface SpoolOptions {
  /**
   * The agent's data directory: `<boot id>/<sequence>.arrow` for each batch (`<sequence>-last.arrow` where it speaks for those
   * before it), `rejected/` for what nobody wants.
   */
  readonly directory: string;
  /** Sorts after those of earlier boots. */
  readonly bootId: string;
  readonly maxBytes: number;
  readonly onBatch?: () => void;
  readonly onState?: (fault: Fault | undefined) => void;
}

/** Counters since the start, all monotonic. */
export interface SpoolCounters {
  written: number;
  acknowledged: number;
  /** Oldest batches given up because the spool was full. */
  droppedFull: number;
  /** Batches that the disk would not take. */
  droppedUnwritable: number;
  /** Batches that the collector refused for good, moved to `rejected/`. */
  rejected: number;
  /** Of these, deleted because `rejected/` grew too large. */
  rejectedDeleted: number;
  /** Files of earlier boots that were not whole. */
  unfinished: number;
}

const REJECTED = "rejected";
const REJECTED_MAX_BYTES = 64 * 1024 * 1024;
const BATCH_FILE = /^(\d+)(-last)?\.arrow$/;
const BOOT_FOLDER = /^[0-9a-f]{8,64}$/;

/**
 * Batches on disk until the collector has acknowledged them. A batch is whole or not there: it is written beside its
 * place and renamed. Those of former boots come first. Over its bound the oldest go, counted.
 *
 * No fsync: it protects from the death of the agent or the collector, not from a loss of power, which a batch cut short by it
 * shows by its checksum. A node whose disk is busy holds up an fsync for seconds, and with it the live view.
 */
export class Spool {
  readonly counters: SpoolCounters = {
    written: 0,
    acknowledged: 0,
    droppedFull: 0,
    droppedUnwritable: 0,
    rejected: 0,
    rejectedDeleted: 0,
    unfinished: 0,
  };
  readonly #options: SpoolOptions;
  readonly #folder: string;
  /** Oldest first; a Set, for any of them may be acknowledged. */
  readonly #batches = new Set<SpooledBatch>();
  readonly #rejected: { readonly path: string; readonly bytes: number }[] = [];
  #bytes = 0;
  #rejectedBytes = 0;
  #writable = true;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#folder = join(options.directory, options.bootId);
  }

  /** Batches that wait, and their bytes. */
  get size(): { readonly batches: number; readonly bytes: number } {
    return { batches: this.#batches.size, bytes: this.#bytes };
  }

  /** @throws Fault `SPOOL_UNWRITABLE` */
  async start(): Promise<void> {
    const { directory } = this.#options;
    try {
      await mkdir(this.#folder, { recursive: true });
      await mkdir(join(directory, REJECTED), { recursive: true });
      await this.#findLeftOver();
      await this.#findRejected();
    } catch (thrown) {
      throw unwritable(directory, thrown);
    }
    await this.#shrink(0);
  }

  /** The oldest batch that waits and is not one of `except`. */
  oldest(except: ReadonlySet<SpooledBatch>): SpooledBatch | undefined {
    for (const batch of this.#batches) if (!except.has(batch)) return batch;
    return undefined;
  }

  /** Settles when the batch is on the disk, or has been given up because the disk would not take it. */
  async put(sequence: number, bytes: Uint8Array, isLast = false): Promise<void> {
    await this.#shrink(bytes.length);
    const name = `${String(sequence).padStart(12, "0")}${isLast ? "-last" : ""}.arrow`;
    const path = join(this.#folder, name);
    try {
      await writeWhole(path, bytes);
    } catch (thrown) {
      this.counters.droppedUnwritable++;
      await rm(`${path}.part`, { force: true }).catch(() => undefined);
      if (this.#writable) this.#options.onState?.(unwritable(this.#folder, thrown));
      this.#writable = false;
      return;
    }
    if (!this.#writable) this.#options.onState?.(undefined);
    this.#writable = true;
    this.counters.written++;
    this.#add({ bootId: this.#options.bootId, sequence, path, bytes: bytes.length, isLast });
    this.#options.onBatch?.();
  }

  /** The batch's bytes, or undefined where its file has gone; it is then out of the spool, too. */
  async read(batch: SpooledBatch): Promise<Uint8Array | undefined> {
    try {
      return await readFile(batch.path);
    } catch {
      if (this.#forget(batch)) this.counters.droppedUnwritable++;
      return undefined;
    }
  }

  /** The collector has it. */
  async acknowledge(batch: SpooledBatch): Promise<void> {
    if (!this.#forget(batch)) return;
    this.counters.acknowledged++;
    await rm(batch.path, { force: true }).catch(() => undefined);
    await this.#removeEmptyBoot(batch.bootId);
  }

  /** The collector will never have it: it is kept aside for somebody to look at. */
  async reject(batch: SpooledBatch): Promise<void> {
    if (!this.#forget(batch)) return;
    this.counters.rejected++;
    const path = join(this.#options.directory, REJECTED, `${batch.bootId}-${batch.sequence}.arrow`);
    await rename(batch.path, path).catch(() => rm(batch.path, { force: true }));
    this.#rejected.push({ path, bytes: batch.bytes });
    this.#rejectedBytes += batch.bytes;
    await this.#shrinkRejected();
    await this.#removeEmptyBoot(batch.bootId);
  }

  async #findLeftOver(): Promise<void> {
    const { directory, bootId } = this.#options;
    const boots = (await readdir(directory)).filter((name) => BOOT_FOLDER.test(name)).sort();
    for (const boot of boots) {
      if (boot === bootId) continue;
      const names = (await readdir(join(directory, boot))).sort();
      for (const name of names) {
        const path = join(directory, boot, name);
        const [, sequence, last] = BATCH_FILE.exec(name) ?? [];
        if (sequence === undefined) {
          this.counters.unfinished++;
          await rm(path, { force: true, recursive: true });
          continue;
        }
        const { size } = await stat(path);
        const isLast = last !== undefined;
        this.#add({ bootId: boot, sequence: Number(sequence), path, bytes: size, isLast });
      }
      await this.#removeEmptyBoot(boot);
    }
  }

  async #findRejected(): Promise<void> {
    const folder = join(this.#options.directory, REJECTED);
    for (const name of (await readdir(folder)).sort()) {
      const path = join(folder, name);
      const bytes = (await stat(path)).size;
      this.#rejected.push({ path, bytes });
      this.#rejectedBytes += bytes;
    }
    await this.#shrinkRejected();
  }

  #add(batch: SpooledBatch): void {
    this.#batches.add(batch);
    this.#bytes += batch.bytes;
  }

  #forget(batch: SpooledBatch): boolean {
    if (!this.#batches.delete(batch)) return false;
    this.#bytes -= batch.bytes;
    return true;
  }

  async #shrink(roomFor: number): Promise<void> {
    for (const batch of this.#batches) {
      if (this.#bytes + roomFor <= this.#options.maxBytes) return;
      this.#forget(batch);
      this.counters.droppedFull++;
      await rm(batch.path, { force: true }).catch(() => undefined);
      await this.#removeEmptyBoot(batch.bootId);
    }
  }

  async #shrinkRejected(): Promise<void> {
    while (this.#rejectedBytes > REJECTED_MAX_BYTES) {
      const oldest = this.#rejected.shift();
      if (oldest === undefined) return;
      this.#rejectedBytes -= oldest.bytes;
      this.counters.rejectedDeleted++;
      await rm(oldest.path, { force: true }).catch(() => undefined);
    }
  }

  async #removeEmptyBoot(bootId: string): Promise<void> {
    if (bootId === this.#options.bootId) return;
    for (const batch of this.#batches) {
      if (batch.bootId === bootId) return;
      // Boots stand in order: behind another's batch none of this boot's follows.
      if (batch.bootId > bootId) break;
    }
    await rm(join(this.#options.directory, bootId), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}

function unwritable(path: string, thrown: unknown): Fault {
  return new Fault({
    code: "SPOOL_UNWRITABLE",
    message: `Batches cannot be kept in ${path}: ${systemCode(thrown) ?? describe(thrown)}.`,
    hint: "Give --data-dir a directory that can be written and has room.",
    cause: thrown,
  });
}
