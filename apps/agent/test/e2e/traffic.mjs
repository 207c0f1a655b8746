// Runs inside a pod's namespace: `server`, or `client ADDRESS PORT CONNECTIONS BYTES DATAGRAMS`.
// The client prints what its sockets carried, as JSON: the truth that the agent's counters are held against.
import { createSocket } from "node:dgram";
import { connect, createServer } from "node:net";

const REPLY_TIMES = 3;
const [role, address, port, connections, bytes, datagrams] = process.argv.slice(2);

if (role === "server") {
  // Answers each connection, once it has all of it, with three times as many bytes.
  createServer({ allowHalfOpen: true }, (socket) => {
    let received = 0;
    socket.on("data", (chunk) => {
      received += chunk.length;
    });
    socket.on("end", () => socket.end(Buffer.alloc(received * REPLY_TIMES, "r")));
  }).listen(8080, "0.0.0.0", () => process.stdout.write("listening\n"));
  const udp = createSocket("udp4");
  udp.on("message", (message, from) => udp.send(message.subarray(0, 10), from.port, from.address));
  udp.bind(8080);
} else {
  const carried = { tcpSent: 0, tcpReceived: 0, tcpPorts: [], udpSent: 0, udpReceived: 0 };
  for (let index = 0; index < Number(connections); index++) await talk(Number(bytes) + index, carried);
  if (Number(datagrams) > 0) await sendDatagrams(Number(datagrams), carried);
  process.stdout.write(JSON.stringify(carried));
}

function talk(size, carried) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port: Number(port) }, () => {
      carried.tcpPorts.push(socket.localPort);
      socket.end(Buffer.alloc(size, "q"));
    });
    socket.on("data", () => undefined);
    socket.on("error", reject);
    socket.on("close", () => {
      carried.tcpSent += socket.bytesWritten;
      carried.tcpReceived += socket.bytesRead;
      resolve();
    });
  });
}

function sendDatagrams(count, carried) {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    let left = count;
    socket.on("message", (message) => {
      carried.udpReceived += message.length;
      if (--left === 0) socket.close(() => resolve());
      else next();
    });
    const next = () => {
      carried.udpSent += 100;
      socket.send(Buffer.alloc(100, "u"), Number(port), address);
    };
    next();
  });
}
