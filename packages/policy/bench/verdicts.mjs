/**
 * Verdicts per second of CPU time (one core), in a cluster of 5,000 pods and 1,000 policies:
 * `node bench/verdicts.mjs` after a build. Prints one JSON line:
 *
 * - `verdictsPerSecond`: from a cold start, connections as a cluster has them: nine of ten between a pod and one of
 *   its ten usual partners, one of ten between pods at random, 5 % of these to outside
 * - `firstTimePerSecond`: from a cold start, all of them between pods at random, so that nearly all have to be worked out
 * - `repeatedPerSecond`: the connections of the first once more
 * - `changingPerSecond`: the same, with a policy and a pod's labels changed before every 1,000 of them
 * - `changeMs`: what one such change took, the median
 */
import { compile, parsePolicy } from "../dist/index.js";

const NAMESPACES = 50;
const APPS = 20;
const REPLICAS = 5;
const POLICIES = 1000;
const CONNECTIONS = 400_000;
const USUAL_PARTNERS = 10;
const CONNECTIONS_A_CHANGE = 1000;
const PORTS = [80, 443, 5432, 6379, 8080, 9090, 9200, 27017];

let state = 42;
/** Mulberry32: the same cluster every time. */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
const below = (count) => Math.floor(random() * count);
const pick = (values) => values[below(values.length)];

const namespaces = Array.from({ length: NAMESPACES }, (_, index) => ({
  name: `ns${index}`,
  labels: { team: `t${index % 10}` },
}));
const pods = namespaces.flatMap(({ name: namespace }, at) =>
  Array.from({ length: APPS * REPLICAS }, (_, index) => ({
    namespace,
    name: `pod${index}`,
    labels: {
      app: `app${index % APPS}`,
      tier: `tier${index % 3}`,
      "pod-template-hash": `${at}-${index % APPS}`,
    },
    addresses: [`10.${at}.${index >> 6}.${index & 63}`],
    node: `node${below(100)}`,
    hostNetwork: false,
    namedPorts: [{ name: "http", protocol: 6, port: 8080 }],
    workload: { kind: "Deployment", name: `app${index % APPS}` },
  })),
);

function peer() {
  const kind = random();
  if (kind < 0.15) return { ipBlock: { cidr: `10.${below(NAMESPACES)}.0.0/16`, except: [] } };
  if (kind < 0.6) return { podSelector: { matchLabels: { app: `app${below(APPS)}` } } };
  const teams = [`t${below(10)}`, `t${below(10)}`];
  const namespaceSelector = { matchExpressions: [{ key: "team", operator: "In", values: teams }] };
  return kind < 0.8
    ? { namespaceSelector }
    : { namespaceSelector, podSelector: { matchLabels: { tier: `tier${below(3)}` } } };
}

const rule = (side) => ({
  [side]: Array.from({ length: 1 + below(3) }, peer),
  ports: [{ port: pick(PORTS) }, { port: "http" }],
});

function networkPolicy(index) {
  return parsed({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `p${index}`, namespace: `ns${index % NAMESPACES}` },
    spec: {
      podSelector: random() < 0.2 ? {} : { matchLabels: { app: `app${below(APPS)}` } },
      policyTypes: ["Ingress", "Egress"],
      ingress: Array.from({ length: 1 + below(3) }, () => rule("from")),
      egress: Array.from({ length: 1 + below(3) }, () => rule("to")),
    },
  });
}

function adminPolicy(index) {
  const team = (name) => ({ namespaces: { matchLabels: { team: name } } });
  return parsed({
    apiVersion: "policy.networking.k8s.io/v1alpha1",
    kind: "AdminNetworkPolicy",
    metadata: { name: `a${index}` },
    spec: {
      priority: index,
      subject: team(`t${below(10)}`),
      ingress: [{ action: pick(["Allow", "Deny", "Pass"]), from: [team(`t${below(10)}`)] }],
    },
  });
}

function parsed(object) {
  const { value, issues } = parsePolicy(object.kind, object);
  if (issues !== undefined) throw new Error(JSON.stringify(issues));
  return value;
}

const policies = Array.from({ length: POLICIES }, (_, index) =>
  index < 10 ? adminPolicy(index) : networkPolicy(index),
);
const party = ({ namespace, name }) => ({ kind: "pod", namespace, name });
const parties = pods.map(party);
const usual = pods.map(() =>
  Array.from({ length: USUAL_PARTNERS }, () => ({ to: pick(parties), port: pick(PORTS) })),
);

function usualConnection() {
  if (random() < 0.1) return anyConnection();
  const from = below(pods.length);
  const { to, port } = pick(usual[from]);
  return { source: parties[from], destination: to, protocol: 6, port };
}

function anyConnection() {
  const outside = { kind: "external", address: `8.8.${below(256)}.${below(256)}` };
  const destination = random() < 0.05 ? outside : pick(parties);
  return { source: pick(parties), destination, protocol: 6, port: pick(PORTS) };
}

const usualConnections = Array.from({ length: CONNECTIONS }, usualConnection);
const anyConnections = Array.from({ length: CONNECTIONS / 4 }, anyConnection);
const cluster = { policies, namespaces, nodes: [], pods };

const words = { allowed: 0, denied: 0, undetermined: 0 };
/** Per second of CPU time (all threads), which others on the machine do not slow down. */
function perSecond(connections, each) {
  const before = process.cpuUsage();
  for (let index = 0; index < connections.length; index++) each(connections[index], index);
  const { user, system } = process.cpuUsage(before);
  return Math.round((connections.length / (user + system)) * 1e6);
}

const firstTimePerSecond = perSecond(
  anyConnections,
  (
    (judge) => (each) =>
      judge.judge(each)
  )(compile(cluster)),
);
const judge = compile(cluster);
const verdictsPerSecond = perSecond(usualConnections, (each) => words[judge.judge(each).verdict]++);
const repeatedPerSecond = perSecond(usualConnections, (each) => judge.judge(each));
const changes = [];
const changingPerSecond = perSecond(usualConnections, (each, index) => {
  if (index % CONNECTIONS_A_CHANGE === 0) {
    const before = performance.now();
    judge.putPolicy(networkPolicy(10 + below(POLICIES - 10)));
    judge.putPod({ ...pick(pods), labels: { app: `app${below(APPS)}`, tier: "changed" } });
    changes.push(performance.now() - before);
  }
  judge.judge(each);
});
const changeMs = Number(changes.sort((a, b) => a - b)[changes.length >> 1].toFixed(3));
const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
console.log(
  JSON.stringify({
    bench: "policy",
    verdictsPerSecond,
    firstTimePerSecond,
    repeatedPerSecond,
    changingPerSecond,
    changeMs,
    pods: pods.length,
    policies: policies.length,
    ...words,
    rssMb,
  }),
);
