import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { BenchError, root } from "./run.mjs";

const WINDOW_MS = 10_000;
const START_TIMEOUT_MS = 120_000;
const LATE_MS = 180_000;
const ASK_AGAIN_MS = 5000;
const NAMESPACE = "bench";

/** The bench's own two pods, one on each node, which do nothing by themselves. */
const PODS = ["node1", "node2"]
  .map(
    (node) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: on-${node}, namespace: ${NAMESPACE} }
spec:
  selector: { matchLabels: { app: on-${node} } }
  template:
    metadata: { labels: { app: on-${node} } }
    spec:
      nodeName: ${node}
      containers: [{ name: idle, image: "hopline.lab/client:1" }]
`,
  )
  .concat(`apiVersion: v1\nkind: Namespace\nmetadata: { name: ${NAMESPACE} }\n`)
  .reverse()
  .join("---\n");

/**
 * A lab of two nodes, watched by the product's agents and collector. Nothing of it is left after {@link LabBed.remove}.
 */
export class LabBed {
  #folder = mkdtempSync(join(tmpdir(), "hopline-bench-"));
  #name = `elb${process.pid}`;
  #children = new Set();
  #control;
  #url;
  /** By node: name, address and network namespace of the bench's pod there. */
  pods = new Map();

  /**
   * The lab's workloads are quiet, its pods do not restart: the only traffic between the nodes is the bench's own. Unless that is asked for.
   *
   * @param {{busy?: {restartEvery: string}}} options busy: workloads talk, and pods restart so often
   */
  async start({ busy } = {}) {
    if (process.getuid() !== 0) throw new BenchError("network namespaces need root: run this bench as root");
    for (const signal of ["SIGINT", "SIGTERM"])
      process.once(signal, () => this.remove().then(() => process.exit(130)));
    const lab = this.#app("lab", [
      ...["up", "--name", this.#name, "--nodes", "2", "--quiet"],
      ...["--rate", busy ? "1" : "0.2", "--restart-every", busy?.restartEvery ?? "0"],
      ...["--run-dir", join(this.#folder, "lab")],
    ]);
    const line = await new Promise((resolve, reject) =>
      createInterface({ input: lab.stdout })
        .once("line", resolve)
        .once("close", () => reject(new BenchError(`the lab did not start: ${lab.output.slice(-500)}`))),
    );
    const ready = JSON.parse(line);
    this.#control = ready.control;
    const socket = `unix:${join(this.#folder, "collector.sock")}`;
    const port = await freePort();
    this.#url = `http://127.0.0.1:${port}`;
    const collector = this.#app("collector", [
      ...["--listen", `127.0.0.1:${port}`, "--listen", socket, "--kubeconfig", ready.kubeconfig],
      ...["--data-dir", join(this.#folder, "data")],
    ]);
    for (const { name, netns } of ready.nodes)
      this.#app(
        "agent",
        ["--node", name, "--collector", socket, "--data-dir", join(this.#folder, `spool-${name}`)],
        netns,
      );
    if (!busy) await this.#makeQuietPods();
    await until(
      "the collector is ready",
      async () => (await fetch(`${this.#url}/readyz`).catch(() => undefined))?.ok === true,
      () => collector.output,
    );
  }

  async #makeQuietPods() {
    await this.lab("POST", "/apply", { text: PODS, file: "bench.yaml" });
    await this.lab("POST", "/quiesce");
    await until("the pods run", async () => {
      const { pods } = await this.lab("GET", "/state");
      for (const { namespace, name, node, address, phase } of pods)
        if (namespace === NAMESPACE && phase === "Running")
          this.pods.set(node, { name, address, netns: `hl-${this.#name}-p-${namespace}.${name}` });
      return this.pods.size === 2;
    });
  }

  /** Asks the lab over its control socket (apps/lab/README.md). */
  lab(method, path, body) {
    return new Promise((resolve, reject) => {
      const outgoing = request({ socketPath: this.#control, method, path, agent: false }, (response) => {
        let text = "";
        response.on("data", (chunk) => (text += chunk));
        response.once("end", () => {
          const answer = JSON.parse(text);
          if (response.statusCode === 200) resolve(answer);
          else reject(new BenchError(`the lab refused ${path}: ${answer.message}`));
        });
      });
      outgoing.once("error", reject);
      outgoing.end(body === undefined ? "" : JSON.stringify(body));
    });
  }

  /** Asks the collector; `query` by parameter. */
  async ask(path, query) {
    const answer = await fetch(`${this.#url}${path}?${new URLSearchParams(query)}`);
    if (answer.ok) return answer.json();
    throw new BenchError(`the collector answered ${path} with ${answer.status}: ${await answer.text()}`);
  }

  /** Asks until the answer is whole: on a busy machine batches come late. At last it gives what there is. */
  async askUntil(path, query, isWhole) {
    const deadline = Date.now() + LATE_MS;
    for (;;) {
      const answer = await this.ask(path, query);
      if (isWhole(answer) || Date.now() > deadline) return answer;
      await delay(ASK_AGAIN_MS);
    }
  }

  /** Starts a program in the bench's pod on a node; it is killed with the bed at the latest. */
  startIn(node, command) {
    return this.#spawn(["ip", "netns", "exec", this.pods.get(node).netns, ...command]);
  }

  async stop(child, signal = "SIGTERM") {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  /** The lab last: the agents hold on to its network namespaces. */
  async remove() {
    const [lab, ...others] = [...this.#children];
    await Promise.all(others.map((child) => this.stop(child)));
    if (lab !== undefined) await this.stop(lab);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #app(app, args, netns) {
    const entry = join(root, "apps", app, "dist/main.js");
    if (!existsSync(entry)) throw new BenchError(`the ${app} is not built; run npm run build`);
    const command = [process.execPath, entry, ...args];
    return this.#spawn(netns === undefined ? command : ["ip", "netns", "exec", netns, ...command]);
  }

  #spawn([program, ...args]) {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    child.output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => (child.output = (child.output + chunk).slice(-200_000)));
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }
}

/** Waits for the next edge of the windows by which counters are cut. @returns it, milliseconds since the Unix epoch */
export async function windowEdge(afterMs = Date.now()) {
  const edge = Math.ceil(afterMs / WINDOW_MS) * WINDOW_MS;
  await delay(Math.max(0, edge - Date.now()));
  return edge;
}

async function until(what, isSo, explain = () => "no answer") {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline)
      throw new BenchError(`it did not come about that ${what}: ${explain().slice(-500)}`);
    await delay(200);
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
