import { expect, it } from "vitest";
import { embeddedStore } from "./embedded-store.js";
import { encodeStoredHops, hop, T0 } from "./stored-rows.js";

const store = await embeddedStore({ now: () => (T0 + 60) * 1000 });
const RANGE = { from: T0 * 1000, to: (T0 + 60) * 1000 };

it("adds up what a hop counted over windows, and tells the last ICMP error of the connection", async () => {
  const later = { window_start: T0 + 10 };
  await store.insertHops(
    encodeStoredHops([
      hop({
        out_of_order_bytes: 100,
        out_of_order_packets: 1,
        data_round_trip_sum_us: 900,
        data_round_trip_count: 3,
        timestamp_round_trip_count: 1,
        super_frames: 4,
        super_frame_segments: 40,
        fragments: 2,
        tcp_options: 1 + 2,
        maximum_segment_size: 1410,
        window_scale: 7,
        icmp_errors: 1,
        icmp_error_type: 3,
        icmp_error_code: 1,
        icmp_error_source: "10.0.0.9",
      }),
      hop({
        ...later,
        out_of_order_bytes: 50,
        out_of_order_packets: 2,
        data_round_trip_sum_us: 100,
        data_round_trip_count: 1,
        tcp_options: 16,
        closing: 1,
        row_flags: 8,
        encapsulation: "geneve",
        icmp_errors: 2,
        icmp_error_type: 3,
        icmp_error_code: 4,
        icmp_error_source: "10.0.0.1",
        icmp_error_mtu: 1450,
      }),
      // A hop that heard of an error and saw no packet in that window.
      hop({
        window_start: T0 + 20,
        interface: "eth0",
        role: "uplink",
        interface_index: 2,
        direction: 1,
        reporter: 0,
        packets: 0,
        bytes: 0,
        payload_bytes: 0,
        payload_packets: 0,
        icmp_errors: 1,
        icmp_error_type: 1,
        icmp_error_code: 4,
        icmp_error_source: "fd00::1",
      }),
    ]),
    "one",
  );
  const detail = await store.connectionDetail("0000000000000001", RANGE);
  expect(detail?.connection.forward).toEqual({
    packets: 20,
    bytes: 3000,
    payloadBytes: 2000,
    retransmittedBytes: 0,
    outOfOrderBytes: 150,
  });
  expect(detail?.connection.icmpError).toEqual({ source: "fd00::1", type: 1, code: 4, mtu: null });
  expect(detail?.hops).toMatchObject([
    {
      interface: "veth7",
      outOfOrderBytes: 150,
      outOfOrderPackets: 3,
      dataRoundTripUs: 250,
      dataRoundTrips: 4,
      timestampRoundTrips: 1,
      superFrames: 4,
      superFrameSegments: 40,
      fragments: 2,
      icmpErrors: 3,
      icmpError: { source: "10.0.0.1", type: 3, code: 4, mtu: 1450 },
      tcpOptions: ["mss", "window-scale", "timestamps"],
      maximumSegmentSize: 1410,
      windowScale: 7,
      closing: "fin",
      sampled: true,
      encapsulation: "geneve",
    },
    {
      interface: "eth0",
      packets: 0,
      dataRoundTripUs: null,
      icmpErrors: 1,
      icmpError: { source: "fd00::1", type: 1, code: 4, mtu: null },
      tcpOptions: [],
      maximumSegmentSize: null,
      windowScale: null,
      closing: "none",
      sampled: false,
      encapsulation: "none",
    },
  ]);
  const { connections } = await store.flows({ ...RANGE, sort: "lastSeen", order: "desc", limit: 5 });
  expect(connections).toEqual([detail?.connection]);
});

it("names no error where there was none", async () => {
  await store.insertHops(encodeStoredHops([hop({ connection_id: 2n })]), "two");
  const detail = await store.connectionDetail("0000000000000002", RANGE);
  expect(detail?.connection.icmpError).toBeNull();
  expect(detail?.hops[0]?.icmpError).toBeNull();
});

it("does not call an ICMP message unanswered that nobody answers, in the list and on the map", async () => {
  const ends = { protocol: 1, client_address: "10.0.0.1", server_address: "10.0.1.5" };
  const rows = [
    hop({ ...ends, connection_id: 3n, client_port: 0, server_port: (3 << 8) | 4 }),
    hop({ ...ends, connection_id: 4n, client_port: 77, server_port: 77 }),
  ];
  await store.insertHops(encodeStoredHops(rows), "three");
  const outcomeOf = async (id: string) => (await store.connectionDetail(id, RANGE))?.connection.outcome;
  expect(await outcomeOf("0000000000000003")).toBe("unknown");
  expect(await outcomeOf("0000000000000004")).toBe("unanswered");
  const DAY = { from: (T0 - 23 * 3600) * 1000, to: (T0 + 3600) * 1000 };
  const { edges } = await store.map({ ...DAY, maxNodes: 9, maxEdges: 9, protocol: ["icmp"] });
  expect(edges.map(({ outcomes }) => outcomes)).toEqual([{ unanswered: 1, unknown: 1 }]);
});
