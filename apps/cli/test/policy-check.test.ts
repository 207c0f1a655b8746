import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const hopline = fileURLToPath(new URL("../bin/hopline.mjs", import.meta.url));
const fixtures = fileURLToPath(new URL("../../../packages/policy/test/fixtures", import.meta.url));

function check(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [hopline, "policy", "check", ...args], {
    encoding: "utf8",
    cwd: fixtures,
  });
  return { status, stdout, stderr };
}

describe("hopline policy check", () => {
  it("-o connlist", () => {
    const stdout = readFileSync(`${fixtures}/shop.connlist`, "utf8");
    expect(check("--dir", "shop", "-o", "connlist")).toEqual({ status: 0, stdout, stderr: "" });
  });

  it("names what is wrong, judges the rest, and ends with status 1", () => {
    const { status, stdout, stderr } = check("--dir", "broken", "-o", "connlist");
    expect(status).toBe(1);
    expect(stdout).toBe(readFileSync(`${fixtures}/broken.connlist`, "utf8"));
    expect(stderr).toContain(
      "hopline: broken/policies.yaml:10: NetworkPolicy shop/bad-cidr: spec.egress[0].to[1].ipBlock.cidr: is no network in CIDR notation\n",
    );
    expect(stderr.trimEnd().split("\n")).toHaveLength(11);
  });

  it.each([
    [
      ["--dir", "shop.connlist"],
      1,
      "hopline: There is no policy, pod or workload in shop.connlist. Name a folder of Kubernetes manifests with --dir.\n",
    ],
    [
      ["--dir", "shop/policies.yml"],
      0,
      "hopline: no pod or workload is in shop/policies.yml: there is nobody to judge\n",
    ],
    [
      ["--dir", "shop", "--from", "a/b/c"],
      2,
      'hopline: --from is "a/b/c", which is neither a name nor an address. Write NAMESPACE/NAME, NAMESPACE/NAME[KIND] or an address.\n',
    ],
    [
      ["--dir", "shop", "--port", "80", "-o", "connlist"],
      2,
      "hopline: -o connlist lists all ports, so it can't go with --port. Leave out one of them.\n",
    ],
  ])("%j ends with %i and one sentence", (args, status, stderr) => {
    expect(check(...args)).toMatchObject({ status, stderr });
  });

  it("says what decided about one port", () => {
    const { stdout } = check("--dir", "shop", "--from", "shop/web", "--to", "data/db", "--port", "53/udp");
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["FROM", "TO", "PORT", "VERDICT", "EGRESS", "INGRESS"],
      [
        "shop/web",
        "data/db",
        "53/UDP",
        "allowed",
        "allowed: NetworkPolicy shop/web, egress[1].to[0]",
        "allowed: NetworkPolicy data/closed, ingress[0].from[0]",
      ],
      [""],
    ]);
  });

  it("gives the whole verdict as JSON", () => {
    const { stdout } = check(
      "--dir",
      "shop",
      "--from",
      "8.8.8.8",
      "--to",
      "web",
      "--port",
      "80",
      "-o",
      "json",
    );
    expect(JSON.parse(stdout)).toEqual({
      problems: [],
      verdicts: [
        {
          from: "8.8.8.8",
          to: "shop/web",
          protocol: "TCP",
          port: 80,
          verdict: "denied",
          egress: { verdict: "allowed", by: { kind: "exemption", exemption: "not-a-pod" } },
          ingress: {
            verdict: "denied",
            by: {
              kind: "default-deny",
              tier: "networkPolicy",
              policies: [{ kind: "NetworkPolicy", namespace: "shop", name: "web" }],
            },
          },
        },
      ],
    });
  });

  it("lists only what is asked for", () => {
    const { stdout } = check(
      "--dir",
      "shop",
      "--from",
      "cart",
      "--to",
      "shop/web[Deployment]",
      "-o",
      "connlist",
    );
    expect(stdout).toBe("shop/cart[Deployment] => shop/web[Deployment] : TCP 8080\n");
  });

  it.each([
    [["--dir", "nowhere"], 1, "hopline: The manifests in nowhere can't be read"],
    [
      ["--dir", "shop", "--from", "shop/gone"],
      1,
      'hopline: --from names "shop/gone", which is no pod or workload',
    ],
    [["--dir", "shop", "--port", "70000"], 2, "It takes a port such as 80, 53/udp or 9000/sctp."],
  ])("%j ends with %i", (args, code, message) => {
    const { status, stderr } = check(...args);
    expect(status).toBe(code);
    expect(stderr).toContain(message);
  });
});
