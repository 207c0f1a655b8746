// A collector in its barest form: `sink.mjs SOCKET FOLDER TOKEN`. It checks token and batch, keeps the batch in a file named
// by its deduplication token, and only then answers 200. A process of its own, so that it can be killed.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { BATCH_CONTENT_TYPE, decodeBatch, deduplicationToken } from "@hopline/batch";

const [socket, folder, token] = process.argv.slice(2);
rmSync(socket, { force: true });
createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const answer = (status) => response.writeHead(status).end();
    if (request.url !== "/ingest/v1/batches") return answer(404);
    if (request.headers.authorization !== `Bearer ${token}`) return answer(401);
    if (request.headers["content-type"] !== BATCH_CONTENT_TYPE) return answer(415);
    const bytes = Buffer.concat(chunks);
    const name = deduplicationToken(decodeBatch(new Uint8Array(bytes)).header).replaceAll("/", "+");
    const path = join(folder, name);
    writeFileSync(`${path}.part`, bytes);
    renameSync(`${path}.part`, path);
    return answer(200);
  });
}).listen(socket, () => process.stdout.write("listening\n"));
