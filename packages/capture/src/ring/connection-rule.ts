import { SAMPLING_MULTIPLIER } from "../sampling.js";
import {
  A_TO_X,
  ADD,
  ADD_X,
  ANCILLARY_DEVICE_TYPE,
  AND,
  JUMP_ANY_BIT,
  JUMP_EQUAL,
  JUMP_GREATER_OR_EQUAL,
  JUMP_GREATER_THAN_X,
  LOAD_BYTE_AT_X,
  LOAD_CELL,
  LOAD_HALF_AT_X,
  LOAD_LENGTH,
  LOAD_WORD,
  LOAD_X_CELL,
  LOAD_X_NUMBER,
  MULTIPLY,
  RETURN,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  STORE_CELL,
  STORE_X_CELL,
  SUBTRACT_X,
  X_TO_A,
} from "./cbpf.js";
import { NETWORK_OFFSET, PORT, PROTOCOL, TRANSPORT_OFFSET, WATCHED } from "./filter-cells.js";
import { writeFocus } from "./focus-rule.js";
import type { FilterOrder } from "./packet-filter.js";
import type { Label, Program } from "./program.js";

/** ARPHRD_ types whose frames begin with an Ethernet header; those of all others begin with the IP header. */
const ETHERNET_DEVICES = [1, 772];
const ETHERNET_BYTES = 14;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_BRIDGED = 0x6558;
/** 802.1Q, 802.1ad and what was there before it. */
const TAGS = [0x8100, 0x88a8, 0x9100];
const TAG_BYTES = 4;
/** More fragments, or an offset. */
const IPV4_FRAGMENT = 0x3fff;
const IPV4_BYTES = 20;
const IPV6_BYTES = 40;
const PROTOCOL_IPIP = 4;
const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;
const PROTOCOL_IPV6 = 41;
const PROTOCOL_SCTP = 132;
const UDP_BYTES = 8;
/** Up to the flags; FIN, SYN and RST of them. */
const TCP_FLAGS = 13;
const TCP_BEGIN_OR_END = 0x07;
const VXLAN_BYTES = 8;
const VXLAN_VNI_IS_VALID = 0x08;
const GENEVE_BYTES = 8;
/** VXLAN-GPE: a tunnel that is not entered here, and so not sampled by a port that says nothing of what is inside. */
const PORT_VXLAN_GPE = 4790;
const NEGATIVE = 0x8000_0000;

/** Labels of one level: that of the frame itself, or that inside a tunnel. */
interface Level {
  readonly ethernet: Label;
  readonly ipv4: Label;
  readonly ipv6: Label;
  /** Reached with A holding the first byte of the IP header, X its offset. */
  readonly anyIp: Label;
  readonly inner: Level | undefined;
}

/**
 * The part of the filter that looks into frames: which connection a frame belongs to, inside a tunnel where it is in one, and
 * whether that is kept. It decides as `isSampled` does, for all nodes and interfaces alike.
 *
 * Kept on watched interfaces, always: what is not IP, fragments, protocols other than TCP and UDP, IPv6 with extension
 * headers, TCP with SYN, FIN or RST, and what is too short or wrapped too often to tell.
 */
export class ConnectionRule {
  readonly #program: Program;
  readonly #order: FilterOrder;
  /** Frames of no connection that can be sampled. */
  readonly #other = Symbol("other");
  readonly #hash = Symbol("hash");
  readonly #keep = Symbol("keep");
  readonly #refuse = Symbol("refuse");

  /** @param program has stored WATCHED; it ends with what `write` adds */
  constructor(program: Program, order: FilterOrder) {
    this.#program = program;
    this.#order = order;
  }

  write(): void {
    const program = this.#program;
    const inner = newLevel(undefined);
    const outer = newLevel(inner);
    program.do(LOAD_X_NUMBER, 0).do(LOAD_WORD, ANCILLARY_DEVICE_TYPE);
    for (const type of ETHERNET_DEVICES) program.when(JUMP_EQUAL, type, { yes: outer.ethernet });
    this.#need(1).do(LOAD_BYTE_AT_X, 0).jump(outer.anyIp);
    this.#writeLevel(outer);
    this.#writeLevel(inner);
    this.#writeHash();
    program
      .label(this.#other)
      .do(LOAD_CELL, WATCHED)
      .when(JUMP_EQUAL, 0, { yes: this.#refuse })
      .label(this.#keep)
      .do(RETURN, this.#order.snapLength)
      .label(this.#refuse)
      .do(RETURN, 0);
  }

  #writeLevel(level: Level): void {
    this.#writeEthernet(level);
    this.#writeIp(level);
    this.#writeTransport(level);
  }

  /** X is the header's offset, here and below. Up to two tags that the kernel left in the frame. */
  #writeEthernet(level: Level): void {
    const program = this.#program;
    program.label(level.ethernet);
    const typed = Symbol("ethertype");
    for (let tags = 0; tags <= 2; tags++) {
      this.#need(ETHERNET_BYTES).do(LOAD_HALF_AT_X, ETHERNET_BYTES - 2);
      if (tags === 2) break;
      const tagged = Symbol("tagged");
      for (const tag of TAGS) program.when(JUMP_EQUAL, tag, { yes: tagged });
      program.jump(typed).label(tagged);
      this.#advance(TAG_BYTES);
    }
    program.label(typed);
    const isIpv4 = Symbol("ipv4");
    const isIpv6 = Symbol("ipv6");
    program.when(JUMP_EQUAL, ETHERTYPE_IPV4, { yes: isIpv4 });
    program.when(JUMP_EQUAL, ETHERTYPE_IPV6, { yes: isIpv6, no: this.#other });
    program.label(isIpv6);
    this.#advance(ETHERNET_BYTES).jump(level.ipv6);
    program.label(isIpv4);
    this.#advance(ETHERNET_BYTES).jump(level.ipv4);
  }

  #writeIp(level: Level): void {
    const program = this.#program;
    const transport = Symbol("transport");
    program.label(level.anyIp).do(SHIFT_RIGHT, 4);
    program.when(JUMP_EQUAL, 6, { yes: level.ipv6 }).when(JUMP_EQUAL, 4, { no: this.#other });

    program.label(level.ipv4);
    this.#need(IPV4_BYTES).do(STORE_X_CELL, NETWORK_OFFSET);
    program.do(LOAD_HALF_AT_X, 6).when(JUMP_ANY_BIT, IPV4_FRAGMENT, { yes: this.#other });
    program.do(LOAD_BYTE_AT_X, 9).do(STORE_CELL, PROTOCOL);
    program.do(LOAD_BYTE_AT_X, 0).do(AND, 15).do(SHIFT_LEFT, 2).do(ADD_X).jump(transport);

    program.label(level.ipv6);
    this.#need(IPV6_BYTES).do(STORE_X_CELL, NETWORK_OFFSET);
    program.do(LOAD_BYTE_AT_X, 6).do(STORE_CELL, PROTOCOL).do(X_TO_A).do(ADD, IPV6_BYTES);

    program.label(transport).do(A_TO_X).do(STORE_X_CELL, TRANSPORT_OFFSET).do(LOAD_CELL, PROTOCOL);
  }

  /** A is the protocol, X the transport header's offset. */
  #writeTransport({ inner }: Level): void {
    const program = this.#program;
    const [tcp, udp, sctp, tunnel] = [Symbol("tcp"), Symbol("udp"), Symbol("sctp"), Symbol("ip in ip")];
    program.when(JUMP_EQUAL, PROTOCOL_TCP, { yes: tcp }).when(JUMP_EQUAL, PROTOCOL_UDP, { yes: udp });
    if (inner !== undefined) {
      program
        .when(JUMP_EQUAL, PROTOCOL_IPIP, { yes: tunnel })
        .when(JUMP_EQUAL, PROTOCOL_IPV6, { yes: tunnel });
    }
    program.when(JUMP_EQUAL, PROTOCOL_SCTP, { yes: sctp, no: this.#other });
    if (inner !== undefined) {
      program.label(tunnel);
      this.#need(1).do(LOAD_BYTE_AT_X, 0).jump(inner.anyIp);
    }

    program.label(sctp);
    this.#need(4);
    this.#writeFocus();
    program.jump(this.#other);

    program.label(tcp);
    this.#need(TCP_FLAGS + 1);
    this.#writeFocus();
    program.do(LOAD_BYTE_AT_X, TCP_FLAGS);
    program.when(JUMP_ANY_BIT, TCP_BEGIN_OR_END, { yes: this.#other, no: this.#hash });

    program.label(udp);
    this.#need(UDP_BYTES);
    this.#writeTunnels(inner);
    this.#writeFocus();
    program.jump(this.#hash);
  }

  /** X is the offset of a UDP header, and still is where no tunnel is entered. */
  #writeTunnels(inner: Level | undefined): void {
    const program = this.#program;
    const { vxlanPorts, genevePorts } = this.#order;
    const [vxlan, geneve, plain] = [Symbol("vxlan"), Symbol("geneve"), Symbol("plain udp")];
    program.do(LOAD_HALF_AT_X, 2);
    // Deeper than this no port is looked for: what may be wrapped once more is kept.
    const deeper = inner === undefined ? this.#other : undefined;
    for (const port of vxlanPorts) program.when(JUMP_EQUAL, port, { yes: deeper ?? vxlan });
    for (const port of genevePorts) program.when(JUMP_EQUAL, port, { yes: deeper ?? geneve });
    program.when(JUMP_EQUAL, PORT_VXLAN_GPE, { yes: this.#other, no: plain });
    if (inner !== undefined) {
      program.label(vxlan);
      this.#need(UDP_BYTES + VXLAN_BYTES + ETHERNET_BYTES, plain).do(LOAD_BYTE_AT_X, UDP_BYTES);
      program.when(JUMP_ANY_BIT, VXLAN_VNI_IS_VALID, { no: plain });
      this.#advance(UDP_BYTES + VXLAN_BYTES).jump(inner.ethernet);
      this.#writeGeneve(geneve, inner, plain);
    }
    program.label(plain);
  }

  /** RFC 8926 section 3.4: version and length of the options, flags, protocol type. */
  #writeGeneve(geneve: Label, inner: Level, plain: Label): void {
    const program = this.#program;
    const bridged = Symbol("bridged");
    const routed = Symbol("routed");
    const past = (): Program =>
      program
        .do(LOAD_BYTE_AT_X, UDP_BYTES)
        .do(SHIFT_LEFT, 2)
        .do(ADD, UDP_BYTES + GENEVE_BYTES)
        .do(ADD_X)
        .do(A_TO_X);
    program.label(geneve);
    this.#need(UDP_BYTES + GENEVE_BYTES, plain).do(LOAD_BYTE_AT_X, UDP_BYTES);
    program.when(JUMP_ANY_BIT, 0xc0, { yes: plain }).do(LOAD_HALF_AT_X, UDP_BYTES + 2);
    program.when(JUMP_EQUAL, ETHERTYPE_BRIDGED, { yes: bridged });
    program.when(JUMP_EQUAL, ETHERTYPE_IPV4, { yes: routed });
    program.when(JUMP_EQUAL, ETHERTYPE_IPV6, { no: plain }).label(routed);
    past();
    this.#need(1).do(LOAD_BYTE_AT_X, 0).jump(inner.anyIp).label(bridged);
    past().jump(inner.ethernet);
  }

  /** X is the transport header's offset, and is it again afterwards. */
  #writeFocus(): void {
    const { focus } = this.#order;
    if (focus.length > 0) writeFocus(this.#program, focus, this.#keep);
  }

  /** As `isSampled`. X is the transport header's offset. */
  #writeHash(): void {
    const { samplingShift } = this.#order;
    const program = this.#program.label(this.#hash);
    if (samplingShift === 0) {
      program.jump(this.#other);
      return;
    }
    const isHigher = Symbol("higher port");
    program
      .do(LOAD_HALF_AT_X, 0)
      .do(STORE_CELL, PORT)
      .do(LOAD_HALF_AT_X, 2)
      .do(LOAD_X_CELL, PORT)
      .when(JUMP_GREATER_THAN_X, 0, { yes: isHigher })
      .do(X_TO_A)
      .label(isHigher)
      .do(MULTIPLY, SAMPLING_MULTIPLIER)
      .do(SHIFT_RIGHT, 16)
      .when(JUMP_ANY_BIT, (1 << samplingShift) - 1, { yes: this.#refuse });
  }

  /** Goes on only where the frame has so many bytes from X on: a load behind the end would refuse the frame. */
  #need(bytes: number, otherwise: Label = this.#other): Program {
    return this.#program
      .do(LOAD_LENGTH)
      .do(SUBTRACT_X)
      .when(JUMP_ANY_BIT, NEGATIVE, { yes: otherwise })
      .when(JUMP_GREATER_OR_EQUAL, bytes, { no: otherwise });
  }

  #advance(bytes: number): Program {
    return this.#program.do(X_TO_A).do(ADD, bytes).do(A_TO_X);
  }
}

function newLevel(inner: Level | undefined): Level {
  const [ethernet, ipv4, ipv6, anyIp] = [
    Symbol("ethernet"),
    Symbol("ipv4"),
    Symbol("ipv6"),
    Symbol("any ip"),
  ];
  return { ethernet, ipv4, ipv6, anyIp, inner };
}
