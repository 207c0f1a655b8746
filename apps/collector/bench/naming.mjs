/**
 * What naming and judging cost for each hop row, in CPU time of one core, in a cluster of 5,000 pods and 1,000 policies:
 * `node bench/naming.mjs` after a build. Batches of 20,000 rows: 2,500 connections, eight rows each. One JSON line:
 *
 * - `namingMicroseconds`: a row named and not judged
 * - `judgingMicroseconds`: what judging it adds, after the first batch
 * - `changingMicroseconds`: the same where a policy changes before every batch
 * - `firstMs`: what the first batch of an epoch costs more than others: its judge is made
 */
import { EndpointHistory } from "@hopline/kube";
import { ClusterAddressBook } from "../dist/cluster/cluster-address-book.js";
import { EarlierEndpoints } from "../dist/cluster/earlier-endpoints.js";
import { AgentPresence } from "../dist/naming/agent-presence.js";
import { numberAddresses } from "../dist/naming/batch-addresses.js";
import { GivenUp } from "../dist/naming/given-up.js";
import { HopNamer } from "../dist/naming/hop-namer.js";
import { TranslationMeeting } from "../dist/naming/translation-meeting.js";
import { ConnectionJudge } from "../dist/policy/connection-judge.js";
import { PolicyHistory } from "../dist/policy/policy-history.js";

const NAMESPACES = 50;
const PODS = 100;
const APPS = 20;
const POLICIES = 1000;
const CONNECTIONS = 2500;
const ROWS_A_CONNECTION = 8;
const BATCHES = 20;
const WINDOW = 1_795_262_400;
const NOW_MS = (WINDOW + 10) * 1000;
const CREATED = new Date((WINDOW - 86_400) * 1000).toISOString();

let state = 7;
/** Mulberry32: the same cluster every time. */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
const below = (count) => Math.floor(random() * count);
const podAddress = (namespace, pod) => [10, namespace, 0, pod + 1];

const namespaces = Array.from({ length: NAMESPACES }, (_, index) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: `ns${index}`, labels: { team: `t${index % 10}` }, creationTimestamp: CREATED },
}));
const pods = namespaces.flatMap(({ metadata }, namespace) =>
  Array.from({ length: PODS }, (_, index) => {
    const address = podAddress(namespace, index).join(".");
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        namespace: metadata.name,
        name: `pod${index}`,
        uid: address,
        labels: { app: `app${index % APPS}` },
        creationTimestamp: CREATED,
      },
      spec: {
        nodeName: `node${index % 10}`,
        containers: [{ ports: [{ name: "http", containerPort: 8080 }] }],
      },
      status: { phase: "Running", podIP: address, startTime: CREATED },
    };
  }),
);

const policyOf = (index) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { namespace: `ns${index % NAMESPACES}`, name: `p${index}`, creationTimestamp: CREATED },
  spec: {
    podSelector: { matchLabels: { app: `app${below(APPS)}` } },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: { team: `t${below(10)}` } } }],
        ports: [{ port: "http" }],
      },
    ],
    egress: [{ to: [{ podSelector: {} }, { ipBlock: { cidr: `10.${below(NAMESPACES)}.0.0/16` } }] }],
  },
});
const policies = Array.from({ length: POLICIES }, (_, index) => policyOf(index));

function tableOf() {
  const count = CONNECTIONS * ROWS_A_CONNECTION;
  const addresses = () => new Uint8Array(count * 16);
  const table = {
    header: { node: "node0" },
    table: undefined,
    count,
    connectionIds: new BigUint64Array(count),
    isReply: new Uint8Array(count),
    windowStarts: new Uint32Array(count).fill(WINDOW),
    roles: { values: ["pod"], indexes: new Uint16Array(count) },
    translations: { values: ["none"], indexes: new Uint16Array(count) },
    initiatorsBy: { values: ["conntrack"], indexes: new Uint16Array(count) },
    directions: new Uint8Array(count),
    attachedAddresses: addresses(),
    protocols: new Uint8Array(count).fill(6),
    clientAddresses: addresses(),
    clientPorts: new Uint16Array(count),
    serverAddresses: addresses(),
    serverPorts: new Uint16Array(count),
    originalClientAddresses: addresses(),
    originalClientPorts: new Uint16Array(count),
    originalServerAddresses: addresses(),
    originalServerPorts: new Uint16Array(count),
    firstSeenUs: new Float64Array(count),
    firstWindow: WINDOW,
    lastWindow: WINDOW,
  };
  for (let connection = 0; connection < CONNECTIONS; connection++) {
    const client = podAddress(below(NAMESPACES), below(PODS));
    const server = podAddress(below(NAMESPACES), below(PODS));
    const [clientPort, serverPort] = [32_768 + below(28_000), [80, 8080, 5432][below(3)]];
    for (let part = 0; part < ROWS_A_CONNECTION; part++) {
      const row = part * CONNECTIONS + connection;
      table.connectionIds[row] = BigInt(connection + 1);
      table.isReply[row] = part & 1;
      for (const [columns, address] of [
        [[table.clientAddresses, table.originalClientAddresses], client],
        [[table.serverAddresses, table.originalServerAddresses], server],
      ]) {
        for (const column of columns) {
          column.set([0xff, 0xff], row * 16 + 10);
          column.set(address, row * 16 + 12);
        }
      }
      table.clientPorts[row] = clientPort;
      table.originalClientPorts[row] = clientPort;
      table.serverPorts[row] = serverPort;
      table.originalServerPorts[row] = serverPort;
      table.firstSeenUs[row] = WINDOW * 1e6 + below(9_000_000);
    }
  }
  return table;
}

let nowMs = NOW_MS;
const now = () => nowMs;
const endpoints = new EndpointHistory({ nowMs: now });
endpoints.load(pods);
const history = new PolicyHistory({ nowMs: now });
history.restore([], 0);
history.load([...namespaces, ...policies, ...pods]);
const book = new ClusterAddressBook({
  history: endpoints,
  earlier: new EarlierEndpoints(),
  isSettled: () => true,
});
const presence = new AgentPresence({ now, graceMs: 3000, silentAfterMs: 120_000 });
for (let node = 0; node < 10; node++) presence.heard(`node${node}`, WINDOW);
const memory = { capacity: 100, forMs: 60_000, now };
const knowledge = { untilMs: Number.POSITIVE_INFINITY, isLive: true, missing: undefined };
const judge = new ConnectionJudge({ history, knowledge: () => knowledge, now, settleMs: 2000 });
const namer = new HopNamer({
  ...{ book, judge, presence, meeting: new TranslationMeeting(1000) },
  givenUpAddresses: new GivenUp(memory),
  givenUpConnections: new GivenUp(memory),
});

const batches = Array.from({ length: BATCHES }, () => {
  const table = tableOf();
  return { table, addresses: numberAddresses(table) };
});
const rows = batches[0].table.count;

const words = {};
/** CPU microseconds of each batch. */
function costs(before = () => {}) {
  return batches.map(({ table, addresses }) => {
    before();
    const start = process.cpuUsage();
    const { identity } = namer.name(table, addresses);
    const { user, system } = process.cpuUsage(start);
    const { values, indexes } = identity.verdict;
    words.last = Object.fromEntries(
      values.map((word, at) => [word, indexes.filter((index) => index === at).length]),
    );
    return user + system;
  });
}
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const perRow = (microseconds) => Number((microseconds / rows).toFixed(2));

knowledge.missing = "not judged";
costs();
const named = median(costs());
knowledge.missing = undefined;
const first = costs();
const judged = median(costs());
let changed = 0;
const change = () => {
  nowMs = (WINDOW - 5) * 1000;
  history.apply({ type: "applied", resource: { kind: "NetworkPolicy" }, object: policyOf(changed++) });
  nowMs = NOW_MS;
};
const changing = median(costs(change));
console.log(
  JSON.stringify({
    bench: "naming",
    namingMicroseconds: perRow(named),
    judgingMicroseconds: perRow(judged - named),
    changingMicroseconds: perRow(changing - named),
    firstMs: Math.round((first[0] - judged) / 1000),
    rows,
    pods: pods.length,
    policies: policies.length,
    ...words.last,
  }),
);
