import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DIRECTION_EGRESS, DIRECTION_INGRESS, LINKTYPE_ETHERNET } from "../src/frame-source.js";
import { type CaptureChild, ip, isTcpOf, isUdpTo, NamespacePair } from "./namespace-pair.js";

const UDP_HEADERS = 14 + 20 + 8;

describe.skipIf(process.getuid?.() !== 0)(
  "cap on real interfaces (needs root for network namespaces)",
  () => {
    let pair: NamespacePair;
    beforeAll(() => {
      pair = new NamespacePair("cap");
    });
    afterAll(() => pair?.remove());

    /** libpcap loses the first frame of each handle whose filter asks for a direction (see README.md). */
    const spendFirstFrame = async (capture: CaptureChild, ...addresses: string[]): Promise<void> => {
      await quiet(capture);
      for (const address of addresses) pair.send("udp", address, 7100, 1, 20);
      await quiet(capture);
    };
    const quiet = (capture: CaptureChild): Promise<unknown> =>
      capture.frames(Number.POSITIVE_INFINITY, () => false);

    test("gives the same frames as the ring, in both directions, and says that it does not know its drops", async () => {
      const capture = await pair.capture("cap", { interfaces: ["b0", "b1"], snapLength: 100 });
      const [b0, b1] = (await capture.opened).indexes as number[];
      await spendFirstFrame(capture, "10.99.0.2", "10.99.1.2");
      const beforeUs = Date.now() * 1000;
      pair.send("udp", "10.99.0.2", 7101, 200, 1000);
      pair.send("udp", "10.99.1.2", 7101, 100, 1000);
      const frames = await capture.frames(300, isUdpTo(7101));
      expect(frames.filter(({ interfaceIndex }) => interfaceIndex === b0)).toHaveLength(200);
      expect(frames.filter(({ interfaceIndex }) => interfaceIndex === b1)).toHaveLength(100);
      for (const frame of frames) {
        expect(frame).toMatchObject({
          direction: DIRECTION_INGRESS,
          captured: 100,
          wire: 1000 + UDP_HEADERS,
          vlanTag: -1,
          linkType: LINKTYPE_ETHERNET,
        });
        expect(frame.timeUs).toBeGreaterThan(beforeUs - 2000);
        expect(frame.timeUs).toBeLessThan(Date.now() * 1000 + 2000);
      }

      await pair.serve(7102);
      pair.send("tcp", "10.99.0.2", 7102, 1000);
      const segments = await capture.frames(Number.POSITIVE_INFINITY, isTcpOf(7102));
      const flagsOf = (direction: number): number[] =>
        segments
          .filter((frame) => frame.direction === direction)
          .map(({ hex }) => Number.parseInt(hex.slice(94, 96), 16));
      expect(flagsOf(DIRECTION_INGRESS)[0]).toBe(0x02);
      expect(flagsOf(DIRECTION_EGRESS)[0]).toBe(0x12);

      const { statistics } = (await capture.order("take")) as { statistics: object };
      expect(statistics).toMatchObject({ dropped: 0, dropsKnown: false, restarts: 0 });
      expect(await capture.order("close")).toMatchObject({ afterClose: -1, sockets: 0, children: 0 });
    });

    test("watch() changes the devices", async () => {
      const capture = await pair.capture("cap", { interfaces: ["b0"] });
      await capture.order("watch", { names: ["b1", "lo"] });
      await spendFirstFrame(capture, "10.99.0.2", "10.99.1.2");
      pair.send("udp", "10.99.0.2", 7103, 10, 20);
      pair.send("udp", "10.99.1.2", 7103, 10, 20);
      const [, b1] = (await capture.order("watch", { names: ["b0", "b1"] })).interfaces as {
        index: number;
      }[];
      const frames = await capture.frames(10, isUdpTo(7103));
      expect(frames.map(({ interfaceIndex }) => interfaceIndex)).toEqual(Array(10).fill(b1?.index));
      await capture.order("close");
    });

    test("outlives a device that goes away, which ends libpcap's process", async () => {
      ip("-n", pair.b, "link", "add", "gone0", "type", "veth", "peer", "name", "gone1");
      ip("-n", pair.b, "link", "set", "gone0", "up");
      const capture = await pair.capture("cap", { interfaces: ["b0", "gone0"] });
      await quiet(capture);
      ip("-n", pair.b, "link", "delete", "gone0");
      await spendFirstFrame(capture, "10.99.0.2");
      pair.send("udp", "10.99.0.2", 7104, 10, 20);
      expect(await capture.frames(10, isUdpTo(7104))).toHaveLength(10);
      const { statistics, warnings } = await capture.order("take");
      expect(statistics).toMatchObject({ restarts: 1 });
      expect(warnings).toEqual(["CAPTURE_CAP_RESTARTED"]);
      await capture.order("close");
    });

    test("says which capability is missing", async () => {
      const capture = await pair.capture("cap", {}, [
        "setpriv",
        "--bounding-set=-net_raw",
        "--inh-caps=-net_raw",
      ]);
      expect(await capture.opened).toMatchObject({
        fault: "CAPTURE_PERMISSION",
        sentence: expect.stringContaining("NET_RAW"),
      });
    });
  },
);
