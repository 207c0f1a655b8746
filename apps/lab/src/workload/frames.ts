import type { Socket } from "node:net";

/**
 * The lab's own request protocol over TCP (store and queue): each message is its length as an unsigned 32-bit
 * big-endian number and then as many bytes.
 */
export function writeFrame(socket: Socket, payload: Buffer): void {
  const frame = Buffer.allocUnsafe(4 + payload.length);
  frame.writeUInt32BE(payload.length, 0);
  payload.copy(frame, 4);
  socket.write(frame);
}

/** Calls back with each whole message that a socket receives. */
export function onFrame(socket: Socket, handle: (payload: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 4) {
      const end = 4 + pending.readUInt32BE(0);
      if (pending.length < end) break;
      const payload = pending.subarray(4, end);
      pending = pending.subarray(end);
      handle(payload);
    }
  });
}

/** A store request: how many bytes to answer with, then filling. */
export function storeRequest(sendBytes: number, replyBytes: number): Buffer {
  const payload = Buffer.alloc(Math.max(4, sendBytes), 0x71);
  payload.writeUInt32BE(replyBytes, 0);
  return payload;
}
