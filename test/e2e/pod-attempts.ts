import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export const ATTEMPT_PORT = 7777;

/** Takes connections, and answers the end of each. */
const LISTENER = `
require("node:net").createServer((socket) => {
  socket.on("error", () => {});
  socket.resume();
  socket.on("end", () => socket.end("done"));
}).listen(${ATTEMPT_PORT}, "0.0.0.0", () => console.log("ready"));`;

/** Every two seconds a new connection that sends so many bytes and waits for the answer, up to 2.5 s; each line of input is an address. */
const CALLER = `
let addresses = process.argv[1].split(",");
const bytes = Number(process.argv[2]);
setInterval(() => {
  for (const address of addresses) {
    const [host, port] = address.split(":");
    const socket = require("node:net").connect({ host, port: Number(port) }, () => socket.end(Buffer.alloc(bytes)));
    socket.on("error", () => {});
    socket.resume();
    setTimeout(() => socket.destroy(), 2500);
  }
}, 2000);
console.log("ready");`;

/** Two pods of which one keeps trying to reach the other. */
export class PodAttempts {
  readonly #children: ChildProcess[] = [];

  /** A listener on {@link ATTEMPT_PORT} in a pod's namespace. */
  async listen(netns: string): Promise<void> {
    await this.#run(netns, LISTENER);
  }

  /** @param addresses each with its port */
  async call(netns: string, addresses: readonly string[], bytes: number): Promise<void> {
    await this.#run(netns, CALLER, addresses.join(","), String(bytes));
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        await ended;
      }),
    );
  }

  async #run(netns: string, ...script: readonly string[]): Promise<void> {
    const args = ["netns", "exec", netns, process.execPath, "-e", ...script];
    const child = spawn("ip", args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#children.push(child);
    await once(createInterface({ input: child.stdout }), "line");
  }
}
