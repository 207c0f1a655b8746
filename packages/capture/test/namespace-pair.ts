import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export interface SeenFrame {
  interfaceIndex: number;
  direction: number;
  captured: number;
  wire: number;
  timeUs: number;
  vlanTag: number;
  gsoSize: number;
  linkType: number;
  hex: string;
  etherType: number;
}

/**
 * Two network namespaces, joined by two veth pairs: a0 (10.99.0.1) to b0 (10.99.0.2), a1 (10.99.1.1) to b1 (10.99.1.2).
 * IPv6 is off, so that nothing speaks but the tests. Names carry the process id; `remove` takes all away.
 */
export class NamespacePair {
  readonly a: string;
  readonly b: string;
  readonly #children: ChildProcess[] = [];

  constructor(purpose: string) {
    this.a = `hlcap-${process.pid}-${purpose}a`;
    this.b = `hlcap-${process.pid}-${purpose}b`;
    for (const name of [this.a, this.b]) {
      ip("netns", "add", name);
      ip("netns", "exec", name, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
      ip("-n", name, "link", "set", "lo", "up");
    }
    for (const n of [0, 1]) {
      ip("-n", this.a, "link", "add", `a${n}`, "type", "veth", "peer", "name", `b${n}`, "netns", this.b);
      ip("-n", this.a, "address", "add", `10.99.${n}.1/24`, "dev", `a${n}`);
      ip("-n", this.b, "address", "add", `10.99.${n}.2/24`, "dev", `b${n}`);
      ip("-n", this.a, "link", "set", `a${n}`, "up");
      ip("-n", this.b, "link", "set", `b${n}`, "up");
    }
  }

  /** Runs test/send.mjs in namespace a, to its end. */
  send(...args: (string | number)[]): void {
    execFileSync("ip", ["netns", "exec", this.a, process.execPath, file("./send.mjs"), ...args.map(String)]);
  }

  /** Sends frames as they are from a0, in order. */
  sendFrames(frames: readonly Uint8Array[]): void {
    const input = frames.map((bytes) => Buffer.from(bytes).toString("hex")).join("\n");
    const args = ["netns", "exec", this.a, process.execPath, file("./send.mjs"), "frames", "a0"];
    execFileSync("ip", args, { input });
  }

  /** Runs test/flood.c on a0, to its end. */
  flood(options: {
    readonly framesPerSecond: number;
    readonly durationMs: number;
    readonly ports: number;
    readonly tcpEvery: number;
  }): { readonly udp: number; readonly tcp: number; readonly beginsAndEnds: number } {
    const { framesPerSecond, durationMs, ports, tcpEvery } = options;
    const args = ["a0", framesPerSecond, durationMs, ports, tcpEvery].map(String);
    return JSON.parse(
      execFileSync("ip", ["netns", "exec", this.a, builtFlood(), ...args], { encoding: "utf8" }),
    );
  }

  /** A TCP server in namespace b, which ends after one connection. */
  async serve(port: number): Promise<void> {
    const child = this.#spawn(this.b, [file("./send.mjs"), "serve", String(port)]);
    for await (const _line of createInterface({ input: child.stdout! })) return;
  }

  /** The line that a script of this folder prints in namespace b, while a datagram comes in on b0 every 10 ms. */
  async runUnderTraffic(script: string, port: number): Promise<unknown> {
    const traffic = this.#spawn(this.a, [file("./send.mjs"), "udp-slowly", "10.99.0.2", String(port)]);
    const index = execFileSync("ip", ["netns", "exec", this.b, "cat", "/sys/class/net/b0/ifindex"], {
      encoding: "utf8",
    });
    const child = this.#spawn(this.b, [file(script), index.trim()]);
    try {
      for await (const line of createInterface({ input: child.stdout! })) return JSON.parse(line);
      return undefined;
    } finally {
      traffic.kill();
    }
  }

  async capture(kind: "ring" | "cap", options: object, wrapper: string[] = []): Promise<CaptureChild> {
    const child = this.#spawn(this.b, [file("./capture-child.mjs"), kind, JSON.stringify(options)], wrapper);
    const capture = new CaptureChild(child);
    await capture.opened;
    return capture;
  }

  remove(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    for (const name of [this.a, this.b]) ip("netns", "delete", name);
  }

  #spawn(namespace: string, args: string[], wrapper: string[] = []): ChildProcess {
    const child = spawn("ip", ["netns", "exec", namespace, ...wrapper, process.execPath, ...args], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#children.push(child);
    return child;
  }
}

/** Much longer than any source holds frames back. */
const QUIET_MS = 1000;

/** test/capture-child.mjs, spoken to line by line. */
export class CaptureChild {
  readonly opened: Promise<Record<string, unknown>>;
  readonly #child: ChildProcess;
  readonly #waiting: ((answer: Record<string, unknown>) => void)[] = [];

  constructor(child: ChildProcess) {
    this.#child = child;
    createInterface({ input: child.stdout! }).on("line", (line) => this.#waiting.shift()?.(JSON.parse(line)));
    this.opened = this.#answer();
  }

  order(what: string, order: object = {}): Promise<Record<string, unknown>> {
    const answer = this.#answer();
    this.#child.stdin!.write(`${JSON.stringify({ do: what, ...order })}\n`);
    return answer;
  }

  /** Frames that match, collected until there are as many as expected or none has come for {@link QUIET_MS}. */
  async frames(expected: number, wanted: (frame: SeenFrame) => boolean = () => true): Promise<SeenFrame[]> {
    const found: SeenFrame[] = [];
    let quietAtMs = Date.now() + QUIET_MS;
    while (found.length < expected && Date.now() < quietAtMs) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const { frames } = await this.order("take");
      const matching = (frames as SeenFrame[]).filter(wanted);
      found.push(...matching);
      if (matching.length > 0) quietAtMs = Date.now() + QUIET_MS;
    }
    return found;
  }

  #answer(): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

/** test/flood.c, compiled as the addon is, beside it. */
export function builtFlood(): string {
  const program = file("../native/build/flood");
  execFileSync(process.env.CC ?? "cc", ["-O2", "-o", program, file("./flood.c")]);
  return program;
}

export function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "inherit"] });
}

/** Whether a frame is UDP to this port: IPv4 without options in an untagged Ethernet frame. */
export function isUdpTo(port: number): (frame: SeenFrame) => boolean {
  const tail = port.toString(16).padStart(4, "0");
  return ({ hex, etherType }) =>
    etherType === 0x0800 && hex.slice(46, 48) === "11" && hex.slice(72, 76) === tail;
}

/** Whether a frame is TCP with this port at either end. */
export function isTcpOf(port: number): (frame: SeenFrame) => boolean {
  const text = port.toString(16).padStart(4, "0");
  return ({ hex, etherType }) =>
    etherType === 0x0800 &&
    hex.slice(46, 48) === "06" &&
    (hex.slice(68, 72) === text || hex.slice(72, 76) === text);
}
