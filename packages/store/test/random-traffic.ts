import type { Entity } from "@hopline/api";
import type { RandomSource } from "./random-source.js";
import { hop, type StoredHop, T0 } from "./stored-rows.js";

/** An end as it truly is, whatever single rows know of it. */
export interface TrueEnd {
  readonly entity: Entity;
  readonly address: string;
  readonly port: number;
  readonly pod: string;
  readonly node: string;
}

/** A connection as it truly is, and every hop row that agents made of it. */
export interface TrueConnection {
  readonly id: bigint;
  readonly protocol: number;
  readonly client: TrueEnd;
  readonly server: TrueEnd;
  readonly service: {
    namespace: string;
    name: string;
    portName: string;
    address: string;
    port: number;
  } | null;
  readonly translation: string;
  readonly rows: readonly StoredHop[];
}

const NODES = ["node1", "node2", "node3"];
const WORKLOADS: Entity[] = ["web", "api", "db", "cache"].flatMap((name) =>
  ["shop", "bank"].map((namespace) => ({ kind: "workload", namespace, workloadKind: "Deployment", name })),
);
const SERVICE_PORTS = [
  { protocol: 6, port: 8080 },
  { protocol: 6, port: 5432 },
  { protocol: 17, port: 53 },
  { protocol: 132, port: 3868 },
  { protocol: 1, port: 0 },
  { protocol: 47, port: 0 },
];

/**
 * Connections of pods, nodes and outside hosts on three nodes, each seen by one to four hops over some of `windows` windows
 * from T0 on. A quarter come by a source translation that only one node knows: the other takes its node for the client.
 */
export function randomTraffic(random: RandomSource, connections: number, windows: number): TrueConnection[] {
  return Array.from({ length: connections }, (_, index) => randomConnection(random, index, windows));
}

function randomConnection(random: RandomSource, index: number, windows: number): TrueConnection {
  const kind = random.pick(SERVICE_PORTS);
  const client: TrueEnd = { ...randomEnd(random, true), port: 32_768 + random.integer(20_000) };
  // ICMP's echo identifier stands where ports stand.
  const server: TrueEnd = {
    ...randomEnd(random, false),
    port: kind.protocol === 1 ? client.port : kind.port,
  };
  const dialsService = server.pod !== "" && random.chance(50);
  const snat = random.chance(25);
  const service = dialsService
    ? {
        namespace: server.entity.namespace,
        name: `${server.entity.name}-svc`,
        portName: "main",
        address: `10.96.0.${1 + random.integer(5)}`,
        port: 80,
      }
    : null;
  const translation = [...(dialsService ? ["dnat"] : []), ...(snat ? ["snat"] : [])].join("+") || "none";
  const connection = {
    // Beyond 2^53 and beyond 2^63: ids are never numbers.
    id: (BigInt(index + 1) * 0x9e37_79b9_7f4a_7c15n) & 0xffff_ffff_ffff_ffffn,
    protocol: kind.protocol,
    client,
    server,
    service,
    translation,
  };
  return { ...connection, rows: randomRows(random, connection, windows) };
}

function randomEnd(random: RandomSource, isClient: boolean): Omit<TrueEnd, "port"> {
  const roll = random.integer(10);
  const node = random.pick(NODES);
  const digit = 1 + random.integer(5);
  const nameless = { namespace: "", workloadKind: "" };
  if (roll === 0) {
    const address = `203.0.113.${digit}`;
    return { entity: { kind: "external", ...nameless, name: address }, address, pod: "", node: "" };
  }
  if (roll === 1) {
    const address = `192.168.0.${NODES.indexOf(node) + 1}`;
    return { entity: { kind: "node", ...nameless, name: node }, address, pod: "", node };
  }
  if (roll === 2 && !isClient) {
    const address = `fd00::${digit}`;
    return { entity: { kind: "unknown", ...nameless, name: address }, address, pod: "", node: "" };
  }
  const entity = random.pick(WORKLOADS);
  const address = `10.0.${WORKLOADS.indexOf(entity)}.${digit}`;
  return { entity, address, pod: `${entity.name}-${digit}`, node };
}

/** How a TCP connection goes: what its first window shows. */
const FATES = ["answered", "refused", "silent", "middle", "half"] as const;

function randomRows(
  random: RandomSource,
  connection: Omit<TrueConnection, "rows">,
  windows: number,
): StoredHop[] {
  const fate = random.pick(FATES);
  const firstWindow = random.integer(windows);
  const lastWindow = firstWindow + random.integer(windows - firstWindow);
  const hasReplies = fate === "answered" || fate === "refused" || fate === "middle";
  const places = randomPlaces(random, connection);
  const rows: StoredHop[] = [];
  for (let window = firstWindow; window <= lastWindow; window++) {
    for (const [placeIndex, place] of places.entries()) {
      for (const isReply of hasReplies ? [0, 1] : [0]) {
        const begins =
          window === firstWindow && connection.protocol === 6 && fate !== "middle" && fate !== "half";
        const packets = 1 + random.integer(50);
        const refusal = isReply === 1 && fate === "refused" && connection.protocol === 6;
        rows.push(
          hop({
            ...identityColumns(connection, place.knowsTranslation),
            connection_id: connection.id,
            is_reply: isReply,
            window_start: T0 + window * 10,
            node: place.node,
            interface: place.interface,
            interface_index: place.interfaceIndex,
            role: place.role,
            direction: isReply === 0 ? place.direction : 1 - place.direction,
            protocol: connection.protocol,
            reporter: placeIndex === 0 ? 1 : 0,
            packets,
            bytes: packets * (60 + random.integer(1400)),
            payload_bytes: refusal ? 0 : packets * (1 + random.integer(1000)),
            payload_packets: refusal ? 0 : packets,
            retransmitted_bytes: random.chance(20) ? random.integer(3000) : 0,
            out_of_order_bytes: packets % 5 === 0 ? 700 + packets : 0,
            gap_bytes: random.chance(10) ? random.integer(2000) - 1000 : 0,
            syn_packets: begins && isReply === 0 ? 1 : 0,
            syn_ack_packets: begins && isReply === 1 && !refusal ? 1 : 0,
            rst_packets: refusal ? packets : 0,
            handshake_us:
              begins && isReply === 0 && fate === "answered" ? 100 + random.integer(50_000) / 8 : -1,
            first_seen_us: (T0 + window * 10) * 1e6 + random.integer(4_000_000),
            last_seen_us: (T0 + window * 10) * 1e6 + 4_000_000 + random.integer(5_000_000),
          }),
        );
      }
    }
  }
  return rows;
}

interface Place {
  readonly node: string;
  readonly interface: string;
  readonly interfaceIndex: number;
  readonly role: string;
  /** Of the client's packets. */
  readonly direction: number;
  readonly knowsTranslation: boolean;
}

/** The way from client to server, as far as an agent sees it; at least one place. */
function randomPlaces(random: RandomSource, { client, server }: Omit<TrueConnection, "rows">): Place[] {
  const near = client.node || "node1";
  const far = server.node || "node2";
  const way: Place[] = [
    { node: near, interface: "veth1", interfaceIndex: 3, role: "pod", direction: 0, knowsTranslation: true },
    {
      node: near,
      interface: "eth0",
      interfaceIndex: 2,
      role: "uplink",
      direction: 1,
      knowsTranslation: true,
    },
    {
      node: far,
      interface: "eth0",
      interfaceIndex: 2,
      role: "uplink",
      direction: 0,
      knowsTranslation: false,
    },
    { node: far, interface: "veth9", interfaceIndex: 9, role: "pod", direction: 1, knowsTranslation: false },
  ];
  return way.slice(0, 1 + random.integer(way.length));
}

function identityColumns(
  connection: Omit<TrueConnection, "rows">,
  knowsTranslation: boolean,
): Partial<StoredHop> {
  const { client, server, service, translation } = connection;
  const snat = translation.includes("snat");
  const node = client.node || "node1";
  // What the server sees of a client behind a source translation: a node.
  const seenAddress = snat ? `192.168.0.${NODES.indexOf(node) + 1}` : client.address;
  const seenPort = snat ? 61_000 : client.port;
  const nodeAsClient: TrueEnd = {
    entity: { kind: "node", namespace: "", workloadKind: "", name: node },
    address: seenAddress,
    port: seenPort,
    pod: "",
    node,
  };
  const known = knowsTranslation && translation !== "none";
  const named = snat && !knowsTranslation ? nodeAsClient : client;
  return {
    client_address: seenAddress,
    client_port: seenPort,
    server_address: server.address,
    server_port: server.port,
    original_client_address: known ? client.address : seenAddress,
    original_client_port: known ? client.port : seenPort,
    original_server_address: known && service !== null ? service.address : server.address,
    original_server_port: known && service !== null ? service.port : server.port,
    translation: known ? translation : "none",
    client_kind: named.entity.kind,
    client_namespace: named.entity.namespace,
    client_workload_kind: named.entity.workloadKind,
    client_workload: named.entity.name,
    client_pod: named.pod,
    client_node: named.node,
    server_kind: server.entity.kind,
    server_namespace: server.entity.namespace,
    server_workload_kind: server.entity.workloadKind,
    server_workload: server.entity.name,
    server_pod: server.pod,
    server_node: server.node,
    service_namespace: known ? (service?.namespace ?? "") : "",
    service_name: known ? (service?.name ?? "") : "",
    service_port_name: known ? (service?.portName ?? "") : "",
  };
}
