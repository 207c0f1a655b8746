import type { Socket } from "node:net";
import type { Caller, CallerContext } from "./caller.js";
import { onFrame, storeRequest, writeFrame } from "./frames.js";
import { PUBLISH, SUBSCRIBE } from "./serve-framed.js";

const RECONNECT_MS = 1000;

/**
 * Requests to a store, or messages to a queue, over a pool of connections; requests on one connection follow each
 * other without waiting. With `keepMs` 0 each call has a connection of its own.
 */
export class FramedCaller implements Caller {
  readonly #context: CallerContext;
  readonly #hello: Buffer | undefined;
  readonly #slots: (Slot | undefined)[];
  #calls = 0;

  constructor(context: CallerContext, kind: "store" | "publish") {
    this.#context = context;
    this.#hello = kind === "publish" ? PUBLISH : undefined;
    this.#slots = Array.from({ length: Math.max(1, context.plan.pool) });
  }

  async call(): Promise<void> {
    const { plan } = this.#context;
    const request = storeRequest(plan.sendBytes, plan.replyBytes);
    if (plan.keepMs > 0) {
      const connection = await this.#pooled(this.#calls++ % this.#slots.length);
      await connection?.ask(request);
      return;
    }
    const single = await this.#open();
    await single?.ask(request);
    single?.endWhenIdle();
  }

  drain(): void {
    for (const slot of this.#slots.splice(0, this.#slots.length, ...this.#slots.map(() => undefined))) {
      void slot?.opening.then((connection) => connection?.endWhenIdle());
    }
  }

  /** Decides without waiting, so that two calls at once never open two connections for one slot. */
  #pooled(index: number): Promise<FramedConnection | undefined> {
    const slot = this.#slots[index];
    const connection = slot?.connection;
    if (
      connection !== undefined &&
      this.#context.nowMs() - connection.openedMs >= this.#context.plan.keepMs
    ) {
      connection.endWhenIdle();
    }
    if (slot !== undefined && !slot.failed && connection?.ending !== true) return slot.opening;
    const opened: Slot = { opening: this.#open(), connection: undefined, failed: false };
    this.#slots[index] = opened;
    void opened.opening.then((result) => {
      opened.connection = result;
      opened.failed = result === undefined;
    });
    return opened.opening;
  }

  async #open(): Promise<FramedConnection | undefined> {
    const connection = await openFramed(this.#context);
    if (connection !== undefined && this.#hello !== undefined) writeFrame(connection.socket, this.#hello);
    return connection;
  }
}

/** One place in a pool: a connection, or one that is being opened. */
interface Slot {
  readonly opening: Promise<FramedConnection | undefined>;
  connection: FramedConnection | undefined;
  failed: boolean;
}

/** Keeps one connection on which a queue sends messages; each is worked on and then acknowledged. */
export class SubscribeCaller implements Caller {
  readonly #context: CallerContext;
  #connection: FramedConnection | undefined;
  #draining = false;

  constructor(context: CallerContext) {
    this.#context = context;
  }

  /** Settles as soon as it is subscribed: the connection goes on by itself. */
  async call(): Promise<void> {
    this.#draining = false;
    if (this.#connection !== undefined) return;
    const connection = await openFramed(this.#context, (message) => {
      void this.#context.onRequest().then(() => {
        if (connection?.socket.writable) writeFrame(connection.socket, message.subarray(0, 8));
      });
    });
    this.#connection = connection;
    if (connection === undefined) {
      this.#again();
      return;
    }
    writeFrame(connection.socket, SUBSCRIBE);
    connection.socket.once("close", () => {
      this.#connection = undefined;
      this.#again();
    });
  }

  drain(): void {
    this.#draining = true;
    this.#connection?.endWhenIdle();
  }

  #again(): void {
    if (this.#draining) return;
    setTimeout(() => {
      if (!this.#draining) void this.call();
    }, RECONNECT_MS);
  }
}

/** Connects, waits for the greeting, says a few bytes and leaves: an attempt, whatever comes of it. */
export class TcpCaller implements Caller {
  readonly #context: CallerContext;

  constructor(context: CallerContext) {
    this.#context = context;
  }

  async call(): Promise<void> {
    const connection = await openFramed(this.#context);
    if (connection === undefined) return;
    const closed = new Promise((resolve) => connection.socket.once("close", resolve));
    connection.endWhenIdle();
    await closed;
  }

  drain(): void {}
}

/** A connection after its greeting. Answers come in the order of requests. */
class FramedConnection {
  readonly socket: Socket;
  readonly openedMs: number;
  ending = false;
  readonly #waiting: (() => void)[] = [];

  constructor(socket: Socket, openedMs: number) {
    this.socket = socket;
    this.openedMs = openedMs;
    const giveUp = (): void => {
      this.ending = true;
      for (const resolve of this.#waiting.splice(0)) resolve();
    };
    socket.once("end", giveUp);
    socket.once("close", giveUp);
  }

  /** Settles with the answer, or when the connection ends before it. */
  ask(payload: Buffer): Promise<void> {
    if (!this.socket.writable) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      writeFrame(this.socket, payload);
    });
  }

  answered(): void {
    this.#waiting.shift()?.();
    if (this.ending) this.endWhenIdle();
  }

  endWhenIdle(): void {
    this.ending = true;
    if (this.#waiting.length === 0) this.socket.end();
  }
}

/** Undefined when the name has no address or the connection does not come about. */
async function openFramed(
  context: CallerContext,
  onMessage?: (message: Buffer) => void,
): Promise<FramedConnection | undefined> {
  const { plan, target, conversations } = context;
  const address = await context.resolve(plan.host);
  if (address === undefined) return undefined;
  const { socket, servedBy } = conversations.dial({
    remoteAddress: address,
    remotePort: plan.port,
    target,
    expect: plan.expect,
  });
  return new Promise((resolve) => {
    let connection: FramedConnection | undefined;
    onFrame(socket, (message) => {
      if (connection === undefined) {
        servedBy(message.toString());
        connection = new FramedConnection(socket, context.nowMs());
        resolve(connection);
      } else if (onMessage !== undefined) onMessage(message);
      else connection.answered();
    });
    socket.once("close", () => resolve(undefined));
  });
}
