import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DIRECTION_EGRESS, DIRECTION_INGRESS, LINKTYPE_ETHERNET } from "../src/frame-source.js";
import { isSampled } from "../src/sampling.js";
import { isTcpOf, isUdpTo, NamespacePair } from "./namespace-pair.js";
import { randomFrame } from "./random-frame.js";

const UDP_HEADERS = 14 + 20 + 8;

describe.skipIf(process.getuid?.() !== 0)(
  "the packet ring on real interfaces (needs root for network namespaces)",
  () => {
    let pair: NamespacePair;
    beforeAll(() => {
      pair = new NamespacePair("ring");
    });
    afterAll(() => pair?.remove());

    test("counts every datagram once, with direction, interface, time and the length that snaplen cut", async () => {
      const capture = await pair.capture("ring", { interfaces: ["b0"], snapLength: 100 });
      const [index] = (await capture.opened).indexes as number[];
      const beforeUs = Date.now() * 1000;
      pair.send("udp", "10.99.0.2", 7001, 500, 1000);
      const frames = await capture.frames(500, isUdpTo(7001));
      expect(frames).toHaveLength(500);
      for (const frame of frames) {
        expect(frame).toMatchObject({
          interfaceIndex: index,
          direction: DIRECTION_INGRESS,
          captured: 100,
          wire: 1000 + UDP_HEADERS,
          vlanTag: -1,
          linkType: LINKTYPE_ETHERNET,
        });
        expect(frame.timeUs).toBeGreaterThan(beforeUs - 1000);
        expect(frame.timeUs).toBeLessThan(Date.now() * 1000 + 1000);
      }
      const times = frames.map((frame) => frame.timeUs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      await capture.order("close");
    });

    test("sees both directions of a TCP connection, and every payload byte", async () => {
      const capture = await pair.capture("ring", { interfaces: ["b0"] });
      await pair.serve(7002);
      pair.send("tcp", "10.99.0.2", 7002, 100_000);
      const frames = await capture.frames(Number.POSITIVE_INFINITY, isTcpOf(7002));
      const ingress = frames.filter((frame) => frame.direction === DIRECTION_INGRESS);
      const egress = frames.filter((frame) => frame.direction === DIRECTION_EGRESS);
      expect(ingress.length + egress.length).toBe(frames.length);
      const tcpFlags = (hex: string): number => Number.parseInt(hex.slice(94, 96), 16);
      expect(tcpFlags(ingress[0]!.hex)).toBe(0x02);
      expect(tcpFlags(egress[0]!.hex)).toBe(0x12);
      const payload = ({ hex }: { hex: string }): number =>
        Number.parseInt(hex.slice(32, 36), 16) - 20 - 4 * Number.parseInt(hex.slice(92, 93), 16);
      expect(ingress.reduce((sum, frame) => sum + payload(frame), 0)).toBe(100_000);
      await capture.order("close");
    });

    test("tells the segment size of super-frames, where the sender's stack leaves segmenting to the device", async () => {
      const capture = await pair.capture("ring", { interfaces: ["b0"], segmentSizes: true });
      await pair.serve(7008);
      pair.send("tcp", "10.99.0.2", 7008, 1_000_000);
      const frames = await capture.frames(Number.POSITIVE_INFINITY, isTcpOf(7008));
      const sizes = new Map<boolean, Set<number>>([
        [true, new Set()],
        [false, new Set()],
      ]);
      for (const { wire, gsoSize } of frames) sizes.get(wire > 1514)?.add(gsoSize);
      // 1500 less IPv4 and TCP with timestamps.
      expect(sizes.get(true)).toEqual(new Set([1448]));
      expect(sizes.get(false)).toEqual(new Set([0]));
      await capture.order("close");
    });

    test("takes the VLAN tag from metadata", async () => {
      const capture = await pair.capture("ring", { interfaces: ["b0"] });
      // The receiving kernel takes the tag off before packet sockets see the frame. Priority 5, VLAN 7.
      const addresses = `${"ff".repeat(6)}020000000001`;
      const datagram = `4500001e00000000401100000a6300010a630002${"1b5b1b5b000a0000"}abcd`;
      pair.send("frame", "a0", `${addresses}8100a0070800${datagram}`, 5);
      const frames = await capture.frames(5, isUdpTo(7003));
      expect(frames.map(({ vlanTag }) => vlanTag)).toEqual(Array(5).fill((5 << 13) | 7));
      await capture.order("close");
    });

    test("watch() changes the interfaces at run time, and the loopback is never among them", async () => {
      const capture = await pair.capture("ring", {});
      const sendBoth = async (port: number): Promise<[number, number]> => {
        pair.send("udp", "10.99.0.2", port, 10, 20);
        pair.send("udp", "10.99.1.2", port, 10, 20);
        const frames = await capture.frames(20, isUdpTo(port));
        const seen = new Map<number, number>();
        for (const { interfaceIndex } of frames)
          seen.set(interfaceIndex, (seen.get(interfaceIndex) ?? 0) + 1);
        const [b0, b1] = indexes;
        return [seen.get(b0!) ?? 0, seen.get(b1!) ?? 0];
      };
      const both = (await capture.order("watch", { names: ["b0", "b1"] })).interfaces as {
        index: number;
        name: string;
      }[];
      expect(both.map(({ name }) => name)).toEqual(["b0", "b1"]);
      const indexes = both.map(({ index }) => index);
      expect(await sendBoth(7010)).toEqual([10, 10]);
      await capture.order("watch", { names: ["b1"] });
      expect(await sendBoth(7011)).toEqual([0, 10]);
      expect((await capture.order("watch", { names: ["lo"] })).interfaces).toEqual([]);
      expect(await sendBoth(7012)).toEqual([0, 0]);
      await capture.order("watch", { names: ["b0", "lo"] });
      expect(await sendBoth(7013)).toEqual([10, 0]);
      await capture.order("close");
    });

    test("samples in the kernel as isSampled does, frames of every kind", async () => {
      const capture = await pair.capture("ring", { interfaces: ["b0"], snapLength: 14 });
      const random = fc
        .sample(randomFrame, { seed: 3, numRuns: 1500 })
        .filter(({ deviceType, bytes }) => deviceType === 1 && bytes.length >= 60 && bytes.length <= 1514);
      const numbered = random.map(({ bytes }, i) => {
        const copy = Buffer.from(bytes);
        copy.writeUIntBE(i, 6, 6);
        return copy;
      });
      for (const shift of [0, 2, 10]) {
        expect(await capture.order("sample", { shift })).toEqual({ sampled: true });
        pair.sendFrames(numbered);
        const frames = await capture.frames(Number.POSITIVE_INFINITY, ({ hex }) =>
          hex.startsWith("020202020202"),
        );
        const expected = random.flatMap(({ isAlwaysKept, connection }, i) =>
          isAlwaysKept ||
          connection === undefined ||
          isSampled(connection.protocol, connection.sourcePort, connection.destinationPort, shift)
            ? [i]
            : [],
        );
        expect(frames.map(({ hex }) => Number.parseInt(hex.slice(12, 24), 16))).toEqual(expected);
      }
      await capture.order("close");
    });

    test("a focus takes its connection in full, from interfaces that are not watched too", async () => {
      const capture = await pair.capture("ring", { interfaces: ["b1"] });
      const mapped = (tail: string): string => `${"0".repeat(20)}ffff${tail}`;
      const tuple = {
        ...{ protocol: 17, addressA: mapped("0a630002"), portA: 9000 },
        ...{ addressB: mapped("0a630001"), portB: 32_768 + 5 },
      };
      const answer = await capture.order("focus", { tuples: [tuple], names: ["b0", "b1"] });
      expect(answer).toMatchObject({ focused: true, interfaces: [{ name: "b0" }, { name: "b1" }] });
      await capture.order("sample", { shift: 10 });
      const sent = pair.flood({ framesPerSecond: 20_000, durationMs: 300, ports: 50, tcpEvery: 4 });
      const frames = await capture.frames(Number.POSITIVE_INFINITY);
      expect(new Set(frames.map(({ hex }) => hex.slice(68, 76)))).toEqual(new Set(["80052328"]));
      expect(Math.abs(frames.length - sent.udp / 50)).toBeLessThan(1);
      await capture.order("focus", { tuples: [], names: [] });
      pair.flood({ framesPerSecond: 20_000, durationMs: 100, ports: 50, tcpEvery: 4 });
      expect(await capture.frames(Number.POSITIVE_INFINITY)).toEqual([]);
      await capture.order("close");
    });

    test("counts what a full ring drops, over several reads of the counters", async () => {
      const capture = await pair.capture("ring", {
        interfaces: ["b0"],
        blockBytes: 65_536,
        blockCount: 2,
        snapLength: 2000,
      });
      await capture.order("take");
      await capture.order("poll", { on: false });
      pair.send("udp", "10.99.0.2", 7004, 1000, 1000);
      const first = (await capture.order("take")).statistics as Record<string, number>;
      pair.send("udp", "10.99.0.2", 7004, 1000, 1000);
      await capture.order("poll", { on: true });
      const { frames, statistics } = await drained(capture);
      expect(first.dropped).toBeGreaterThan(0);
      expect(statistics.dropped).toBeGreaterThan(first.dropped! + 900);
      expect(statistics.freezes).toBeGreaterThan(0);
      expect(statistics.dropsKnown).toBe(true);
      // Neighbour discovery may add a frame or two of its own.
      expect(statistics.delivered! + statistics.dropped!).toBeGreaterThanOrEqual(2000);
      expect(statistics.delivered! + statistics.dropped!).toBeLessThan(2010);
      expect(frames).toBeGreaterThan(0);
      await capture.order("close");
    });

    test("close() gives back socket and memory, and may be repeated", async () => {
      const capture = await pair.capture("ring", { interfaces: ["b0"] });
      pair.send("udp", "10.99.0.2", 7005, 50, 20);
      expect(await capture.order("close")).toEqual({
        afterClose: -1,
        statistics: expect.objectContaining({ dropped: 0 }),
        sockets: 0,
        maps: 0,
        children: 0,
      });
    });

    test("ends in good order with its worker, in the middle of a hand-over, and under a consumer that throws", async () => {
      expect(await pair.runUnderTraffic("./ring-lifetime.mjs", 7006)).toEqual({
        inWorker: [1, 0],
        afterClosingInside: -1,
        thrown: 1,
        sockets: 0,
      });
    });

    test("says which capability is missing", async () => {
      const capture = await pair.capture("ring", {}, [
        "setpriv",
        "--bounding-set=-net_raw",
        "--inh-caps=-net_raw",
      ]);
      const { fault, sentence } = await capture.opened;
      expect(fault).toBe("CAPTURE_PERMISSION");
      expect(sentence).toMatch(/NET_RAW.*EPERM.*setcap/);
    });

    async function drained(
      capture: Awaited<ReturnType<NamespacePair["capture"]>>,
    ): Promise<{ frames: number; statistics: Record<string, number> }> {
      const frames = await capture.frames(Number.POSITIVE_INFINITY);
      return {
        frames: frames.length,
        statistics: (await capture.order("take")).statistics as Record<string, number>,
      };
    }
  },
);
