import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand, tryCommand } from "../src/host/run-command.js";
import type { LabDescription } from "../src/lab-description.js";
import { isRoot, LAB_PROGRAM, LabProcess } from "./lab-process.js";
import { readLedger } from "./read-ledger.js";

describe.skipIf(!isRoot)("changes to a running lab (needs root: a cluster in the kernel)", () => {
  const NAME = "testchange";

  let lab: LabProcess;
  let description: LabDescription;

  beforeAll(async () => {
    lab = new LabProcess(NAME);
    description = await lab.ready();
  });

  afterAll(async () => {
    await lab.end("SIGTERM");
    lab.removeRunFolder();
  });

  function change(verb: "apply" | "delete", text: string) {
    const file = join(lab.runFolder, "change.yaml");
    writeFileSync(file, text);
    return tryCommand({ command: process.execPath, args: [LAB_PROGRAM, verb, "-f", file, "--name", NAME] });
  }

  async function podsOf(workload: string) {
    return (await lab.control.state()).pods.filter((pod) => pod.name.startsWith(`${workload}-`));
  }

  async function natRules(): Promise<string> {
    return runCommand({ command: "iptables-save", args: ["-t", "nat"], netns: description.nodes[0]!.netns });
  }

  const PROBE = `
apiVersion: v1
kind: Namespace
metadata: { name: probe }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: echo, namespace: probe }
spec:
  replicas: REPLICAS
  selector: { matchLabels: { app: echo } }
  template:
    metadata: { labels: { app: echo } }
    spec:
      containers:
        - { name: echo, image: "hopline.lab/http:1", ports: [{ name: web, containerPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: echo, namespace: probe }
spec:
  type: NodePort
  selector: { app: echo }
  ports: [{ port: 80, targetPort: web }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: caller, namespace: probe }
spec:
  selector: { matchLabels: { app: caller } }
  template:
    metadata: { labels: { app: caller } }
    spec:
      containers:
        - name: caller
          image: hopline.lab/client:1
          env: [{ name: CALL, value: "http://echo:80/ every=200ms" }]
`;

  const DENY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: nobody, namespace: probe }
spec: { podSelector: { matchLabels: { app: echo } } }
`;

  describe("lab apply and delete", () => {
    test("bring a deployment, a Service with an address and a node port, and talk", async () => {
      const answer = await change("apply", PROBE.replace("REPLICAS", "2"));
      expect(answer.stderr).toBe("");
      expect(answer.stdout.split("\n")).toEqual([
        "namespace probe created",
        "deployment echo in probe created",
        "service echo in probe created",
        "deployment caller in probe created",
        "",
      ]);
      const echoes = await podsOf("echo");
      expect(new Set(echoes.map((pod) => pod.node))).toEqual(new Set(["node1", "node2"]));
      const rules = await natRules();
      for (const pod of echoes) expect(rules).toContain(`--to-destination ${pod.address}:8080`);
      expect(rules).toMatch(/-A KUBE-NODEPORTS -p tcp .*probe\/echo.* --dport 30100 -j KUBE-EXT-/);
      await delay(2500);
      await lab.control.quiesce();
      const talk = (await readLedger(description.ledger)).filter(
        (entry) => entry.workload === "caller" && entry.protocol === "tcp",
      );
      await lab.control.resume();
      expect(talk.length).toBeGreaterThan(3);
      expect(talk.every((entry) => entry.outcome === "ok" && entry.servedBy?.startsWith("probe/echo-"))).toBe(
        true,
      );
    });

    test("scale it, and say what stays as it is", async () => {
      const answer = await change("apply", PROBE.replace("REPLICAS", "4"));
      expect(answer.stdout.split("\n").map((line) => line.split(" ").at(-1))).toEqual([
        "unchanged",
        "configured",
        "unchanged",
        "unchanged",
        "",
      ]);
      expect((await podsOf("echo")).filter((pod) => pod.phase === "Running")).toHaveLength(4);
      await change("apply", PROBE.replace("REPLICAS", "1"));
      const left = await podsOf("echo");
      expect(left).toHaveLength(1);
      expect(
        [...(await natRules()).matchAll(/probe\/echo.*--to-destination (\S+)/g)].map((match) => match[1]),
      ).toEqual([`${left[0]?.address}:8080`]);
    });

    test("a template's change replaces the pods", async () => {
      const before = (await podsOf("echo")).map((pod) => pod.name);
      await change(
        "apply",
        PROBE.replace("REPLICAS", "1").replace(
          "app: echo } }\n    spec",
          "app: echo, version: two } }\n    spec",
        ),
      );
      const deadline = Date.now() + 10_000;
      while ((await podsOf("echo")).length !== 1 && Date.now() < deadline) await delay(100);
      const after = await podsOf("echo");
      expect(after).toHaveLength(1);
      expect(before).not.toContain(after[0]?.name);
    });

    test("a policy shuts the door, and its deletion opens it again", async () => {
      const outcomes = async () => {
        await delay(3000);
        await lab.control.quiesce();
        const entries = (await readLedger(description.ledger)).filter(
          (entry) => entry.workload === "caller" && entry.protocol === "tcp",
        );
        await lab.control.resume();
        return entries;
      };
      await change("apply", DENY);
      const denied = (await outcomes()).slice(-2);
      expect(denied.map((entry) => entry.outcome)).toEqual(["timeout", "timeout"]);
      const filter = await Promise.all(
        description.nodes.map((node) =>
          runCommand({ command: "iptables-save", args: ["-t", "filter"], netns: node.netns }),
        ),
      );
      expect(filter.join()).toContain('--nflog-prefix "hopline-deny:in:probe/nobody" --nflog-group 100');
      await change("delete", DENY);
      expect((await outcomes()).at(-1)?.outcome).toBe("ok");
    });

    test("a deleted pod is replaced; a deleted namespace takes everything in it", async () => {
      const [caller] = await podsOf("caller");
      await change(
        "delete",
        `apiVersion: v1\nkind: Pod\nmetadata: {name: ${caller?.name}, namespace: probe}\nspec: {containers: [{name: c, image: hopline.lab/client:1}]}\n`,
      );
      const deadline = Date.now() + 10_000;
      const newCaller = async () =>
        (await podsOf("caller")).filter((pod) => pod.name !== caller?.name && pod.phase === "Running");
      while ((await newCaller()).length !== 1 && Date.now() < deadline) await delay(100);
      expect(await newCaller()).toHaveLength(1);
      const answer = await change("delete", "apiVersion: v1\nkind: Namespace\nmetadata: {name: probe}\n");
      expect(answer.stdout).toBe("namespace probe deleted\n");
      const state = await lab.control.state();
      expect(state.pods.filter((pod) => pod.namespace === "probe")).toEqual([]);
      expect(await natRules()).not.toContain("probe/");
    });
  });

  describe("what cannot be applied gets one sentence", () => {
    test.each([
      [
        "no YAML",
        "a: [1\nb: 2\n",
        /^hopline lab apply: \S+change.yaml, document 1, line \d: is no YAML: .+\.$/,
      ],
      ["no object", "- 1\n- 2\n", /document 1, line 1: is no Kubernetes object: it is no mapping\.$/],
      [
        "no kind",
        "---\n# first\napiVersion: v1\n",
        /document 1, line \d: is no Kubernetes object: it has no kind\.$/,
      ],
      [
        "a kind that the lab cannot take",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        /line 2: is a ConfigMap of v1, which the lab cannot take; it takes v1 Namespace, .+\.$/,
      ],
      [
        "an image that it cannot run",
        PROBE.replace("hopline.lab/http:1", "nginx:1.27"),
        /document 2, line \d+: spec\.template\.spec\.containers\[0\]\.image: the lab cannot run nginx:1\.27; it runs .+\.$/,
      ],
      [
        "a call that says nothing",
        PROBE.replace("every=200ms", "every=often"),
        /document 4, line \d+: spec\.template\.spec\.containers\[0\]\.env, CALL: every=often should be a duration like 250ms, 5s or 2m\.$/,
      ],
      [
        "a wrong field's type",
        PROBE.replace("REPLICAS", "many"),
        /document 2, line 10: spec\.replicas: .+\.$/,
      ],
      [
        "a policy's unknown field",
        DENY.replace("podSelector: {", "podSelektor: {"),
        /document 1, line \d: spec.+\.$/,
      ],
      [
        "a namespace that is not there",
        DENY.replace("namespace: probe", "namespace: nowhere"),
        /there is no namespace nowhere for NetworkPolicy nobody\. .+\.$/,
      ],
      [
        "nothing",
        "# only a comment\n",
        /holds no Kubernetes object\. Give YAML documents with apiVersion, kind and metadata\.$/,
      ],
    ])("%s", async (_what, text, sentence) => {
      const answer = await change("apply", text.replace("REPLICAS", "1"));
      expect(answer.stdout).toBe("");
      expect(answer.stderr.trim()).toMatch(sentence);
      expect(answer.stderr.trim().split("\n")).toHaveLength(1);
      expect(answer.exitCode).toBe(1);
    });

    test("a file that is not there, and a lab that does not run", async () => {
      const missing = await tryCommand({
        command: process.execPath,
        args: [LAB_PROGRAM, "apply", "-f", "/nowhere.yaml", "--name", NAME],
      });
      expect(missing.stderr).toBe(
        "hopline lab apply: /nowhere.yaml cannot be read: there is no such file.\n",
      );
      const nobody = await tryCommand({
        command: process.execPath,
        args: [LAB_PROGRAM, "status", "--name", "nosuchlab"],
      });
      expect(nobody.stderr).toBe(
        'hopline lab status: No lab named nosuchlab is running. Start one with "hopline lab up".\n',
      );
      expect(nobody.exitCode).toBe(1);
    });
  });
});
