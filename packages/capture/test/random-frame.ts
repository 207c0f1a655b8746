import fc from "fast-check";

/** A frame, and what it is: what decides whether sampling keeps it. */
export interface RandomFrame {
  readonly bytes: Uint8Array;
  readonly deviceType: number;
  /** The innermost connection, or undefined where there is nothing to sample by: then the frame is always kept. */
  readonly connection: Connection | undefined;
  /** TCP with SYN, FIN or RST, or a protocol that is not sampled. */
  readonly isAlwaysKept: boolean;
}

export interface Connection {
  readonly protocol: number;
  /** 16 bytes, IPv4 mapped. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

interface Layer {
  readonly bytes: Uint8Array;
  readonly connection: Connection | undefined;
  readonly isAlwaysKept: boolean;
}

const ARPHRD_ETHER = 1;
const ARPHRD_NONE = 65_534;
const TCP = 6;
const UDP = 17;
const SCTP = 132;

const u16 = (value: number): number[] => [value >>> 8, value & 0xff];
const concat = (...parts: (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const port = fc.oneof(fc.integer({ min: 32_768, max: 60_999 }), fc.constantFrom(80, 443, 53, 8080, 30_000));
const address = fc.uint8Array({ minLength: 16, maxLength: 16 });
const payload = fc.uint8Array({ maxLength: 40 });

const segment = fc
  .record({
    protocol: fc.constantFrom(TCP, TCP, UDP, UDP, SCTP, 1, 58, 50, 47),
    sourcePort: port,
    destinationPort: port,
    flags: fc.oneof(fc.constantFrom(0x10, 0x18, 0x02, 0x12, 0x11, 0x04, 0x14), fc.nat(0xff)),
    payload,
  })
  .map(({ protocol, sourcePort, destinationPort, flags, payload }) => {
    const ports = [...u16(sourcePort), ...u16(destinationPort)];
    const tcp = [...ports, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0];
    const bytes =
      protocol === TCP
        ? concat(tcp, payload)
        : protocol === UDP
          ? concat(ports, u16(8 + payload.length), [0, 0], payload)
          : protocol === SCTP
            ? concat(ports, new Uint8Array(8), payload)
            : concat([8, 0, 0, 0, 0, 1, 0, 1], payload);
    return {
      protocol,
      sourcePort,
      destinationPort,
      bytes,
      isStartOrEnd: protocol === TCP && (flags & 7) !== 0,
    };
  });

/** An IP packet around `inside`, and which version it has. */
const ip = (
  inside: fc.Arbitrary<{ protocol: number; bytes: Uint8Array }>,
): fc.Arbitrary<{
  version: 4 | 6;
  bytes: Uint8Array;
  source: Uint8Array;
  destination: Uint8Array;
  isOdd: boolean;
}> =>
  fc
    .record({
      inside,
      version: fc.constantFrom(4 as const, 4 as const, 6 as const),
      source: address,
      destination: address,
      optionWords: fc.constantFrom(0, 0, 0, 1, 10),
      fragment: fc.constantFrom(0, 0, 0, 0, 0x4000, 0x4000, 0x2000, 0x0001, 0x2010),
      extension: fc.constantFrom(false, false, false, true),
    })
    .map(({ inside, version, source, destination, optionWords, fragment, extension }) => {
      const { protocol, bytes } = inside;
      if (version === 4) {
        const headerBytes = 20 + 4 * optionWords;
        const header = concat(
          [
            0x40 | (headerBytes / 4),
            0,
            ...u16(headerBytes + bytes.length),
            0,
            1,
            ...u16(fragment),
            64,
            protocol,
            0,
            0,
          ],
          source.subarray(12),
          destination.subarray(12),
          new Uint8Array(4 * optionWords).fill(1),
        );
        const mapped = (own: Uint8Array): Uint8Array =>
          concat([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], own.subarray(12));
        return {
          ...{
            version,
            bytes: concat(header, bytes),
            source: mapped(source),
            destination: mapped(destination),
          },
          isOdd: (fragment & 0x3fff) !== 0,
        };
      }
      const options = extension ? concat([protocol, 0, 1, 4, 0, 0, 0, 0]) : new Uint8Array(0);
      const body = concat(options, bytes);
      const header = concat(
        [0x60, 0, 0, 0, ...u16(body.length), extension ? 0 : protocol, 64],
        source,
        destination,
      );
      return { version, bytes: concat(header, body), source, destination, isOdd: extension };
    });

const packet: fc.Arbitrary<Layer & { version: 4 | 6 }> = segment.chain((inside) =>
  ip(fc.constant(inside)).map(({ version, bytes, source, destination, isOdd }) => {
    const { protocol, sourcePort, destinationPort, isStartOrEnd } = inside;
    const hasPorts = protocol === TCP || protocol === UDP || protocol === SCTP;
    const connection =
      hasPorts && !isOdd ? { protocol, source, destination, sourcePort, destinationPort } : undefined;
    return {
      version,
      bytes,
      connection,
      isAlwaysKept: connection === undefined || isStartOrEnd || protocol === SCTP,
    };
  }),
);

const ethernetOf = (version: 4 | 6, bytes: Uint8Array, tags: readonly number[]): Uint8Array =>
  concat(
    new Uint8Array(12).fill(2),
    tags.flatMap((tag) => [...u16(tag), 0, 7]),
    u16(version === 4 ? 0x0800 : 0x86dd),
    bytes,
  );

const tags = fc.constantFrom<number[]>([], [], [], [0x8100], [0x88a8, 0x8100]);

const notIp = fc.uint8Array({ maxLength: 60 }).map((bytes) => ({
  bytes: concat(new Uint8Array(12).fill(2), u16(0x0806), bytes),
  connection: undefined,
  isAlwaysKept: true,
}));

const inEthernet: fc.Arbitrary<Layer> = fc.oneof(
  { arbitrary: notIp, weight: 1 },
  {
    arbitrary: fc
      .tuple(packet, tags)
      .map(([{ version, bytes, ...rest }, tags]) => ({ ...rest, bytes: ethernetOf(version, bytes, tags) })),
    weight: 8,
  },
);

/** A layer inside VXLAN or Geneve, as UDP of an outer packet, or an IP packet inside an outer one's protocol 4 or 41. */
const tunnelled: fc.Arbitrary<Layer & { version: 4 | 6 }> = fc
  .record({
    frame: inEthernet,
    inner: packet,
    kind: fc.constantFrom("vxlan", "geneve", "geneve-ip", "ipip"),
    entropy: fc.integer({ min: 1024, max: 65_535 }),
    options: fc.constantFrom(0, 1, 63),
    vxlanPort: fc.constantFrom(4789, 8472),
  })
  .chain(({ frame, inner, kind, entropy, options, vxlanPort }) => {
    const udp = (destination: number, ...parts: (Uint8Array | readonly number[])[]) => {
      const body = concat(...parts);
      return {
        protocol: UDP,
        bytes: concat(u16(entropy), u16(destination), u16(8 + body.length), [0, 0], body),
      };
    };
    const etherType = inner.version === 4 ? 0x0800 : 0x86dd;
    const option = new Uint8Array(4 * options);
    const inside =
      kind === "vxlan"
        ? udp(vxlanPort, [8, 0, 0, 0, 0, 1, 0, 0], frame.bytes)
        : kind === "geneve"
          ? udp(6081, [options, 0, 0x65, 0x58, 0, 1, 0, 0], option, frame.bytes)
          : kind === "geneve-ip"
            ? udp(6081, [options, 0, ...u16(etherType), 0, 1, 0, 0], option, inner.bytes)
            : { protocol: inner.version === 4 ? 4 : 41, bytes: inner.bytes };
    const { connection, isAlwaysKept } = kind === "vxlan" || kind === "geneve" ? frame : inner;
    return ip(fc.constant(inside)).map(({ version, bytes, isOdd }) => ({
      version,
      bytes,
      connection: isOdd ? undefined : connection,
      isAlwaysKept: isOdd || isAlwaysKept,
    }));
  });

/** Frames of every kind that the filter tells apart, whole. */
export const randomFrame: fc.Arbitrary<RandomFrame> = fc.oneof(
  inEthernet.map((layer) => ({ ...layer, deviceType: ARPHRD_ETHER })),
  fc.tuple(tunnelled, tags).map(([{ version, bytes, ...rest }, tags]) => ({
    ...rest,
    bytes: ethernetOf(version, bytes, tags),
    deviceType: ARPHRD_ETHER,
  })),
  fc.oneof(packet, tunnelled).map(({ version: _, ...layer }) => ({ ...layer, deviceType: ARPHRD_NONE })),
);
