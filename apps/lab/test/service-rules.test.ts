import { describe, expect, test } from "vitest";
import { chainName } from "../src/iptables/chain-name.js";
import { RuleSet, restoreText } from "../src/iptables/rule-set.js";
import { addServiceRules, type ServicePort } from "../src/iptables/service-rules.js";

const WEB: ServicePort = {
  namespace: "shop",
  service: "web",
  portName: "http",
  protocol: "TCP",
  clusterIp: "10.96.0.101",
  port: 80,
  nodePort: 30080,
  backends: [
    { address: "10.244.1.5", nodeName: "node1", port: 8080 },
    { address: "10.244.2.7", nodeName: "node2", port: 8080 },
    { address: "10.244.2.8", nodeName: "node2", port: 8080 },
  ],
};

function rulesFor(...ports: ServicePort[]): RuleSet {
  const rules = new RuleSet();
  addServiceRules(rules, ports, "node2");
  return rules;
}

describe("chainName", () => {
  // As every cluster shows them.
  test.each([
    ["default/kubernetes:https", "tcp", "KUBE-SVC-NPX46M4PTMTKRN6Y"],
    ["kube-system/kube-dns:dns", "udp", "KUBE-SVC-TCOU7JCQXEZGVUNU"],
    ["kube-system/kube-dns:dns-tcp", "tcp", "KUBE-SVC-ERIFXISQEP7F7OF4"],
  ])("names %s over %s as kube-proxy does", (service, protocol, name) => {
    expect(chainName("KUBE-SVC-", service, protocol)).toBe(name);
  });
});

describe("addServiceRules", () => {
  test("writes a NodePort Service with three backends in kube-proxy's shapes", () => {
    const chain = chainName("KUBE-SVC-", "shop/web:http", "tcp");
    const external = chain.replace("KUBE-SVC-", "KUBE-EXT-");
    const endpoints = WEB.backends.map(({ address, port }) =>
      chainName("KUBE-SEP-", "shop/web:http", "tcp", `${address}:${port}`),
    );
    const text = restoreText(new RuleSet(), rulesFor(WEB));
    expect(text).toBe(`*nat
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-SERVICES - [0:0]
:${chain} - [0:0]
:${external} - [0:0]
:${endpoints[0]} - [0:0]
:${endpoints[1]} - [0:0]
:${endpoints[2]} - [0:0]
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-NODEPORTS -p tcp -m comment --comment "shop/web:http" -m tcp --dport 30080 -j ${external}
-A KUBE-SERVICES -d 10.96.0.101/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j ${chain}
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A ${chain} ! -s 10.244.0.0/16 -d 10.96.0.101/32 -p tcp -m comment --comment "shop/web:http cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
-A ${chain} -m comment --comment "shop/web:http -> 10.244.1.5:8080" -m statistic --mode random --probability 0.33333333333 -j ${endpoints[0]}
-A ${chain} -m comment --comment "shop/web:http -> 10.244.2.7:8080" -m statistic --mode random --probability 0.50000000000 -j ${endpoints[1]}
-A ${chain} -m comment --comment "shop/web:http -> 10.244.2.8:8080" -j ${endpoints[2]}
-A ${external} -m comment --comment "masquerade traffic for shop/web:http external destinations" -j KUBE-MARK-MASQ
-A ${external} -j ${chain}
-A ${endpoints[0]} -s 10.244.1.5/32 -m comment --comment "shop/web:http" -j KUBE-MARK-MASQ
-A ${endpoints[0]} -p tcp -m comment --comment "shop/web:http" -m tcp -j DNAT --to-destination 10.244.1.5:8080
-A ${endpoints[1]} -s 10.244.2.7/32 -m comment --comment "shop/web:http" -j KUBE-MARK-MASQ
-A ${endpoints[1]} -p tcp -m comment --comment "shop/web:http" -m tcp -j DNAT --to-destination 10.244.2.7:8080
-A ${endpoints[2]} -s 10.244.2.8/32 -m comment --comment "shop/web:http" -j KUBE-MARK-MASQ
-A ${endpoints[2]} -p tcp -m comment --comment "shop/web:http" -m tcp -j DNAT --to-destination 10.244.2.8:8080
COMMIT
*filter
:KUBE-SERVICES - [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FORWARD - [0:0]
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
`);
  });

  test("leads what comes from outside to the node's own backends, with its source, where traffic is to stay local", () => {
    const rules = rulesFor({ ...WEB, onlyLocal: true });
    const nat = rules.chains("nat");
    const service = chainName("KUBE-SVC-", "shop/web:http", "tcp");
    const local = chainName("KUBE-SVL-", "shop/web:http", "tcp");
    const [, near, nearer] = WEB.backends.map(({ address, port }) =>
      chainName("KUBE-SEP-", "shop/web:http", "tcp", `${address}:${port}`),
    );
    expect(nat.get(service.replace("KUBE-SVC-", "KUBE-EXT-"))).toEqual([
      `-s 10.244.0.0/16 -m comment --comment "pod traffic for shop/web:http external destinations" -j ${service}`,
      '-m comment --comment "masquerade LOCAL traffic for shop/web:http external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ',
      `-m comment --comment "route LOCAL traffic for shop/web:http external destinations" -m addrtype --src-type LOCAL -j ${service}`,
      `-j ${local}`,
    ]);
    expect(nat.get(local)).toEqual([
      `-m comment --comment "shop/web:http -> 10.244.2.7:8080" -m statistic --mode random --probability 0.50000000000 -j ${near}`,
      `-m comment --comment "shop/web:http -> 10.244.2.8:8080" -j ${nearer}`,
    ]);
    expect(rules.chains("filter").get("KUBE-EXTERNAL-SERVICES")).toEqual([]);
    const elsewhere = rulesFor({ ...WEB, onlyLocal: true, backends: WEB.backends.slice(0, 1) });
    expect(elsewhere.chains("nat").get(local)).toEqual([]);
    expect(elsewhere.chains("filter").get("KUBE-EXTERNAL-SERVICES")).toEqual([
      '-p tcp -m comment --comment "shop/web:http has no local endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30080 -j DROP',
    ]);
  });

  test("rejects who dials a Service without a backend", () => {
    const rules = rulesFor({ ...WEB, portName: "", backends: [] });
    expect(rules.chains("filter").get("KUBE-SERVICES")).toEqual([
      '-d 10.96.0.101/32 -p tcp -m comment --comment "shop/web has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable',
      '-p tcp -m comment --comment "shop/web has no endpoints" -m tcp -m addrtype --dst-type LOCAL --dport 30080 -j REJECT --reject-with icmp-port-unreachable',
    ]);
    expect(rules.chains("nat").get("KUBE-NODEPORTS")).toEqual([]);
  });
});

describe("restoreText", () => {
  test("mentions only what changes, and takes away what is gone", () => {
    const before = rulesFor(WEB);
    const after = rulesFor({ ...WEB, backends: WEB.backends.slice(0, 2) });
    expect(restoreText(before, rulesFor(WEB))).toBe("");
    const service = chainName("KUBE-SVC-", "shop/web:http", "tcp");
    const gone = chainName("KUBE-SEP-", "shop/web:http", "tcp", "10.244.2.8:8080");
    const lines = restoreText(before, after).split("\n");
    expect(lines.filter((line) => line.startsWith(":"))).toEqual([`:${service} - [0:0]`, `:${gone} - [0:0]`]);
    expect(lines.filter((line) => line.startsWith("-X"))).toEqual([`-X ${gone}`]);
    expect(
      lines.filter((line) => line.startsWith("-A")).every((line) => line.startsWith(`-A ${service} `)),
    ).toBe(true);
    expect(lines.at(-2)).toBe("COMMIT");
  });
});
