// The process behind clickhouse-http.ts. Plain JavaScript, because a child process of a test has no compiler.
import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { createChdbConnection } from "chdb/connection";

const { dataDir, version } = JSON.parse(process.argv[2]);
const USER = "hopline";
const PASSWORD = "sesame";
/** URL parameters that are neither settings nor parameters of the statement. */
const OWN = new Set(["query", "query_id", "database", "session_id", "role"]);
/** Settings of the HTTP interface, which the embedded engine does not have. */
const HTTP_SETTINGS = new Set([
  "wait_end_of_query",
  "send_progress_in_http_headers",
  "enable_http_compression",
]);

const engine = createChdbConnection({ path: join(dataDir, "engine") });
const incoming = join(dataDir, "bodies");
await mkdir(incoming, { recursive: true });

/** Statements run one after another: the engine has one current database for all. */
let last = Promise.resolve();

createServer({ maxHeaderSize: 1 << 20 }, (request, response) => {
  handle(request, response).catch((error) => response.destroy(error));
}).listen(0, "127.0.0.1", function () {
  console.log(this.address().port);
});
process.stdin.on("end", () => process.exit(0)).resume();

async function handle(request, response) {
  const url = new URL(request.url, "http://localhost");
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const expected = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`;
  if (request.headers.authorization !== expected) {
    return fail(response, 403, 516, `${USER}: Authentication failed`, "AUTHENTICATION_FAILED");
  }
  if (url.pathname === "/ping") return response.end("Ok.\n");
  const turn = last.then(() => run(url.searchParams, body));
  last = turn.catch(() => undefined);
  try {
    const { bytes, format } = await turn;
    response.writeHead(200, {
      "Content-Type": "text/plain; charset=UTF-8",
      "X-ClickHouse-Query-Id": url.searchParams.get("query_id") ?? randomUUID(),
      "X-ClickHouse-Server-Display-Name": "embedded",
      "X-ClickHouse-Format": format,
      "X-ClickHouse-Summary": JSON.stringify({ read_rows: "0", written_rows: "0" }),
    });
    response.end(bytes);
  } catch (error) {
    const code = Number(error.code) || Number(error.cause?.clickhouseCode) || 1002;
    fail(response, code === 60 || code === 81 ? 404 : 500, code, error.message, error.type ?? "UNKNOWN");
  }
}

function fail(response, status, code, message, type) {
  response.writeHead(status, { "X-ClickHouse-Exception-Code": String(code) });
  response.end(`Code: ${code}. DB::Exception: ${message.replace(/\s*$/, "")}. (${type}) (version 26.7)\n`);
}

async function run(search, body) {
  const inUrl = search.get("query");
  let query = inUrl ?? body.toString("utf8");
  const parameters = {};
  const settings = {};
  for (const [name, value] of search) {
    if (name.startsWith("param_")) parameters[name.slice("param_".length)] = value;
    else if (!OWN.has(name) && !HTTP_SETTINGS.has(name)) settings[name] = value;
  }
  await engine.command({ query: `USE \`${search.get("database") ?? "default"}\`` });
  if (version !== undefined) query = query.replace("version()", `'${version}'`);
  const file = join(incoming, randomUUID());
  try {
    if (inUrl !== null && /\binput\('/.test(query)) {
      await writeFile(file, body);
      query = query
        .replace(
          /\binput\('((?:[^'\\]|\\.)*)'\)/,
          (_all, structure) => `file('${file}', 'ArrowStream', '${structure}')`,
        )
        .replace(/\s*FORMAT ArrowStream\s*$/, "");
    } else if (inUrl !== null && body.length > 0) {
      query += `\n${body.toString("utf8")}`;
    }
    const format = /\bFORMAT (\w+)\s*$/.exec(query)?.[1] ?? "TabSeparated";
    const bytes = await execute(query, parameters, settings);
    return { bytes, format };
  } finally {
    await rm(file, { force: true });
  }
}

async function execute(query, parameters, settings) {
  const { stream } = await engine.exec({
    query,
    query_params: Object.fromEntries(
      Object.entries(parameters).map(([name, text]) => [name, parseParameter(text, isArray(query, name))]),
    ),
    clickhouse_settings: settings,
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function isArray(query, name) {
  return new RegExp(`\\{${name}:\\s*Array\\(`).test(query);
}

/** The text of a parameter as the client wrote it, back as a value: the engine's package writes its own text. */
function parseParameter(text, array) {
  if (!array) return unescaped(text);
  return Array.from(text.matchAll(/'((?:[^'\\]|\\.)*)'|-?\d+(?:\.\d+)?/g), ([whole, quoted]) =>
    quoted === undefined ? (whole.includes(".") ? Number(whole) : BigInt(whole)) : unescaped(quoted),
  );
}

function unescaped(text) {
  return text.replace(/\\(.)/g, (_all, escaped) => ({ t: "\t", n: "\n", r: "\r" })[escaped] ?? escaped);
}
