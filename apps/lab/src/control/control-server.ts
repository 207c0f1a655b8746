import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { describe, Fault } from "@hopline/fault";
import { z } from "zod";
import { faultRequestSchema } from "../faults/fault-request.js";
import { DENIALS } from "../policy/policy-rules.js";
import type { LabControl } from "./lab-control.js";

/** Longest path of a unix socket (unix(7): sun_path, with its closing zero). */
const MAX_SOCKET_PATH_BYTES = 107;

const rateBody = z.object({ rate: z.number().positive().max(1000) });
const denyBody = z.object({ denial: z.enum(DENIALS) });
const restartBody = z.object({ pod: z.string().optional() });
const faultIdBody = z.object({ id: z.string() });
const manifestBody = z.object({ file: z.string(), text: z.string() });

/**
 * The lab's control: HTTP with JSON bodies over a unix socket. GET /state, /faults; POST /quiesce, /resume, /snapshot,
 * /rate {rate}, /deny-with {denial}, /restart-pod {pod?}, /apply {file, text}, /delete {file, text}, /fault-add {kind, …},
 * /fault-remove {id}. A request that cannot be met gets status 400 or 500 and {code, message, hint}.
 */
export class ControlServer {
  readonly #path: string;
  readonly #lab: LabControl;
  #server: Server | undefined;

  /** @throws Fault `SETTINGS_INVALID` where the path is too long for a socket. */
  constructor(path: string, lab: LabControl) {
    if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
      throw new Fault({
        code: "SETTINGS_INVALID",
        message: `The control socket's path ${path} is longer than ${MAX_SOCKET_PATH_BYTES} bytes.`,
        hint: "Give a shorter --run-dir.",
      });
    }
    this.#path = path;
    this.#lab = lab;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#receive(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#path, resolve);
    });
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let status = 200;
    let answer: unknown;
    try {
      answer = (await this.#answer(`${request.method} ${request.url}`, await readBody(request))) ?? {
        ok: true,
      };
    } catch (thrown) {
      status = thrown instanceof Fault || thrown instanceof z.ZodError ? 400 : 500;
      answer = errorBody(thrown);
    }
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  #answer(route: string, body: unknown): unknown {
    switch (route) {
      case "GET /state":
        return this.#lab.state();
      case "POST /quiesce":
        return this.#lab.quiesce();
      case "POST /resume":
        return this.#lab.resume();
      case "POST /snapshot":
        return this.#lab.snapshot();
      case "POST /rate":
        return this.#lab.setRate(rateBody.parse(body).rate);
      case "POST /deny-with":
        return this.#lab.denyWith(denyBody.parse(body).denial);
      case "POST /restart-pod":
        return this.#lab.restartPod(restartBody.parse(body).pod);
      case "POST /apply": {
        const { text, file } = manifestBody.parse(body);
        return this.#lab.apply(text, file);
      }
      case "POST /delete": {
        const { text, file } = manifestBody.parse(body);
        return this.#lab.delete(text, file);
      }
      case "GET /faults":
        return this.#lab.faults();
      case "POST /fault-add":
        return this.#lab.addFault(faultRequestSchema.parse(body));
      case "POST /fault-remove":
        return this.#lab.removeFault(faultIdBody.parse(body).id);
      default:
        throw new Fault({ code: "LAB_REQUEST_UNKNOWN", message: `The lab's control knows no ${route}.` });
    }
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault({ code: "LAB_REQUEST_INVALID", message: "The request's body is no JSON." });
  }
}

function errorBody(thrown: unknown) {
  if (thrown instanceof Fault) return { code: thrown.code, message: thrown.message, hint: thrown.hint };
  if (thrown instanceof z.ZodError) {
    const issue = thrown.issues[0];
    return { code: "LAB_REQUEST_INVALID", message: `${issue?.path.join(".")}: ${issue?.message}.` };
  }
  return { code: "LAB_BUG", message: `this is a bug: ${describe(thrown)}.` };
}
