import { chmodSync, unlinkSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { BlockList, connect, isIPv6, type Socket } from "node:net";
import { describe, Fault, systemCode } from "@hopline/fault";
import { formatListenAddress, type ListenAddress } from "./listen-address.js";

/** Owner and group may connect: an agent in another container shares the group. */
const SOCKET_MODE = 0o660;

/** How long requests that are being answered may take to finish after the last listener closed. */
const DRAIN_MS = 10_000;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** One HTTP server for each address, all with the same handler. */
export class Listeners {
  /** Noted as they are accepted: a socket that is gone no longer tells where it came from. */
  readonly #localSockets = new WeakSet<Socket>();
  readonly #addresses: readonly ListenAddress[];
  readonly #servers: Server[] = [];

  constructor(addresses: readonly ListenAddress[]) {
    this.#addresses = addresses;
  }

  /**
   * Where it listens, with the ports that the kernel chose.
   *
   * @throws Fault `LISTEN_TAKEN`, `LISTEN_DENIED`, `LISTEN_FAILED`. Then nothing is left open.
   */
  async start(handler: RequestListener): Promise<ListenAddress[]> {
    const bound: ListenAddress[] = [];
    try {
      for (const address of this.#addresses) bound.push(await this.#listen(address, handler));
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
    return bound;
  }

  /** Whether a request's socket came by a unix socket or from a loopback address. */
  isLocal(socket: Socket): boolean {
    return this.#localSockets.has(socket);
  }

  /** Takes no more connections, lets running requests finish for some seconds, then cuts them off. */
  async stop(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map(closeServer));
  }

  async #listen(address: ListenAddress, handler: RequestListener): Promise<ListenAddress> {
    if (address.kind === "unix") await removeStaleSocket(address.path);
    const server = createServer({ requestTimeout: 60_000, keepAliveTimeout: 72_000 }, handler);
    server.on("connection", (socket) => {
      if (address.kind === "unix" || isLoopback(socket.remoteAddress)) this.#localSockets.add(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", (thrown) => reject(listenFault(address, thrown)));
      const target =
        address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port };
      server.listen(target, () => resolve());
    });
    server.removeAllListeners("error");
    this.#servers.push(server);
    if (address.kind === "unix") {
      chmodSync(address.path, SOCKET_MODE);
      return address;
    }
    const listening = server.address();
    return typeof listening === "object" && listening !== null
      ? { ...address, port: listening.port }
      : address;
  }
}

function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  return LOOPBACK.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** A socket that a killed collector left behind refuses connections; one that answers belongs to somebody. */
async function removeStaleSocket(path: string): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(undefined);
    });
    probe.once("error", (thrown) => resolve(systemCode(thrown) ?? "UNKNOWN"));
  });
  if (code === "ECONNREFUSED") unlinkSync(path);
}

function listenFault(address: ListenAddress, thrown: unknown): Fault {
  const where = formatListenAddress(address);
  switch (systemCode(thrown)) {
    case "EADDRINUSE":
      return new Fault({
        code: "LISTEN_TAKEN",
        message: `${where} is taken by another process.`,
        hint: "Stop that process, or choose another address with --listen.",
        cause: thrown,
      });
    case "EACCES":
    case "EPERM":
      return new Fault({
        code: "LISTEN_DENIED",
        message: `This user may not listen on ${where}.`,
        hint: "Choose a port above 1023, or a folder that the user may write to.",
        cause: thrown,
      });
    default:
      return new Fault({
        code: "LISTEN_FAILED",
        message: `Cannot listen on ${where}: ${describe(thrown)}.`,
        hint: "Choose an address of this machine with --listen.",
        cause: thrown,
      });
  }
}
