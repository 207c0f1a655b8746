import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from "@hopline/packet";
import { type CapturedFrame, directionOf, START_S } from "./capture.js";
import { ipv4, ipv6 } from "./ip.js";
import { data, type Frame, type Network } from "./layer.js";
import { ethernet } from "./link-layers.js";
import type { SeededRandom } from "./seeded-random.js";
import { maximumSegmentSize, sackPermitted, tcp, timestamps, windowScale } from "./transports.js";

const SCALE = 7;
/** From one packet to the next. */
const STEP_US = 5_000;

export interface ConversationOptions {
  readonly random: SeededRandom;
  readonly client: string;
  readonly server: string;
  readonly clientPort: number;
  readonly serverPort?: number;
  readonly clientSequence?: number;
  readonly serverSequence?: number;
  readonly hasTimestamps?: boolean;
  /** How each packet is framed. Default: Ethernet. */
  readonly wrap?: (packet: Network) => Frame;
}

interface Side {
  next: number;
  /** The next sequence number that it awaits. */
  awaits: number;
  window: number;
}

interface Sent {
  readonly fromClient: boolean;
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/**
 * One TCP connection, told step by step: who sends what, what the observer does not see, what is sent again.
 * Acknowledgements say what the other side has really got, which the script decides.
 */
export class TcpConversation {
  readonly frames: CapturedFrame[] = [];
  readonly #options: ConversationOptions;
  readonly #client: Side;
  readonly #server: Side;
  #timeUs = START_S * 1e6;

  constructor(options: ConversationOptions) {
    const { random } = options;
    this.#options = options;
    this.#client = { next: options.clientSequence ?? random.word(), awaits: 0, window: 501 };
    this.#server = { next: options.serverSequence ?? random.word(), awaits: 0, window: 509 };
  }

  open(): this {
    const options = [...maximumSegmentSize(1460), ...sackPermitted, ...windowScale(SCALE)];
    this.#client.awaits = (this.#server.next + 1) >>> 0;
    this.#server.awaits = (this.#client.next + 1) >>> 0;
    this.#emit(true, TCP_SYN, this.#client.next, 0, options);
    this.#client.next = this.#server.awaits;
    this.#emit(false, TCP_SYN | TCP_ACK, this.#server.next, this.#server.awaits, options);
    this.#server.next = this.#client.awaits;
    return this.acknowledge(true);
  }

  /** A segment of data that arrives. @param seen whether the observer sees it */
  send(fromClient: boolean, count: number, { seen = true } = {}): Sent {
    const side = this.#side(fromClient);
    const sent: Sent = { fromClient, sequence: side.next, bytes: this.#options.random.bytes(count) };
    side.next = (side.next + count) >>> 0;
    if (seen) this.emitAgain(sent);
    else this.pause(STEP_US);
    return sent;
  }

  /** The very same segment, wherever its sender is by now. */
  emitAgain({ fromClient, sequence, bytes }: Sent): this {
    this.#emit(fromClient, TCP_ACK | TCP_PSH, sequence, this.#side(fromClient).awaits, [], bytes);
    return this;
  }

  /** The receiver acknowledges all that the other side has sent so far. */
  acknowledge(fromClient: boolean): this {
    const side = this.#side(fromClient);
    side.awaits = this.#side(!fromClient).next;
    this.#emit(fromClient, TCP_ACK, side.next, side.awaits);
    return this;
  }

  /** The receiver repeats its last acknowledgement. */
  acknowledgeAgain(fromClient: boolean): this {
    const side = this.#side(fromClient);
    this.#emit(fromClient, TCP_ACK, side.next, side.awaits);
    return this;
  }

  /** The receiver's window closes: it acknowledges with a window of 0. */
  closeWindow(fromClient: boolean): this {
    const side = this.#side(fromClient);
    const window = side.window;
    side.window = 0;
    this.acknowledge(fromClient);
    side.window = window;
    return this;
  }

  /** One byte below the next number, which the other side has acknowledged (RFC 9293 section 3.8.4). */
  keepAlive(fromClient: boolean): this {
    const side = this.#side(fromClient);
    this.#emit(fromClient, TCP_ACK, (side.next - 1) >>> 0, side.awaits, [], Uint8Array.of(0));
    return this.acknowledgeAgain(!fromClient);
  }

  /** The SYN once more, as it was. */
  openAgain(): this {
    const first = this.frames[0];
    if (first === undefined) throw new RangeError("nothing was sent yet");
    this.frames.push({ ...first, timeUs: this.#timeUs });
    return this.pause(STEP_US);
  }

  close(firstIsClient = true): this {
    this.#finish(firstIsClient);
    this.#finish(!firstIsClient);
    return this.acknowledge(firstIsClient);
  }

  reset(fromClient: boolean): this {
    const side = this.#side(fromClient);
    this.#emit(fromClient, TCP_RST | TCP_ACK, side.next, side.awaits);
    return this;
  }

  pause(us: number): this {
    this.#timeUs += us;
    return this;
  }

  #finish(fromClient: boolean): void {
    const side = this.#side(fromClient);
    side.awaits = this.#side(!fromClient).next;
    this.#emit(fromClient, TCP_FIN | TCP_ACK, side.next, side.awaits);
    side.next = (side.next + 1) >>> 0;
  }

  #side(isClient: boolean): Side {
    return isClient ? this.#client : this.#server;
  }

  #emit(
    fromClient: boolean,
    flags: number,
    sequence: number,
    acknowledgement: number,
    options: readonly number[] = [],
    bytes: Uint8Array = new Uint8Array(0),
  ): void {
    const { client, server, clientPort, serverPort = 8080, hasTimestamps = true, wrap } = this.#options;
    const nowMs = Math.floor(this.#timeUs / 1e3) % 2 ** 32;
    const segment = tcp(
      {
        sourcePort: fromClient ? clientPort : serverPort,
        destinationPort: fromClient ? serverPort : clientPort,
        sequence,
        acknowledgement,
        flags,
        window: this.#side(fromClient).window,
        options: hasTimestamps ? [...options, ...timestamps(nowMs, nowMs - 1)] : options,
      },
      data(bytes),
    );
    const addresses = { source: fromClient ? client : server, destination: fromClient ? server : client };
    const packet = client.includes(":") ? ipv6(addresses, segment) : ipv4(addresses, segment);
    const frame = wrap === undefined ? ethernet({}, packet) : wrap(packet);
    this.frames.push({ frame, timeUs: this.#timeUs, direction: directionOf(fromClient) });
    this.#timeUs += STEP_US;
  }
}
