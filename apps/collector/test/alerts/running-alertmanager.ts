import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** Why no test can have one; undefined where one can. */
export const NO_ALERTMANAGER =
  spawnSync("prometheus-alertmanager", ["--version"]).error === undefined
    ? undefined
    : "prometheus-alertmanager is not installed";

const alertsSchema = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    startsAt: z.string(),
    endsAt: z.string(),
    generatorURL: z.string(),
    status: z.object({ state: z.string() }),
  }),
);
export type TakenAlert = z.output<typeof alertsSchema>[number];

const CONFIG = "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n";
const READY_MS = 20_000;

/** A Prometheus Alertmanager of our own, on a port that stays the same when it is started again. */
export class RunningAlertmanager {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Not started yet. */
  static async in(folder: string): Promise<RunningAlertmanager> {
    await writeFile(join(folder, "alertmanager.yml"), CONFIG);
    return new RunningAlertmanager(folder, await freePort());
  }

  async start(): Promise<void> {
    this.#child = spawn(
      "prometheus-alertmanager",
      [
        `--config.file=${join(this.#folder, "alertmanager.yml")}`,
        `--storage.path=${join(this.#folder, "alertmanager")}`,
        `--web.listen-address=127.0.0.1:${this.#port}`,
        "--cluster.listen-address=",
        "--log.level=error",
      ],
      { stdio: "ignore" },
    );
    const deadline = Date.now() + READY_MS;
    while (!(await this.#isReady())) {
      if (Date.now() > deadline) throw new Error("Alertmanager does not answer");
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }

  /** Those that it holds to be firing. */
  async alerts(): Promise<TakenAlert[]> {
    const answer = await fetch(`${this.url}/api/v2/alerts`);
    return alertsSchema.parse(await answer.json());
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/-/ready`)).ok;
    } catch {
      return false;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
