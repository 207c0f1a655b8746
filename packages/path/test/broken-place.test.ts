import { describe, expect, test } from "vitest";
import { type Evidence, type HopRow, type PathEnd, tracePath } from "../src/index.js";
import {
  ACROSS,
  BACK,
  complete,
  connection,
  DB,
  DB_BESIDE,
  hopRow,
  LATER,
  OUTSIDE,
  REPLY,
  SYNS,
  WEB,
  WINDOW,
} from "./path-rows.js";

const UNANSWERED = connection(WEB, DB, { outcome: "unanswered" });
const BOTH = complete("node1", "node2");

function broken(rows: readonly HopRow[], evidence: readonly Evidence[] = [], of = UNANSWERED) {
  return tracePath(of, rows, BOTH, evidence, LATER).broken;
}

const syns = (places: readonly string[]) => places.map((place) => hopRow(place, SYNS));

describe("the first silent hop", () => {
  test("inside the source node", () => {
    expect(broken(syns(ACROSS.slice(0, 1)))).toEqual({
      direction: "forward",
      missing: "everything",
      lastSeen: 0,
      firstSilent: 1,
      segment: "source node",
      evidence: [{ kind: "unanswered-syn", packets: 4 }],
      sentence:
        "Packets from web-1 to db-1 pass veth1 on node1 (4 packets) and never reach the uplink on node1: they are lost inside node1, the source node. 4 SYNs went unanswered. Look at the routes, the FORWARD chain and the network policies of node1.",
    });
  });

  test("on the wire, through a tunnel", () => {
    const rows = ACROSS.slice(0, 2).map((place, index) =>
      hopRow(place, {
        ...SYNS,
        ...(index === 1
          ? { encapsulation: "vxlan", outerSource: "192.0.2.1", outerDestination: "192.0.2.2", vni: 1 }
          : {}),
      }),
    );
    expect(broken(rows)).toMatchObject({
      lastSeen: 1,
      firstSilent: 2,
      segment: "wire",
      sentence:
        "Packets from web-1 to db-1 pass eth0 on node1 (4 packets) and never reach the uplink on node2: they are lost on the wire from node1 to node2. 4 SYNs went unanswered. Look at what lies between the two nodes (vxlan from 192.0.2.1 to 192.0.2.2): firewalls, security groups, the switch, and that both agree on routes and MTU.",
    });
  });

  test("inside the destination node, by a rule that says so; what is known of other nodes is no evidence", () => {
    const drop: Evidence = { kind: "rule-drop", node: "node2", rule: "deny-db", packets: 4 };
    expect(
      broken(syns(ACROSS.slice(0, 3)), [
        { kind: "interface-drops", node: "node1", interface: "eth0", frames: 9 },
        { kind: "conntrack-unreplied", node: "node2" },
        drop,
      ]),
    ).toMatchObject({
      segment: "destination node",
      evidence: [drop, { kind: "conntrack-unreplied" }, { kind: "unanswered-syn" }],
      sentence:
        "Packets from web-1 to db-1 pass eth0 on node2 (4 packets) and never reach the pod's interface on node2: they are lost inside node2, the destination node. Rule \"deny-db\" on node2 dropped 4 packets: change the rule, or the policy that made it. node2's conntrack has it, unreplied: its rules let it through, and nothing came back to it.",
    });
  });

  test("conntrack has it on the last node that it left, and no answer came back there", () => {
    const tracked = (places: readonly string[]) =>
      places.map((place) => hopRow(place, { ...SYNS, isTracked: true }));
    expect(broken(tracked(ACROSS))).toMatchObject({
      evidence: [
        { kind: "conntrack-unreplied", node: "node2" },
        { kind: "unanswered-syn", packets: 4 },
      ],
      sentence:
        "Packets from web-1 to db-1 reach db-1 (veth2 on node2), which sends nothing back. node2's conntrack has it, unreplied: its rules let it through, and nothing came back to it. 4 SYNs went unanswered.",
    });
    expect(broken(tracked(ACROSS.slice(0, 2)))?.evidence[0]).toEqual({
      kind: "conntrack-unreplied",
      node: "node1",
    });
    // What did not leave the node, and what its node's capture may have missed an answer to.
    expect(broken(tracked(ACROSS.slice(0, 1)))?.evidence).toEqual([{ kind: "unanswered-syn", packets: 4 }]);
    const lossy = BOTH.map((row) => (row.node === "node2" ? { ...row, droppedFrames: 5 } : row));
    const doubtful = tracePath(UNANSWERED, tracked(ACROSS), lossy, [], LATER).broken;
    expect(doubtful?.evidence).toEqual([{ kind: "unanswered-syn", packets: 4 }]);
  });

  test("on the way back", () => {
    const rows = [
      ...syns(ACROSS),
      ...BACK.slice(0, 2).map((place) => hopRow(place, { ...REPLY, packets: 3 })),
    ];
    expect(broken(rows)).toMatchObject({ direction: "reply", lastSeen: 1, firstSilent: 2, segment: "wire" });
  });

  test("a receiver that does not answer", () => {
    expect(broken(syns(ACROSS))).toMatchObject({
      lastSeen: 3,
      firstSilent: null,
      segment: null,
      sentence:
        "Packets from web-1 to db-1 reach db-1 (veth2 on node2), which sends nothing back. 4 SYNs went unanswered.",
    });
  });

  test("refused by the receiver, and by somebody on the way", () => {
    const rst = { ...SYNS, isReply: true, synPackets: 0, rstPackets: 4 };
    const of = { ...UNANSWERED, outcome: "refused" };
    expect(broken([...syns(ACROSS), ...BACK.map((place) => hopRow(place, rst))], [], of)).toMatchObject({
      firstSilent: null,
      evidence: [{ kind: "reset", node: "node2", by: "receiver", packets: 4 }],
    });
    const onTheWay = [...syns(ACROSS.slice(0, 1)), hopRow("node1 veth1 pod egress", rst)];
    expect(broken(onTheWay, [], of)).toMatchObject({
      lastSeen: 0,
      firstSilent: 1,
      segment: "source node",
      evidence: [{ kind: "reset", node: "node1", by: "network", packets: 4 }],
    });
  });

  test("an ICMP error names the next hop's MTU", () => {
    const error = { source: "192.0.2.9", type: 3, code: 4, mtu: 1400 };
    const rows = ACROSS.map((place, index) =>
      index < 2
        ? hopRow(place, {
            retransmittedBytes: 900_000,
            ...(index === 1 ? { icmpErrors: 2, icmpError: error } : {}),
          })
        : hopRow(place, { ...SYNS, synPackets: 1 }),
    );
    expect(broken(rows, [], connection(WEB, DB))).toMatchObject({
      missing: "payload",
      lastSeen: 1,
      firstSilent: 2,
      segment: "wire",
      evidence: [
        { kind: "icmp-error", node: "node1", error },
        { kind: "large-packets-lost", packetBytes: 1000 },
      ],
      sentence: expect.stringContaining(
        "192.0.2.9 says that its packets are too large for a next hop that takes 1400 bytes: lower the MTU of the sender's interface.",
      ),
    });
  });

  test("a connection that stopped coming through", () => {
    const rows = ACROSS.map((place, index) =>
      hopRow(place, { lastSeenUs: (WINDOW + (index === 0 ? 9 : 3)) * 1e6 }),
    );
    expect(broken(rows, [], connection(WEB, DB))).toMatchObject({
      missing: "everything-since",
      lastSeen: 0,
      firstSilent: 1,
    });
  });

  test("a window that the later hop's node has not told of is no silence", () => {
    const rows = ACROSS.flatMap((place, index) => [
      hopRow(place),
      ...(index < 2 ? [hopRow(place, { windowStart: WINDOW + 20, rowFlags: 0 })] : []),
    ]);
    const late = BOTH.filter((row) => row.node === "node1" || row.windowStart < WINDOW + 20);
    const trace = (completeness: typeof BOTH) =>
      tracePath(connection(WEB, DB), rows, completeness, [], LATER).broken?.missing;
    expect(trace(late)).toBeUndefined();
    expect(trace(BOTH)).toBe("everything-since");
  });

  test("clocks that differ by five seconds are no silence", () => {
    const rows = ACROSS.map((place, index) =>
      hopRow(place, { lastSeenUs: (WINDOW + (index < 2 ? 9 : 4)) * 1e6 }),
    );
    expect(broken(rows, [], connection(WEB, DB))).toBeNull();
  });

  test("a Service that nobody saw translated may lack a backend or be denied", () => {
    const service: PathEnd = { kind: "service", node: "", address: "10.96.0.5", port: 80, name: "shop/db" };
    const of = connection(WEB, service, { outcome: "unanswered" });
    expect(broken(syns(ACROSS.slice(0, 1)), [], of)).toMatchObject({
      lastSeen: 0,
      firstSilent: null,
      sentence:
        "Packets from web-1 to shop/db are last seen at veth1 on node1, and nothing comes back from beyond. 4 SYNs went unanswered. Nobody saw them translated to a backend: either Service shop/db has no ready one, or node1 drops them; look at the Service's endpoints, and at the FORWARD chain and the network policies of node1.",
    });
  });

  describe("behind a NodePort, for a client outside of the cluster", () => {
    const byNode3 = connection(OUTSIDE, DB, { outcome: "unanswered", translation: "dnat+snat" });
    const trace = (of: typeof byNode3, places: readonly string[]) =>
      tracePath(of, syns(places), complete("node2", "node3"), [], LATER).broken;
    const node3 = ["node3 eth0 uplink ingress", "node3 eth0 uplink egress"];

    test("between its node and that of the pod", () => {
      expect(trace(byNode3, node3)).toMatchObject({
        lastSeen: 1,
        firstSilent: 2,
        segment: "wire",
        sentence: expect.stringMatching(
          /^Packets from 203\.0\.113\.10 to db-1 pass eth0 on node3 \(4 packets\) and never reach the uplink on node2: they are lost on the wire from node3 to node2\./,
        ),
      });
    });

    test("inside the pod's node, by another one or by its own (externalTrafficPolicy Local)", () => {
      const sentence = expect.stringMatching(
        /^Packets from 203\.0\.113\.10 to db-1 pass eth0 on node2 \(4 packets\) and never reach the pod's interface on node2: they are lost inside node2, the destination node\./,
      );
      const own = connection(OUTSIDE, DB, { outcome: "unanswered", translation: "dnat" });
      expect(trace(byNode3, [...node3, "node2 eth0 uplink ingress"])).toMatchObject({
        lastSeen: 2,
        sentence,
      });
      expect(trace(own, ["node2 eth0 uplink ingress"])).toMatchObject({ lastSeen: 0, sentence });
    });
  });

  test("of a hairpin, behind the veth that it should come back by; of a host-network client, on its way out", () => {
    const hairpin = connection(WEB, WEB, { outcome: "unanswered", translation: "dnat+snat" });
    expect(broken(syns(ACROSS.slice(0, 1)), [], hairpin)?.sentence).toMatch(
      /^Packets from web-1 to web-1 pass veth1 on node1 \(4 packets\) and never reach the pod's interface on node1: they are lost inside node1, the source node\./,
    );
    const host: PathEnd = { kind: "host", node: "node1", address: "192.0.2.1", port: 0, name: "node1" };
    const of = connection(host, DB, { outcome: "unanswered" });
    expect(broken(syns(ACROSS.slice(1, 2)), [], of)).toMatchObject({ segment: "wire", lastSeen: 0 });
  });

  test("nothing is said too early, of an agent that was away, or of a healthy connection", () => {
    const first = syns(ACROSS.slice(0, 1));
    const at = (nowMs: number, completeness = BOTH) =>
      tracePath(UNANSWERED, first, completeness, [], { nowMs }).forward.hops[1]?.state;
    expect(at((WINDOW + 3) * 1000)).toBe("waiting");
    expect(
      at(
        (WINDOW + 8) * 1000,
        BOTH.filter((row) => row.windowStart < WINDOW),
      ),
    ).toBe("silent");
    expect(
      at(
        LATER.nowMs,
        BOTH.filter((row) => row.windowStart !== WINDOW),
      ),
    ).toBe("uncertain");
    const beside = ["node1 veth1 pod ingress", "node1 veth2 pod egress"].map((place) => hopRow(place));
    const back = ["node1 veth2 pod ingress", "node1 veth1 pod egress"].map((place) => hopRow(place, REPLY));
    expect(broken([...beside, ...back], [], connection(WEB, DB_BESIDE))).toBeNull();
  });
});
