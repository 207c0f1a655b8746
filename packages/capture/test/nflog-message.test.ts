import { expect, test } from "vitest";
import { type LoggedPacket, readNflogFrame, readNflogMessages } from "../src/nflog/nflog-message.js";

/**
 * As a kernel 6.18 gave it: a SYN from 10.77.0.2 to 10.77.0.3, which a rule in FORWARD logged with the prefix
 * "hopline-deny:in:data/database+1", in by interface 2 and out by 3.
 */
const FROM_KERNEL =
  "e000000000040000000000000000000002000064080001000800020024000a00686f706c696e652d64656e793a696e3a646174612f64617461626173652b3100" +
  "080004000000000208000500000000031000080000060000ee51ba8128cd000006000f000001000006001100000e000012001000faed41b5a454ee51ba8128cd" +
  "0800000014000300000000006b01bd9900000000000dffc108000c0000000000" +
  "400009004500003c449b40003f06e2820a4d00020a4d0003a62e1f90639fbba700000000a002faf014cd0000020405b40402080a6cc91037000000000103030a";

function read(bytes: Uint8Array): { packets: LoggedPacket[]; sequences: number[] } {
  const packets: LoggedPacket[] = [];
  const sequences: number[] = [];
  readNflogMessages(
    bytes,
    (packet) => packets.push(packet),
    (sequence) => sequences.push(sequence),
  );
  return { packets, sequences };
}

/** One netlink attribute, padded. */
function attribute(type: number, value: readonly number[]): number[] {
  const length = 4 + value.length;
  const padding = new Array((4 - (length % 4)) % 4).fill(0);
  return [length & 0xff, length >> 8, type & 0xff, type >> 8, ...value, ...padding];
}

/** A message of the family and the group with these attributes. */
function message(family: number, group: number, attributes: readonly number[]): Uint8Array {
  const body = [family, 0, group >> 8, group & 0xff, ...attributes];
  const header = new DataView(new ArrayBuffer(16));
  header.setUint32(0, 16 + body.length, true);
  header.setUint16(4, 0x400, true);
  return Uint8Array.from([...new Uint8Array(header.buffer), ...body]);
}

const NESTED = 0x8000;
const tuple = (from: number[], to: number[], protocol: readonly (readonly [number, number[]])[]) => [
  ...attribute(1 | NESTED, [...attribute(1, from), ...attribute(2, to)]),
  ...attribute(
    2 | NESTED,
    protocol.flatMap(([type, value]) => attribute(type, value)),
  ),
];

test("a message of the kernel's is read field by field", () => {
  const { packets, sequences } = read(Buffer.from(FROM_KERNEL, "hex"));
  expect(sequences).toEqual([0]);
  expect(packets).toEqual([
    {
      group: 100,
      prefix: "hopline-deny:in:data/database+1",
      timeUs: 1_795_276_185_917_441,
      inInterface: 2,
      outInterface: 3,
      packet: new Uint8Array(Buffer.from(FROM_KERNEL.slice(-120), "hex")),
      connection: undefined,
      message: new Uint8Array(Buffer.from(FROM_KERNEL.slice(32), "hex")),
    },
  ]);
});

test("a frame of LINKTYPE_NFLOG is the same message without netlink's header", () => {
  const [packet] = read(Buffer.from(FROM_KERNEL, "hex")).packets;
  expect(readNflogFrame(packet!.message)).toEqual(packet);
  expect(readNflogFrame(new Uint8Array(3))).toBeUndefined();
  expect(readNflogFrame(Uint8Array.of(2, 0, 0, 5))).toMatchObject({ group: 5, prefix: "" });
});

test("the conntrack entry beside a packet gives the connection both ways", () => {
  const tcp = (source: number, destination: number) =>
    [
      [1, [6]],
      [2, [source >> 8, source & 0xff]],
      [3, [destination >> 8, destination & 0xff]],
    ] as const;
  const entry = [
    ...attribute(1 | NESTED, tuple([10, 77, 0, 2], [10, 96, 7, 7], tcp(40_000, 80) as never)),
    ...attribute(2 | NESTED, tuple([10, 77, 0, 3], [10, 77, 0, 2], tcp(8080, 40_000) as never)),
    ...attribute(3, [0, 0, 1, 0x80]),
    ...attribute(12, [1, 2, 3, 4]),
    ...attribute(18, [0, 9]),
  ];
  const bytes = message(2, 7, [
    // A bridge's port is nearer to the pod than the bridge.
    ...attribute(4, [0, 0, 0, 5]),
    ...attribute(6, [0, 0, 0, 12]),
    ...attribute(18 | NESTED, entry),
    ...attribute(19, [0, 0, 0, 2]),
  ]);
  const [packet] = read(bytes).packets;
  expect(packet).toMatchObject({ group: 7, prefix: "", timeUs: undefined, inInterface: 12, outInterface: 0 });
  expect(packet?.connection).toMatchObject({
    id: 0x01020304,
    zone: 9,
    isConfirmed: false,
    isReply: false,
    original: { protocol: 6, sourcePort: 40_000, destinationPort: 80 },
    reply: { protocol: 6, sourcePort: 8080, destinationPort: 40_000 },
  });
  const addresses = [packet?.connection?.original, packet?.connection?.reply].flatMap((one) =>
    [one?.source, one?.destination].map((address) =>
      Buffer.from(address ?? [])
        .toString("hex")
        .slice(20),
    ),
  );
  expect(addresses).toEqual(["ffff0a4d0002", "ffff0a600707", "ffff0a4d0003", "ffff0a4d0002"]);
});

test("what is cut or lies about its length ends the reading, and is read as far as it goes", () => {
  const whole = Buffer.from(FROM_KERNEL, "hex");
  expect(read(Buffer.concat([whole, whole])).packets).toHaveLength(2);
  for (let length = 0; length < whole.length; length++)
    expect(read(whole.subarray(0, length)).packets, String(length)).toHaveLength(0);
  for (let at = 20; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] = 0xff;
    expect(() => read(damaged)).not.toThrow();
  }
});
