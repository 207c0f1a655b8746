import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const SERVE = fileURLToPath(new URL("../../bin/serve.mjs", import.meta.url));
const READY_MS = 60_000;
const STOP_MS = 10_000;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

export interface Exit {
  readonly code: number | null;
  readonly stderr: string;
}

/** The built UI as its own process, as users start it. */
export class UiServer {
  readonly url: string;
  readonly #process: ChildProcess;
  #stderr = "";

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.url = url;
    process.stderr?.on("data", (text) => {
      this.#stderr += String(text);
    });
  }

  /** Without waiting for it to listen. */
  static spawn(env: Record<string, string>): UiServer {
    const child = spawn(process.execPath, [SERVE], {
      env: { ...process.env, HOSTNAME: "127.0.0.1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new UiServer(child, `http://127.0.0.1:${env.PORT}`);
  }

  static async start(collectorPort: number): Promise<UiServer> {
    const port = await freePort();
    const server = UiServer.spawn({
      PORT: String(port),
      HOPLINE_COLLECTOR_URL: `http://127.0.0.1:${collectorPort}`,
    });
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const answer = await fetch(`${server.url}/icon.svg`).catch(() => undefined);
      if (answer?.ok) return server;
      if (server.#process.exitCode !== null || Date.now() > deadline)
        throw new Error(`The UI did not start: ${server.#stderr || "no answer"}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Resolves when the process has ended. */
  async exit(): Promise<Exit> {
    if (this.#process.exitCode === null) await new Promise((resolve) => this.#process.once("close", resolve));
    return { code: this.#process.exitCode, stderr: this.#stderr };
  }

  /** As `kill` does; a server that does not end by that is killed, and the test should see the time it took. */
  async stop(): Promise<Exit> {
    if (this.#process.exitCode === null) this.#process.kill("SIGTERM");
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), STOP_MS);
    const exit = await this.exit();
    clearTimeout(timer);
    return exit;
  }
}
