import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { inNetns, runCommand } from "../src/host/run-command.js";

const PORT = 7777;

/** Answers each line of its input with the payload bytes and datagrams that it got since the last. */
const LISTENER = `
const seen = { datagrams: 0, datagramBytes: 0, streamBytes: 0 };
const udp = require("node:dgram").createSocket({ type: "udp4", recvBufferSize: 4_000_000 });
udp.on("message", (message) => { seen.datagrams += 1; seen.datagramBytes += message.length; });
udp.bind(${PORT}, () => require("node:net").createServer((socket) => {
  socket.on("error", () => {});
  socket.on("data", (chunk) => { seen.streamBytes += chunk.length; });
}).listen(${PORT}, "0.0.0.0", () => console.log("ready")));
process.stdin.on("end", () => process.exit());
process.stdin.on("data", () => {
  console.log(JSON.stringify(seen));
  seen.datagrams = seen.datagramBytes = seen.streamBytes = 0;
});`;

/** Sends datagrams a few at a time, so that no socket's buffer overflows; what the kernel refuses is lost too. */
const DATAGRAMS = `
const [address, count, bytes] = process.argv.slice(1);
const socket = require("node:dgram").createSocket("udp4");
socket.on("error", () => {});
let left = Number(count);
const timer = setInterval(() => {
  for (let burst = 0; burst < 25 && left > 0; burst++, left--) socket.send(Buffer.alloc(Number(bytes)), ${PORT}, address, () => {});
  if (left > 0) return;
  clearInterval(timer);
  setTimeout(() => socket.close(), 100);
}, 2);`;

/** Sends a stream to its end; the other side's FIN means that it has all of it. */
const STREAM = `
const [address, bytes, limitMs] = process.argv.slice(1);
const started = Date.now();
const finish = (outcome) => { console.log(JSON.stringify({ outcome, ms: Date.now() - started })); process.exit(); };
const socket = require("node:net").connect(${PORT}, address, () => socket.end(Buffer.alloc(Number(bytes))));
socket.on("error", (error) => finish(error.code));
socket.on("end", () => finish("ok"));
socket.resume();
setTimeout(() => finish("timeout"), Number(limitMs));`;

export interface Received {
  readonly datagrams: number;
  readonly datagramBytes: number;
  readonly streamBytes: number;
}

/** A sink for datagrams and streams in a pod's network namespace. */
export class PodListener {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  private constructor(child: ChildProcess, reader: Interface) {
    this.#child = child;
    this.#reader = reader;
    this.#lines = reader[Symbol.asyncIterator]();
  }

  static async start(netns: string): Promise<PodListener> {
    const [command, args] = inNetns(netns, process.execPath, ["-e", LISTENER]);
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    const listener = new PodListener(child, createInterface({ input: child.stdout }));
    await listener.#lines.next(); // "ready"
    return listener;
  }

  /** What has come since the last time. */
  async received(): Promise<Received> {
    this.#child.stdin?.write("\n");
    return JSON.parse((await this.#lines.next()).value);
  }

  stop(): void {
    this.#reader.close();
    this.#child.kill();
  }
}

/** Settles a little after the last datagram was sent. */
export async function sendDatagrams(
  netns: string,
  address: string,
  count: number,
  bytes: number,
): Promise<void> {
  const args = ["-e", DATAGRAMS, address, `${count}`, `${bytes}`];
  await runCommand({ command: process.execPath, args, netns });
}

/** How it ended (`ok`, `timeout`, or an error's code such as EHOSTUNREACH), and how long it took. */
export async function sendStream(
  netns: string,
  address: string,
  bytes: number,
  limitMs = 1500,
): Promise<{ outcome: string; ms: number }> {
  const args = ["-e", STREAM, address, `${bytes}`, `${limitMs}`];
  return JSON.parse(await runCommand({ command: process.execPath, args, netns }));
}
