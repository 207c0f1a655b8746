import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "@hopline/fault";
import { afterAll, describe, expect, it } from "vitest";
import { EndpointHistory } from "../src/endpoint-history.js";
import { loadObjects } from "../src/object-file.js";

const dir = mkdtempSync(join(tmpdir(), "hopline-objects-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(dir, "dump.yaml");
  writeFileSync(path, text);
  return path;
}

function sentenceFor(text: string): string {
  try {
    loadObjects(file(text));
  } catch (thrown) {
    if (thrown instanceof Fault) return `${thrown.code} ${thrown.message.replace(dir, "DIR")}`;
    throw thrown;
  }
  return "no fault";
}

const LIST = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: web, namespace: shop}
  spec: {nodeName: node-1}
  status: {phase: Running, podIP: 10.0.0.2}
- apiVersion: v1
  kind: Node
  metadata: {name: node-1}
  status:
    addresses: [{type: InternalIP, address: 192.168.0.1}]
`;

describe("objects from a file", () => {
  it("come from lists, from typed lists and from documents, empty ones passed over", () => {
    const typed = "apiVersion: v1\nkind: NamespaceList\nitems:\n- metadata: {name: shop}\n";
    const objects = loadObjects(file(`---\n${LIST}---\n# nothing\n---\n${typed}`));
    expect(objects.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.name])).toEqual([
      ["v1", "Pod", "web"],
      ["v1", "Node", "node-1"],
      ["v1", "Namespace", "shop"],
    ]);
  });

  it("may be JSON", () => {
    expect(
      loadObjects(file('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}')),
    ).toHaveLength(1);
  });

  it("name addresses at any time, where they do not say since when", () => {
    const history = new EndpointHistory();
    history.load(loadObjects(file(LIST)));
    expect(history.endpointAt("10.0.0.2", 1)).toMatchObject({ kind: "pod", name: "web" });
    expect(history.endpointAt("192.168.0.1", Date.now())).toMatchObject({ kind: "node", name: "node-1" });
  });

  it("name an address's owners one after the other, where they do", () => {
    const pod = (name: string, start: string, rest: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\n` +
      `status: {podIP: 10.0.0.2, startTime: "${start}", ${rest}}\n---\n`;
    const finished =
      'phase: Succeeded, containerStatuses: [{state: {terminated: {finishedAt: "2026-11-21T10:09:00Z"}}}]';
    const history = new EndpointHistory();
    history.load(
      loadObjects(
        file(
          pod("late", "2026-11-21T10:08:00Z", "phase: Running") +
            pod("early", "2026-11-21T10:00:00Z", finished),
        ),
      ),
    );
    const nameAt = (time: string): string => {
      const endpoint = history.endpointAt("10.0.0.2", Date.parse(`2026-11-21T${time}Z`));
      return endpoint.kind === "pod" ? endpoint.name : endpoint.kind;
    };
    expect(["09:59:00", "10:08:30", "10:09:00"].map(nameAt)).toEqual(["external", "early", "late"]);
  });
});

describe("a file that is none is refused with its place", () => {
  it.each([
    ["no YAML", "a: [1\nb: 2\n", /^KUBE_FILE_INVALID DIR\/dump.yaml:2: document 1 is no YAML: /],
    [
      "a text",
      "---\njust a text\n",
      "KUBE_FILE_INVALID DIR/dump.yaml:2: document 1 is no Kubernetes object: it: ",
    ],
    [
      "no kind",
      "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: v1\nmetadata: {name: a}\n",
      "DIR/dump.yaml:6: document 2 is no Kubernetes object: kind: ",
    ],
    [
      "a name that is a number",
      `${LIST}- apiVersion: v1\n  kind: Pod\n  metadata:\n    namespace: shop\n    name: 7\n`,
      "DIR/dump.yaml:18: document 1 is no Kubernetes object: items.2.metadata.name: ",
    ],
    [
      "a port out of range",
      "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: b}\nspec:\n  ports:\n  - port: 70000\n",
      'DIR/dump.yaml:6: document 1 holds a Service "a" that is none: spec.ports.0.port: ',
    ],
    [
      "an alias that multiplies",
      `a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\n`,
      "document 1 cannot be read: ",
    ],
  ])("%s", (_what, text, sentence) => {
    const said = sentenceFor(text);
    if (typeof sentence === "string") expect(said).toContain(sentence);
    else expect(said).toMatch(sentence);
  });

  it("missing", () => {
    expect(() => loadObjects(join(dir, "nowhere.yaml"))).toThrow(/nowhere.yaml does not exist/);
  });
});
