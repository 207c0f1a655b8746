import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RuleSet } from "../src/iptables/rule-set.js";
import {
  type Namespace,
  type NetworkPolicy,
  networkPolicySchema,
  type Pod,
  podSchema,
} from "../src/objects/schemas.js";
import { subtractRanges } from "../src/policy/ipv4-range.js";
import { isolatedPods } from "../src/policy/pod-isolation.js";
import { addPolicyRules, dropPrefix } from "../src/policy/policy-rules.js";

function pod(
  namespace: string,
  name: string,
  address: string,
  labels: Record<string, string>,
  ports: object[] = [],
): Pod {
  return podSchema.parse({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: { nodeName: "node1", containers: [{ name: "c", image: "i", ports }] },
    status: { phase: "Running", podIP: address },
  });
}

function namespace(name: string, labels: Record<string, string>): Namespace {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

function policy(inNamespace: string, name: string, spec: object): NetworkPolicy {
  return networkPolicySchema.parse({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: inNamespace },
    spec,
  });
}

const PODS = [
  pod("data", "db", "10.244.1.2", { app: "db" }, [
    { name: "sql", containerPort: 5432 },
    { name: "sql", containerPort: 5433, protocol: "UDP" },
  ]),
  pod("data", "cache", "10.244.1.3", { app: "cache" }, [{ name: "sql", containerPort: 6000 }]),
  pod("shop", "api", "10.244.1.4", { app: "api" }),
  pod("shop", "web", "10.244.2.4", { app: "web" }),
  pod("tools", "api", "10.244.2.5", { app: "api" }),
];
const NAMESPACES = [
  namespace("data", { tier: "data" }),
  namespace("shop", { tier: "app" }),
  namespace("tools", {}),
];

function isolate(...policies: NetworkPolicy[]) {
  return isolatedPods({ pods: PODS, namespaces: NAMESPACES, policies });
}

const any = undefined;
const tcp = (port: number) => ({ protocol: "TCP", from: port, to: port });

describe("isolatedPods", () => {
  test("no policy, no isolation", () => {
    expect(isolate()).toEqual([]);
  });

  test("namespace and pod selector in one peer must both fit; a port's name is the destination pod's", () => {
    const [db, ...others] = isolate(
      policy("data", "p", {
        podSelector: { matchLabels: { app: "db" } },
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: { tier: "app" } },
                podSelector: { matchLabels: { app: "api" } },
              },
            ],
            ports: [{ port: "sql" }, { port: 100, endPort: 200, protocol: "UDP" }],
          },
        ],
      }),
    );
    expect(others).toEqual([]);
    expect(db).toEqual({
      direction: "ingress",
      address: "10.244.1.2",
      pod: "data/db",
      node: "node1",
      policies: ["data/p"],
      allowances: [{ cidr: "10.244.1.4/32", ports: [tcp(5432), { protocol: "UDP", from: 100, to: 200 }] }],
    });
  });

  test("as two peers, either may fit; a pod selector alone means the policy's own namespace", () => {
    const [db] = isolate(
      policy("data", "p", {
        podSelector: { matchLabels: { app: "db" } },
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { tier: "app" } } }, { podSelector: {} }] }],
      }),
    );
    expect(db?.allowances.map((allowance) => allowance.cidr)).toEqual([
      "10.244.1.4/32",
      "10.244.2.4/32",
      "10.244.1.2/32",
      "10.244.1.3/32",
    ]);
  });

  test("an absent peer list lets in all, an absent rule list none, and policies add up", () => {
    const all = policy("data", "all", { podSelector: {}, ingress: [{}] });
    const none = policy("data", "none", { podSelector: {} });
    expect(isolate(none).map((isolation) => [isolation.pod, isolation.allowances])).toEqual([
      ["data/db", []],
      ["data/cache", []],
    ]);
    expect(isolate(none, all)[0]).toMatchObject({
      policies: ["data/all", "data/none"],
      allowances: [{ cidr: any, ports: any }],
    });
  });

  test("directions: by policyTypes, or egress too where there are egress rules", () => {
    const spec = { podSelector: { matchLabels: { app: "db" } } };
    const directions = (extra: object) =>
      isolate(policy("data", "p", { ...spec, ...extra })).map((isolation) => isolation.direction);
    expect(directions({})).toEqual(["ingress"]);
    expect(directions({ egress: [] })).toEqual(["ingress", "egress"]);
    expect(directions({ policyTypes: ["Egress"] })).toEqual(["egress"]);
  });

  test("egress resolves a port's name at each destination, and nowhere else", () => {
    const egress = (rule: object) =>
      isolate(
        policy("shop", "p", {
          podSelector: { matchLabels: { app: "web" } },
          policyTypes: ["Egress"],
          egress: [rule],
        }),
      )[0]?.allowances;
    expect(egress({ to: [{ namespaceSelector: {} }], ports: [{ port: "sql" }] })).toEqual([
      { cidr: "10.244.1.2/32", ports: [tcp(5432)] },
      { cidr: "10.244.1.3/32", ports: [tcp(6000)] },
    ]);
    expect(egress({ ports: [{ port: "sql" }, { port: 53 }] })).toEqual([
      { cidr: any, ports: [tcp(53)] },
      { cidr: "10.244.1.2/32", ports: [tcp(5432)] },
      { cidr: "10.244.1.3/32", ports: [tcp(6000)] },
    ]);
    expect(egress({ to: [{ ipBlock: { cidr: "10.0.0.0/30", except: ["10.0.0.1/32"] } }] })).toEqual(
      ["10.0.0.0/32", "10.0.0.2/31"].map((cidr) => ({ cidr, ports: any })),
    );
  });

  test.each([
    [{ key: "app", operator: "In", values: ["db", "x"] }, ["data/db"]],
    [{ key: "app", operator: "NotIn", values: ["db"] }, ["data/cache"]],
    [{ key: "app", operator: "Exists" }, ["data/db", "data/cache"]],
    [{ key: "app", operator: "DoesNotExist" }, []],
    [{ key: "other", operator: "NotIn", values: ["a"] }, ["data/db", "data/cache"]],
  ])("selects by %j", (expression, selected) => {
    const isolations = isolate(policy("data", "p", { podSelector: { matchExpressions: [expression] } }));
    expect(isolations.map((isolation) => isolation.pod)).toEqual(selected);
  });
});

describe("addPolicyRules", () => {
  test("returns what is allowed, reports and drops the rest", () => {
    const rules = new RuleSet();
    addPolicyRules(
      rules,
      isolate(
        policy("data", "p", {
          podSelector: { matchLabels: { app: "db" } },
          ingress: [
            { from: [{ ipBlock: { cidr: "10.244.1.0/24" } }], ports: [{ port: 5432 }, { protocol: "UDP" }] },
            { from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 80, endPort: 90 }] },
          ],
        }),
      ),
    );
    const [[, jumps], [chain, body]] = [...rules.chains("filter")] as [
      [string, string[]],
      [string, string[]],
    ];
    expect(jumps).toEqual([
      "-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN",
      `-d 10.244.1.2/32 -m comment --comment "data/db" -j ${chain}`,
    ]);
    expect(body).toEqual([
      "-s 10.244.1.2/32 -j RETURN",
      "-s 10.244.1.0/24 -p tcp -m tcp --dport 5432 -j RETURN",
      "-s 10.244.1.0/24 -p udp -j RETURN",
      "-p tcp -m tcp --dport 80:90 -j RETURN",
      '-j NFLOG --nflog-group 100 --nflog-prefix "hopline-deny:in:data/p"',
      "-j DROP",
    ]);
    expect(chain.length).toBeLessThanOrEqual(28);
  });

  test("names the policy in at most 63 characters, and says how many more there are", () => {
    const [isolation] = isolate(policy("data", "p", { podSelector: { matchLabels: { app: "db" } } }));
    expect(dropPrefix({ ...isolation!, direction: "egress", policies: ["a/one", "a/two", "b/three"] })).toBe(
      "hopline-deny:eg:a/one+2",
    );
    const long = dropPrefix({ ...isolation!, policies: [`data/${"x".repeat(80)}`, "data/y"] });
    expect(long).toHaveLength(63);
    expect(long).toMatch(/^hopline-deny:in:data\/x+\+1$/);
  });
});

describe("subtractRanges", () => {
  const value = (address: string): number =>
    address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const holds = (cidr: string, address: number): boolean => {
    const [base, length] = cidr.split("/");
    const size = 2 ** (32 - Number(length));
    return Math.floor(value(base!) / size) === Math.floor(address / size);
  };
  const range = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }))
    .map(([host, length]) => `192.0.2.${host}/${length}`);

  test("holds exactly the addresses that are in the range and in no exception", () => {
    fc.assert(
      fc.property(range, fc.array(range, { maxLength: 4 }), (cidr, except) => {
        const left = subtractRanges(cidr, except);
        const addresses = Array.from({ length: 256 }, (_, host) => value("192.0.2.0") + host);
        const times = addresses.map((address) => left.filter((part) => holds(part, address)).length);
        const wanted = addresses.map((address) =>
          holds(cidr, address) && !except.some((hole) => holds(hole, address)) ? 1 : 0,
        );
        expect(times).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
  });

  test("of everything", () => {
    expect(subtractRanges("0.0.0.0/0", [])).toEqual(["0.0.0.0/0"]);
    expect(subtractRanges("0.0.0.0/0", ["128.0.0.0/1", "0.0.0.0/2"])).toEqual(["64.0.0.0/2"]);
  });
});
