import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FocusTuple } from "../src/focus.js";
import {
  ANCILLARY_INTERFACE_INDEX,
  encode,
  JUMP_EQUAL,
  LOAD_WORD,
  LONGEST_PROGRAM,
  RETURN,
} from "../src/ring/cbpf.js";
import { type FilterOrder, packetFilter } from "../src/ring/packet-filter.js";
import { isSampled } from "../src/sampling.js";
import { runFilter } from "./cbpf-machine.js";
import { type RandomFrame, randomFrame } from "./random-frame.js";

const order = (more: Partial<FilterOrder>): FilterOrder => ({
  watched: [],
  snapLength: 192,
  samplingShift: 0,
  focus: [],
  focusInterfaces: [],
  vxlanPorts: [4789, 8472],
  genevePorts: [6081],
  ...more,
});
const EMPTY = new Uint8Array(0);
const RAW: RandomFrame = { bytes: EMPTY, deviceType: 1, connection: undefined, isAlwaysKept: true };
const keptOf = (
  program: ReturnType<typeof packetFilter>,
  { bytes, deviceType }: RandomFrame,
  on: number,
): number => runFilter(program, { bytes, deviceType, interfaceIndex: on }).kept;

describe("packetFilter: interfaces", () => {
  test("nothing to watch refuses everything", () => {
    expect(packetFilter(order({}))).toEqual([{ code: RETURN, jumpTrue: 0, jumpFalse: 0, operand: 0 }]);
  });

  test("three interfaces, instruction by instruction", () => {
    expect(
      packetFilter(order({ watched: [3, 9, 12], snapLength: 128 })).map(
        ({ code, jumpTrue, jumpFalse, operand }) => [code, jumpTrue, jumpFalse, operand],
      ),
    ).toEqual([
      [LOAD_WORD, 0, 0, 0xffff_f008],
      [JUMP_EQUAL, 2, 0, 3],
      [JUMP_EQUAL, 1, 0, 9],
      [JUMP_EQUAL, 0, 1, 12],
      [RETURN, 0, 0, 128],
      [RETURN, 0, 0, 0],
    ]);
  });

  test("keeps what is newer than the newest that is known, and of the known ones those asked for", () => {
    const kept = (more: Partial<FilterOrder>) => {
      const program = packetFilter(order({ snapLength: 128, ...more }));
      return [4, 5, 6, 9, 10, 11, 5000].filter((index) => keptOf(program, RAW, index) === 128);
    };
    expect(kept({ watched: [5], newestKnown: 9 })).toEqual([5, 10, 11, 5000]);
    expect(kept({ newestKnown: 9 })).toEqual([10, 11, 5000]);
    expect(kept({ watched: [5, 10], newestKnown: 10 })).toEqual([5, 10, 11, 5000]);
    // An interface was described after the newest was asked for.
    expect(kept({ watched: [5, 10], newestKnown: 6 })).toEqual([5, 10, 11, 5000]);
    const many = Array.from({ length: 1000 }, (_, i) => 20 + 2 * i);
    const program = packetFilter(order({ watched: many, newestKnown: 3000, samplingShift: 1 }));
    const steps = runFilter(program, { ...RAW, interfaceIndex: 3001 }).steps;
    expect(steps).toBeLessThan(20);
  });

  test("keeps exactly the interfaces asked for, in few steps", () => {
    const indexSets = fc.uniqueArray(fc.integer({ min: 2, max: 100_000 }), { maxLength: 600 });
    fc.assert(
      fc.property(indexSets, fc.integer({ min: 0, max: 100_001 }), (unordered, stranger) => {
        const indexes = unordered.toSorted((a, b) => a - b);
        const program = packetFilter(order({ watched: indexes }));
        for (const interfaceIndex of [...indexes, ...indexes.map((index) => index + 1), stranger]) {
          const { kept, steps } = runFilter(program, { bytes: EMPTY, deviceType: 1, interfaceIndex });
          expect(kept).toBe(indexes.includes(interfaceIndex) ? 192 : 0);
          expect(steps).toBeLessThanOrEqual(2 + 4 + 2 * Math.ceil(Math.log2(indexes.length + 1)));
        }
      }),
      { numRuns: 60 },
    );
  });

  test("more than the kernel takes is a Fault", () => {
    const indexes = (count: number): number[] => Array.from({ length: count }, (_, i) => 2 + 2 * i);
    expect(packetFilter(order({ watched: indexes(2000) })).length).toBeLessThanOrEqual(LONGEST_PROGRAM);
    const most = order({ watched: indexes(1500), samplingShift: 3, focus: [tuple(frame17)] });
    expect(packetFilter(most).length).toBeLessThanOrEqual(LONGEST_PROGRAM);
    expect(() => packetFilter(order({ watched: indexes(4000) }))).toThrow(
      expect.objectContaining({ code: "CAPTURE_FILTER_TOO_LONG" }),
    );
  });

  test("encodes to struct sock_filter in host order", () => {
    const bytes = encode(packetFilter(order({ watched: [5], snapLength: 64 })));
    expect(bytes.length).toBe(4 * 8);
    const words = new Uint32Array(bytes.buffer);
    expect([words[1], words[3], words[5], words[7]]).toEqual([ANCILLARY_INTERFACE_INDEX, 5, 64, 0]);
    expect(new Uint16Array(bytes.buffer)[4]).toBe(JUMP_EQUAL);
    expect([bytes[10], bytes[11]]).toEqual([0, 1]);
  });
});

describe("packetFilter: sampling", () => {
  test("keeps what isSampled chooses, and all that has nothing to choose by", () => {
    let sampledAway = 0;
    const many = Array.from({ length: 300 }, (_, i) => 2 + 3 * i);
    const programs = Array.from({ length: 11 }, (_, samplingShift) =>
      packetFilter(order({ watched: many, samplingShift })),
    );
    fc.assert(
      fc.property(randomFrame, fc.integer({ min: 0, max: 10 }), (frame, samplingShift) => {
        const { connection } = frame;
        const wanted =
          frame.isAlwaysKept ||
          connection === undefined ||
          isSampled(connection.protocol, connection.sourcePort, connection.destinationPort, samplingShift);
        expect(keptOf(programs[samplingShift]!, frame, 5)).toBe(wanted ? 192 : 0);
        expect(keptOf(programs[samplingShift]!, frame, 6)).toBe(0);
        if (!wanted) sampledAway++;
      }),
      { numRuns: 6000 },
    );
    expect(sampledAway).toBeGreaterThan(300);
  });

  test("a frame that is cut anywhere is decided upon without a load behind its end", () => {
    const program = packetFilter(order({ watched: [5], samplingShift: 10 }));
    fc.assert(
      fc.property(randomFrame, fc.nat(200), (frame, length) => {
        const cut = { ...frame, bytes: frame.bytes.subarray(0, length) };
        const whole = keptOf(program, frame, 5);
        const kept = keptOf(program, cut, 5);
        // Too short to tell is kept; only inside a tunnel may a cut make plain UDP of what was a tunnel.
        if (kept === 0 && whole !== 0) expect(frame.bytes.length).toBeGreaterThan(42);
        if (length < 14) expect(kept).toBe(192);
      }),
      { numRuns: 3000 },
    );
  });

  test("tunnels that are not entered, and a tunnel in a tunnel, are kept", () => {
    const program = packetFilter(order({ watched: [5], samplingShift: 10 }));
    const udpTo = (port: number, inside: string): string =>
      `45000040000040004011000001020304050607089c41${port.toString(16).padStart(4, "0")}00300000${inside}`;
    const ethernet = `${"02".repeat(12)}0800`;
    const vxlan = "0800000000000100";
    const kept = (hex: string): number =>
      runFilter(program, { bytes: Buffer.from(hex, "hex"), deviceType: 1, interfaceIndex: 5 }).kept;
    expect(kept(`${ethernet}${udpTo(4790, "0c00000100000100")}`)).toBe(192);
    const twice = `${ethernet}${udpTo(4789, vxlan)}${ethernet}${udpTo(8472, vxlan)}`;
    expect(kept(`${twice}${ethernet}${udpTo(9000, "")}`)).toBe(192);
    expect(kept(`${ethernet}${udpTo(4789, vxlan)}${ethernet}${udpTo(9000, "00".repeat(8))}`)).toBe(0);
    // No valid VNI: plain UDP, whatever the port.
    expect(kept(`${ethernet}${udpTo(4789, "00".repeat(30))}`)).toBe(0);
  });

  test("any bytes at all are decided upon", () => {
    const program = packetFilter(
      order({ watched: [5], samplingShift: 1, focus: [tuple(frame17)], focusInterfaces: [6] }),
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        fc.constantFrom(1, 65_534),
        fc.constantFrom(5, 6),
        (bytes, deviceType, interfaceIndex) => {
          runFilter(program, { bytes, deviceType, interfaceIndex });
        },
      ),
      { numRuns: 3000 },
    );
  });
});

const frame17 = fc.sample(
  randomFrame.filter(({ connection }) => connection?.protocol === 17),
  { seed: 1, numRuns: 1 },
)[0]!;

function tuple({ connection }: RandomFrame): FocusTuple {
  if (connection === undefined) throw new Error("no connection");
  const { protocol, source, destination, sourcePort, destinationPort } = connection;
  return { protocol, addressA: source, addressB: destination, portA: sourcePort, portB: destinationPort };
}

describe("packetFilter: focus", () => {
  const withConnection = randomFrame.filter(({ connection }) => connection !== undefined);
  const frames = fc.uniqueArray(withConnection, {
    minLength: 2,
    maxLength: 8,
    selector: ({ connection }) =>
      JSON.stringify(connection, (_, value) => (value instanceof Uint8Array ? [...value] : value)),
  });

  test("captures the connections asked for on all interfaces, in both directions, and on the others nothing else", () => {
    fc.assert(
      fc.property(
        frames,
        fc.boolean(),
        fc.constantFrom(0, 10),
        ([stranger, ...asked], turned, samplingShift) => {
          const focus = asked
            .map(tuple)
            .map(({ protocol, addressA, addressB, portA, portB }) =>
              turned
                ? { protocol, addressA: addressB, addressB: addressA, portA: portB, portB: portA }
                : { protocol, addressA, addressB, portA, portB },
            );
          const program = packetFilter(
            order({ watched: [5], samplingShift, focus, focusInterfaces: [4, 5, 6] }),
          );
          for (const frame of asked) {
            expect(keptOf(program, frame, 5)).toBe(192);
            expect(keptOf(program, frame, 6)).toBe(192);
            expect(keptOf(program, frame, 7)).toBe(0);
          }
          expect(keptOf(program, stranger!, 6)).toBe(0);
          const { connection, isAlwaysKept } = stranger!;
          const { protocol, sourcePort, destinationPort } = connection!;
          const isKept = isAlwaysKept || isSampled(protocol, sourcePort, destinationPort, samplingShift);
          expect(keptOf(program, stranger!, 5)).toBe(isKept ? 192 : 0);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("port 0 stands for any: all connections to one port of an end, in both directions", () => {
    fc.assert(
      fc.property(withConnection, fc.boolean(), (frame, turned) => {
        const { protocol, addressA, portA, addressB, portB } = tuple(frame);
        const [far, near] = turned
          ? [{ address: addressA, port: portA }, addressB]
          : [{ address: addressB, port: portB }, addressA];
        const kept = (port: number): number => {
          const focus = [{ protocol, addressA: near, portA: 0, addressB: far.address, portB: port }];
          return keptOf(packetFilter(order({ focus, focusInterfaces: [6] })), frame, 6);
        };
        expect(kept(far.port)).toBe(192);
        expect(kept(far.port ^ 1)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test("no focus, no further interfaces", () => {
    const program = packetFilter(order({ watched: [5], focusInterfaces: [6] }));
    expect(keptOf(program, frame17, 5)).toBe(192);
    expect(keptOf(program, frame17, 6)).toBe(0);
  });
});
