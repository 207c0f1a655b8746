/**
 * Sends from real sockets: `send.mjs udp ADDRESS PORT COUNT BYTES`, `send.mjs udp-slowly ADDRESS PORT`,
 * `send.mjs tcp ADDRESS PORT BYTES`, `send.mjs serve PORT`;
 * or a frame as it is: `send.mjs frame DEVICE HEX COUNT`, or many, one a line of standard input: `send.mjs frames DEVICE`.
 */
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";

const [what, ...args] = process.argv.slice(2);
if (what === "udp") {
  const [address, port, count, bytes] = args;
  const socket = createSocket("udp4");
  let left = Number(count);
  const next = () => {
    if (left-- === 0) return socket.close();
    socket.send(Buffer.alloc(Number(bytes), 0x5a), Number(port), address, next);
  };
  next();
} else if (what === "udp-slowly") {
  const socket = createSocket("udp4");
  setInterval(() => socket.send("hello", Number(args[1]), args[0]), 10);
} else if (what === "tcp") {
  const [address, port, bytes] = args;
  const socket = connect(Number(port), address, () => socket.end(Buffer.alloc(Number(bytes), 0x5a)));
  socket.resume();
} else if (what === "frame" || what === "frames") {
  const [device, hex, count] = args;
  const lines = what === "frame" ? Array(Number(count)).fill(hex) : readFileSync(0, "latin1").split("\n");
  const { Cap } = createRequire(import.meta.url)("cap");
  const sender = new Cap();
  sender.open(device, "less 1", 65_536, Buffer.alloc(100));
  for (const line of lines) sender.send(Buffer.from(line, "hex"));
  sender.close();
} else {
  const server = createServer((socket) =>
    socket.resume().on("end", () => server.close(() => process.exit(0))),
  );
  server.listen(Number(args[0]), () => process.stdout.write("listening\n"));
}
