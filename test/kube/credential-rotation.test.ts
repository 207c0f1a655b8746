import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClusterConnection, listObjects, POLICY_RESOURCES } from "@hopline/kube";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LabApi, startLabApi, Workshop } from "./cluster-under-test.js";

const NAMESPACES = POLICY_RESOURCES.find(({ name }) => name === "namespaces")!;

/** An authority, and what it has signed. PEM files in `dir`. */
class Authority {
  readonly #dir: string;
  readonly #name: string;

  constructor(dir: string, name: string) {
    this.#dir = dir;
    this.#name = name;
    this.#openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "2",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.crt`,
    );
  }

  get cert(): string {
    return readFileSync(join(this.#dir, `${this.#name}.crt`), "utf8");
  }

  issue(subject: string): { key: string; cert: string } {
    const file = `${this.#name}-${subject}`;
    this.#openssl(
      "req",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-subj",
      `/CN=${subject}`,
      "-addext",
      "subjectAltName=IP:127.0.0.1",
      "-keyout",
      `${file}.key`,
      "-out",
      `${file}.csr`,
    );
    this.#openssl(
      "x509",
      "-req",
      "-in",
      `${file}.csr`,
      "-CA",
      `${this.#name}.crt`,
      "-CAkey",
      `${this.#name}.key`,
      "-CAcreateserial",
      "-days",
      "1",
      "-copy_extensions",
      "copy",
      "-out",
      `${file}.crt`,
    );
    return {
      key: readFileSync(join(this.#dir, `${file}.key`), "utf8"),
      cert: readFileSync(join(this.#dir, `${file}.crt`), "utf8"),
    };
  }

  #openssl(...args: string[]): void {
    execFileSync("openssl", args, { cwd: this.#dir, stdio: "pipe" });
  }
}

/** Credentials that change under a running collector. These need power over the server: the lab's API only. */
describe("credentials that rotate", () => {
  let lab: LabApi;
  let workshop: Workshop;
  beforeEach(() => {
    workshop = new Workshop();
  });
  afterEach(async () => {
    await lab.api.close();
    workshop.close();
  });

  const namespacesSeenBy = async (connection: ClusterConnection): Promise<number> =>
    (await listObjects(connection, NAMESPACES, { chunkSize: 0, timeoutMs: 5000 })).objects.length;

  const rotateToken = (from: string, to: string): void => {
    lab.api.access.grant(to, { user: "rotated" });
    lab.api.access.revoke(from);
  };

  it("reads a token file again after a 401", async () => {
    lab = await startLabApi();
    const tokenFile = workshop.write("reader\n", "token");
    const kubeconfig = workshop.kubeconfigAs(workshop.write(lab.api.kubeconfig()), { tokenFile });
    const connection = new ClusterConnection({ kubeconfig, env: {} });
    expect(await namespacesSeenBy(connection)).toBe(2);
    rotateToken("reader", "second");
    await expect(namespacesSeenBy(connection)).rejects.toMatchObject({ code: "KUBE_UNAUTHORIZED" });
    writeFileSync(tokenFile, "second\n");
    expect(await namespacesSeenBy(connection)).toBe(2);
  });

  it("runs an exec plugin again after a 401, once for requests that fail together", async () => {
    lab = await startLabApi();
    const credential = (token: string): string =>
      JSON.stringify({
        apiVersion: "client.authentication.k8s.io/v1",
        kind: "ExecCredential",
        status: { token },
      });
    const answer = workshop.write(credential("reader"), "credential.json");
    const runs = workshop.write("", "runs");
    const plugin = workshop.write(`#!/bin/sh\necho run >> ${runs}\ncat ${answer}\n`, "plugin.sh", 0o755);
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: plugin, interactiveMode: "Never" };
    const kubeconfig = workshop.kubeconfigAs(workshop.write(lab.api.kubeconfig()), { exec });
    const connection = new ClusterConnection({ kubeconfig, env: {} });
    expect(await namespacesSeenBy(connection)).toBe(2);
    writeFileSync(answer, credential("second"));
    rotateToken("reader", "second");
    expect(await Promise.all([1, 2, 3].map(() => namespacesSeenBy(connection)))).toEqual([2, 2, 2]);
    expect(connection.renewals).toBe(1);
  });

  it("reads a kubeconfig again whose token was replaced in place", async () => {
    lab = await startLabApi();
    const kubeconfig = workshop.write(lab.api.kubeconfig(), "kubeconfig");
    const connection = new ClusterConnection({ kubeconfig, env: {} });
    expect(await namespacesSeenBy(connection)).toBe(2);
    rotateToken("reader", "second");
    writeFileSync(kubeconfig, readFileSync(kubeconfig, "utf8").replace("token: reader", "token: second"));
    expect(await namespacesSeenBy(connection)).toBe(2);
    expect(connection.renewals).toBe(1);
  });

  it("says which credentials cannot be read", async () => {
    lab = await startLabApi();
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "/nowhere/plugin" };
    const kubeconfig = workshop.kubeconfigAs(workshop.write(lab.api.kubeconfig()), { exec });
    await expect(namespacesSeenBy(new ClusterConnection({ kubeconfig, env: {} }))).rejects.toMatchObject({
      code: "KUBE_UNAUTHORIZED",
      message: expect.stringMatching(/^The credentials for http.* cannot be read: .*nowhere/),
    });
  });

  it("takes up new client certificates from their files", async () => {
    const server = new Authority(workshop.dir, "server-ca");
    const clients = new Authority(workshop.dir, "client-ca");
    const tls = { ...server.issue("api"), ca: server.cert, clientCa: clients.cert };
    lab = await startLabApi({ tls });
    const first = clients.issue("first");
    const certificate = workshop.write(first.cert, "current.crt");
    const key = workshop.write(first.key, "current.key");
    const user = { "client-certificate": certificate, "client-key": key };
    const kubeconfig = workshop.kubeconfigAs(workshop.write(lab.api.kubeconfig()), user);
    const connection = new ClusterConnection({ kubeconfig, env: {} });
    expect(await namespacesSeenBy(connection)).toBe(2);

    const nextClients = new Authority(workshop.dir, "next-client-ca");
    lab.api.rotateTls({ ...tls, clientCa: nextClients.cert });
    await expect(namespacesSeenBy(connection)).rejects.toMatchObject({ code: "KUBE_UNAUTHORIZED" });
    const second = nextClients.issue("second");
    writeFileSync(certificate, second.cert);
    writeFileSync(key, second.key);
    expect(await namespacesSeenBy(connection)).toBe(2);
  });

  it("takes up a new authority of the server from the kubeconfig", async () => {
    const before = new Authority(workshop.dir, "before-ca");
    lab = await startLabApi({ tls: { ...before.issue("api"), ca: before.cert } });
    const kubeconfig = workshop.write(lab.api.kubeconfig(), "kubeconfig");
    const connection = new ClusterConnection({ kubeconfig, env: {} });
    expect(await namespacesSeenBy(connection)).toBe(2);

    const after = new Authority(workshop.dir, "after-ca");
    lab.api.rotateTls({ ...after.issue("api"), ca: after.cert });
    const refused: unknown = await namespacesSeenBy(connection).catch((thrown) => thrown);
    expect(refused).toMatchObject({ code: "KUBE_UNREACHABLE" });
    writeFileSync(kubeconfig, lab.api.kubeconfig());
    expect(await namespacesSeenBy(connection)).toBe(2);
  });
});
