import { createServer, type Server, type Socket } from "node:net";
import { onFrame, writeFrame } from "./frames.js";
import type { RunningServer, ServerContext } from "./server.js";

const MAX_REPLY_BYTES = 1_000_000;
export const PUBLISH = Buffer.from("publish");
export const SUBSCRIBE = Buffer.from("subscribe");
export const ACCEPTED = Buffer.from("accepted");

/** A small database: greets with its pod's name, then answers each request with as many bytes as it asks for. */
export function serveStore(port: number, context: ServerContext): Promise<RunningServer> {
  return listen(port, context, (connection) => async (request) => {
    if (request.length < 4) return;
    await context.onRequest();
    connection.answer(Buffer.alloc(Math.min(request.readUInt32BE(0), MAX_REPLY_BYTES), 0x73));
  });
}

/**
 * A small message queue: a connection's first message says whether it publishes or subscribes. What is published
 * goes to one subscriber, in turn, and is accepted; without a subscriber it is dropped.
 */
export function serveQueue(port: number, context: ServerContext): Promise<RunningServer> {
  const subscribers: Connection[] = [];
  return listen(port, context, (connection) => {
    let role: "publisher" | "subscriber" | undefined;
    connection.socket.once("close", () => {
      const index = subscribers.indexOf(connection);
      if (index >= 0) subscribers.splice(index, 1);
    });
    return async (message) => {
      if (role === undefined) {
        role = message.equals(SUBSCRIBE) ? "subscriber" : "publisher";
        if (role === "subscriber") subscribers.push(connection);
        return;
      }
      if (role === "subscriber") return; // an acknowledgement
      const next = subscribers.shift();
      if (next !== undefined) {
        subscribers.push(next);
        next.answer(message);
      }
      connection.answer(ACCEPTED);
    };
  });
}

class Connection {
  readonly socket: Socket;
  /** Requests that are not answered yet. */
  underWay = 0;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  answer(payload: Buffer): void {
    if (this.socket.writable) writeFrame(this.socket, payload);
  }
}

function listen(
  port: number,
  context: ServerContext,
  accept: (connection: Connection) => (message: Buffer) => Promise<void>,
): Promise<RunningServer> {
  const connections = new Set<Connection>();
  let stopping = false;
  const endIfIdle = (connection: Connection): void => {
    if (stopping && connection.underWay === 0) connection.socket.end();
  };
  const server: Server = createServer({ noDelay: true }, (socket) => {
    const connection = new Connection(socket);
    connections.add(connection);
    socket.once("close", () => connections.delete(connection));
    socket.on("error", () => socket.destroy());
    const handle = accept(connection);
    onFrame(socket, (message) => {
      connection.underWay += 1;
      void handle(message).then(() => {
        connection.underWay -= 1;
        endIfIdle(connection);
      });
    });
    connection.answer(Buffer.from(context.servedBy));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "0.0.0.0", () =>
      resolve({
        stop: () => {
          stopping = true;
          for (const connection of connections) endIfIdle(connection);
          return new Promise((closed) => server.close(() => closed()));
        },
        cut: () => {
          for (const connection of connections) connection.socket.destroy();
        },
      }),
    );
  });
}
