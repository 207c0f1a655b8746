import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readClusterConfig } from "../src/cluster-config.js";

const dir = mkdtempSync(join(tmpdir(), "hopline-config-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const HOME = join(dir, "home");

function kubeconfig(name: string, changes: Record<string, unknown> = {}): string {
  const path = join(dir, name);
  const config = {
    clusters: [{ name: "c", cluster: { server: `https://${name}:6443` } }],
    users: [{ name: "u", user: { token: name } }],
    contexts: [{ name: "ctx", context: { cluster: "c", user: "u" } }],
    "current-context": "ctx",
    ...changes,
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

const serverOf = (source: Parameters<typeof readClusterConfig>[0]) =>
  readClusterConfig(source).getCurrentCluster()?.server;

describe("which cluster", () => {
  it("is that of the given path, else of KUBECONFIG, else of the pod, else of the home directory", () => {
    const given = kubeconfig("given");
    const inEnv = kubeconfig("in-env");
    const inPod = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
    mkdirSync(join(HOME, ".kube"), { recursive: true });
    kubeconfig("home/.kube/config", { clusters: [{ name: "c", cluster: { server: "https://home:6443" } }] });
    const serviceAccountDir = join(dir, "account");
    mkdirSync(serviceAccountDir);
    writeFileSync(join(serviceAccountDir, "token"), "token");

    const env = { HOME, KUBECONFIG: inEnv, ...inPod };
    expect(serverOf({ kubeconfig: given, env })).toBe("https://given:6443");
    expect(serverOf({ env })).toBe("https://in-env:6443");
    expect(serverOf({ env: { HOME, ...inPod }, serviceAccountDir })).toBe("https://[fd00::1]:443");
    expect(serverOf({ env: { HOME } })).toBe("https://home:6443");
  });

  it("is merged of several files, in which the first of a name stands", () => {
    const first = kubeconfig("first");
    const second = kubeconfig("second", {
      clusters: [
        { name: "c", cluster: { server: "https://shadowed:1" } },
        { name: "d", cluster: { server: "http://d:1" } },
      ],
      contexts: [{ name: "other", context: { cluster: "d", user: "u" } }],
      "current-context": "other",
    });
    const env = { KUBECONFIG: [join(dir, "absent"), first, second].join(delimiter) };
    expect(serverOf({ env })).toBe("https://first:6443");
    expect(serverOf({ env, context: "other" })).toBe("http://d:1");
  });

  it.each([
    [
      "a path that is not there",
      { kubeconfig: "/nowhere/config" },
      "KUBE_CONFIG_MISSING",
      "/nowhere/config, does not exist",
    ],
    ["nothing at all", { env: { HOME: "/nowhere" } }, "KUBE_CONFIG_MISSING", "No cluster is named"],
    [
      "a pod without a token",
      { env: { KUBERNETES_SERVICE_HOST: "10.0.0.1" }, serviceAccountDir: "/nowhere" },
      "KUBE_CONFIG_MISSING",
      "/nowhere/token does not exist",
    ],
  ])("%s is refused", (_what, source, code, message) => {
    expect(() => readClusterConfig({ env: {}, ...source })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ["no YAML", "{", undefined, /config-under-test is not one: /],
    [
      "a list of clusters without server",
      { clusters: [{ name: "c", cluster: {} }] },
      undefined,
      /cluster.server is missing/,
    ],
    ["no current context", { "current-context": "" }, undefined, /has no current context/],
    ["an unknown context", {}, "elsewhere", /has no context "elsewhere"/],
    ["an unknown cluster", { clusters: [] }, undefined, /context "ctx" names no known cluster/],
    ["an unknown user", { users: [] }, undefined, /context "ctx" names user "u", who is not in it/],
    [
      "a server that is no URL",
      { clusters: [{ name: "c", cluster: { server: "nowhere" } }] },
      undefined,
      /"nowhere", is no URL/,
    ],
  ])("a kubeconfig with %s is refused", (_what, changes, context, message) => {
    const path = kubeconfig("config-under-test", typeof changes === "string" ? {} : changes);
    if (typeof changes === "string") writeFileSync(path, changes);
    const invalid = expect.objectContaining({
      code: "KUBE_CONFIG_INVALID",
      message: expect.stringMatching(message),
    });
    expect(() => readClusterConfig({ kubeconfig: path, context, env: {} })).toThrow(invalid);
  });
});
