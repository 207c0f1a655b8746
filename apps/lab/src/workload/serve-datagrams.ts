import { createSocket } from "node:dgram";
import { decodeQuery, encodeAnswer } from "./dns-message.js";
import type { RunningServer, ServerContext } from "./server.js";

/** Answers each datagram with its pod's name, as a collector of metrics that acknowledges. */
export function serveUdp(port: number, context: ServerContext): Promise<RunningServer> {
  return listen(port, async () => Buffer.from(context.servedBy));
}

/** The cluster's DNS: its own zone first, then whoever is upstream. */
export function serveDns(port: number, context: ServerContext): Promise<RunningServer> {
  return listen(port, async (message) => {
    const question = decodeQuery(message);
    if (question === undefined) return undefined;
    return encodeAnswer(question, await context.lookUp(question.name), context.servedBy);
  });
}

function listen(
  port: number,
  answer: (message: Buffer) => Promise<Buffer | undefined>,
): Promise<RunningServer> {
  const socket = createSocket("udp4");
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    socket.close();
  };
  socket.on("message", (message, peer) => {
    void answer(message).then((reply) => {
      if (reply !== undefined && !closed) socket.send(reply, peer.port, peer.address);
    });
  });
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, "0.0.0.0", () => {
      socket.on("error", () => {});
      resolve({
        stop: async () => close(),
        cut: close,
      });
    });
  });
}
