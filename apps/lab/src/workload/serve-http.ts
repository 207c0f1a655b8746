import { createServer } from "node:http";
import type { RunningServer, ServerContext } from "./server.js";

const METRICS_PATH = "/metrics";
export const REPLY_BYTES_HEADER = "x-reply-bytes";
export const SERVED_BY_HEADER = "x-served-by";
/** Longer than any caller keeps a connection: the caller ends it, or a pod that stops. */
const KEEP_ALIVE_TIMEOUT_MS = 120_000;

/** Answers each request with as many bytes as it asks for, after its own calls onward. */
export function serveHttp(port: number, context: ServerContext): Promise<RunningServer> {
  let stopping = false;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS }, (request, response) => {
    request.resume();
    request.once("end", async () => {
      if (request.url !== METRICS_PATH) await context.onRequest();
      const replyBytes = Number(request.headers[REPLY_BYTES_HEADER] ?? 500);
      response.setHeader(SERVED_BY_HEADER, context.servedBy);
      if (stopping) response.setHeader("connection", "close");
      response.end(Buffer.alloc(replyBytes, 0x68));
    });
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "0.0.0.0", () =>
      resolve({
        stop: () => {
          stopping = true;
          return new Promise((closed) => server.close(() => closed()));
        },
        cut: () => server.closeAllConnections(),
      }),
    );
  });
}
