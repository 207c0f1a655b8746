import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { netnsPath, runCommand } from "../src/host/run-command.js";
import type { LabDescription } from "../src/lab-description.js";
import type { LedgerEntry } from "../src/ledger/ledger-entry.js";
import { NamespaceCapture } from "./captured-conversations.js";
import { isRoot, LabProcess } from "./lab-process.js";
import { readLedger } from "./read-ledger.js";

describe.skipIf(!isRoot)("a running lab (needs root: a cluster in the kernel)", () => {
  const NAME = "testrun";

  let lab: LabProcess;
  let description: LabDescription;

  beforeAll(async () => {
    lab = new LabProcess(NAME, ["--rate", "2"]);
    description = await lab.ready();
  });

  afterAll(async () => {
    await lab.end("SIGTERM");
    lab.removeRunFolder();
  });

  async function podNamed(prefix: string) {
    const pod = (await lab.control.state()).pods.find((candidate) =>
      `${candidate.namespace}/${candidate.name}`.startsWith(prefix),
    );
    if (pod?.address === undefined) throw new Error(`no pod ${prefix}`);
    return { ...pod, address: pod.address };
  }

  async function quietLedger(): Promise<LedgerEntry[]> {
    await lab.control.quiesce();
    const entries = await readLedger(description.ledger);
    await lab.control.resume();
    return entries;
  }

  describe("the account of conversations", () => {
    test("equals to the byte what passed the pods' interfaces, for every conversation", async () => {
      await lab.control.quiesce();
      const watched = await Promise.all(
        ["shop/api", "shop/web", "edge/ingress", "monitoring/scraper", "shop/worker"].map(podNamed),
      );
      const captures = await Promise.all(
        watched.map((pod) =>
          NamespaceCapture.start(`hl-${NAME}-p-${pod.namespace}.${pod.name}`, "tcp or udp"),
        ),
      );
      const before = new Set((await readLedger(description.ledger)).map((entry) => entry.id));
      await lab.control.resume();
      await delay(8000);
      await lab.control.quiesce();
      const entries = (await readLedger(description.ledger)).filter((entry) => !before.has(entry.id));
      let compared = 0;
      for (const [index, pod] of watched.entries()) {
        const seen = await captures[index]!.stop(pod.address);
        for (const entry of entries.filter((candidate) => candidate.pod === pod.name)) {
          const key = `${entry.protocol} ${entry.localAddress}:${entry.localPort} ${entry.remoteAddress}:${entry.remotePort}`;
          expect({ entry, ...seen.get(key) }).toEqual({
            entry,
            sentBytes: entry.sentBytes,
            receivedBytes: entry.receivedBytes,
          });
          compared += 1;
        }
      }
      await lab.control.resume();
      expect(compared).toBeGreaterThan(50);
    });

    test("shows same-node and cross-node talk, Services, the NodePort, the outside, names and streams", async () => {
      await delay(3000);
      const entries = await quietLedger();
      const nodeOf = new Map(
        (await lab.control.state()).pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod.node]),
      );
      const served = entries.filter((entry) => entry.outcome === "ok" && entry.servedBy !== undefined);
      const service = (name: string) =>
        served.filter(
          (entry) =>
            entry.target.kind === "Service" && `${entry.target.namespace}/${entry.target.name}` === name,
        );
      const api = service("shop/api").filter((entry) => entry.workload === "web");
      expect(api.some((entry) => entry.node === nodeOf.get(entry.servedBy!))).toBe(true);
      expect(api.some((entry) => entry.node !== nodeOf.get(entry.servedBy!))).toBe(true);
      expect(new Set(api.map((entry) => entry.servedBy)).size).toBe(3);
      expect(service("kube-system/kube-dns").length).toBeGreaterThan(20);
      expect(service("data/database").length).toBeGreaterThan(0);
      expect(service("data/queue").some((entry) => entry.workload === "worker")).toBe(true);
      const nodePorts = service("edge/ingress").filter((entry) => entry.workloadKind === "External");
      expect(new Set(nodePorts.map((entry) => entry.remoteAddress))).toEqual(
        new Set(["172.31.0.11", "172.31.0.12"]),
      );
      const outside = entries.filter((entry) => entry.target.kind === "External" && entry.outcome === "ok");
      expect(new Set(outside.map((entry) => entry.workload))).toEqual(new Set(["currency-rates", "coredns"]));
      expect(served.some((entry) => entry.target.kind === "Pod" && entry.workload === "scraper")).toBe(true);
      const allowed = entries.filter((entry) => entry.expect === "allowed");
      expect(allowed.filter((entry) => entry.outcome !== "ok")).toEqual([]);
    });

    test("gives every conversation a 5-tuple of its own", async () => {
      const entries = await quietLedger();
      const tuples = entries.map(
        (entry) =>
          `${entry.protocol} ${entry.localAddress}:${entry.localPort} ${entry.remoteAddress}:${entry.remotePort}`,
      );
      expect(new Set(tuples).size).toBe(tuples.length);
      expect(entries.every((entry) => entry.endedUs !== null && entry.endedUs >= entry.startedUs)).toBe(true);
    });

    test("has what still runs written when asked", async () => {
      await delay(1500);
      await lab.control.snapshot();
      const running = (await readLedger(description.ledger)).filter((entry) => entry.endedUs === null);
      expect(running.some((entry) => entry.workload === "worker" && entry.target.name === "queue")).toBe(
        true,
      );
    });

    test("goes silent when quiesced, and on when resumed", async () => {
      await lab.control.quiesce();
      const silent = (await lab.control.state()).ledger.conversations;
      await delay(1500);
      expect((await lab.control.state()).ledger.conversations).toBe(silent);
      await lab.control.resume();
      await delay(1500);
      expect((await lab.control.state()).ledger.conversations).toBeGreaterThan(silent);
    });
  });

  describe("the network", () => {
    test("leaves the machine's own namespace alone", async () => {
      const links = await runCommand({ command: "ip", args: ["-o", "link"] });
      expect(links).not.toMatch(/flannel|cni0|underlay/);
      const rules = await runCommand({ command: "iptables-save", args: [] });
      expect(rules).not.toContain("KUBE-");
    });

    test("carries pods' talk between nodes in VXLAN on Flannel's port, without fragments", async () => {
      const child = spawn(
        "nsenter",
        [
          `--net=${netnsPath(description.nodes[0]!.netns)}`,
          "--",
          "tcpdump",
          "-i",
          "eth0",
          "-n",
          "-c",
          "20",
          "udp dst port 8472",
        ],
        { stdio: ["ignore", "pipe", "ignore"] },
      );
      let text = "";
      child.stdout.on("data", (chunk) => {
        text += chunk;
      });
      await once(child, "exit");
      expect(text).toMatch(/172\.31\.0\.1[12]\.\d+ > 172\.31\.0\.1[12]\.8472: (OTV|VXLAN), flags/);
      expect(text).toMatch(/10\.244\.1\.\d+.* > 10\.244\.2\.\d+/);
      expect(text).not.toContain("frag ");
    });

    test("attaches pods to cni0 in hairpin mode, with the MTU that the overlay leaves", async () => {
      const links = JSON.parse(
        await runCommand({ command: "ip", args: ["-j", "-d", "link"], netns: description.nodes[0]!.netns }),
      );
      const ports = links.filter((link: { master?: string }) => link.master === "cni0");
      const state = await lab.control.state();
      expect(ports).toHaveLength(state.pods.filter((pod) => pod.node === "node1").length);
      expect(new Set(ports.map((port: { mtu: number }) => port.mtu))).toEqual(new Set([1450]));
      expect(
        ports.every(
          (port: { linkinfo: { info_slave_data: { hairpin: boolean } } }) =>
            port.linkinfo.info_slave_data.hairpin,
        ),
      ).toBe(true);
      expect(links.find((link: { ifname: string }) => link.ifname === "flannel.1")).toMatchObject({
        mtu: 1450,
        linkinfo: { info_kind: "vxlan", info_data: { id: 1, port: 8472, learning: false } },
      });
    });
  });

  describe("network policies", () => {
    test("drop every denied attempt at the right node, and the kernel reports it to the group", async () => {
      await lab.control.quiesce();
      const before = (await lab.control.state()).ledger.deniedAttempts;
      const dropped = (): Promise<number[]> =>
        Promise.all(
          description.nodes.map(async (node) => {
            const text = await runCommand({
              command: "iptables-save",
              args: ["-c", "-t", "filter"],
              netns: node.netns,
            });
            return [...text.matchAll(/^\[(\d+):\d+\] .* -j NFLOG --nflog-prefix "hopline-deny:/gm)].reduce(
              (sum, match) => sum + Number(match[1]),
              0,
            );
          }),
        );
      const droppedBefore = (await dropped()).reduce((sum, count) => sum + count, 0);
      await lab.control.resume();
      await delay(6000);
      await lab.control.quiesce();
      const entries = (await readLedger(description.ledger)).filter((entry) => entry.expect === "denied");
      const attempts = (await lab.control.state()).ledger.deniedAttempts - before;
      expect(attempts).toBeGreaterThan(3);
      expect(entries.every((entry) => entry.outcome === "timeout" && entry.sentBytes === 0)).toBe(true);
      expect(new Set(entries.map((entry) => entry.workload))).toEqual(new Set(["report-builder", "backup"]));
      expect((await dropped()).reduce((sum, count) => sum + count, 0) - droppedBefore).toBe(attempts);
      await lab.control.resume();
    });
  });

  describe("pods that come and go", () => {
    test("a restarted pod's address goes to another workload's pod, and talk goes on", async () => {
      const handover = await lab.control.restartPod();
      const state = await lab.control.state();
      const owner = state.pods.find((pod) => pod.address === handover.address);
      expect(`${owner?.namespace}/${owner?.name}`).toBe(handover.nextPod);
      expect(owner?.node).toBe(handover.node);
      const workload = (pod: string) => pod.split("-").slice(0, -2).join("-");
      expect(workload(handover.nextPod)).not.toBe(workload(handover.previousPod));
      await delay(6000);
      const entries = await quietLedger();
      const byAddress = entries.filter(
        (entry) => entry.localAddress === handover.address || entry.remoteAddress === handover.address,
      );
      const podsThere = new Set(
        byAddress.map((entry) =>
          entry.localAddress === handover.address ? `${entry.namespace}/${entry.pod}` : entry.servedBy,
        ),
      );
      expect(podsThere).toEqual(new Set([handover.previousPod, handover.nextPod]));
      expect(await lab.control.state()).toMatchObject({ lostPods: 0, skippedCalls: 0, notDialled: 0 });
      expect(entries.filter((entry) => entry.expect === "denied" && entry.outcome === "ok")).toEqual([]);
      // Nobody sends into the void, to the hardware address of a pod that is gone.
      expect(entries.filter((entry) => entry.expect === "allowed" && entry.outcome === "timeout")).toEqual(
        [],
      );
    });
  });

  describe("lab.json and the Kubernetes API", () => {
    test("name the cluster as it is", async () => {
      const file = JSON.parse(readFileSync(`${lab.runFolder}/lab.json`, "utf8"));
      expect(file).toEqual(JSON.parse(JSON.stringify({ ...description, ready: undefined })));
      const server = /server: "?(http:\S+?)"?$/m.exec(readFileSync(description.kubeconfig, "utf8"))?.[1];
      const response = await fetch(`${server}/api/v1/pods`);
      const { items }: { items: { status: { podIP: string } }[] } = JSON.parse(await response.text());
      const state = await lab.control.state();
      expect(items.map((pod) => pod.status.podIP).sort()).toEqual(
        state.pods.map((pod) => pod.address).sort(),
      );
    });
  });
});
