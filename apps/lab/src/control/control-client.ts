import { request } from "node:http";
import { Fault, systemCode } from "@hopline/fault";
import type { ObjectChange } from "../cluster.js";
import type { Handover } from "../controllers/address-handover.js";
import type { FaultRequestInput } from "../faults/fault-request.js";
import type { FaultEntry, FaultReport } from "../faults/faults.js";
import type { Denial } from "../policy/policy-rules.js";
import type { LabState } from "./lab-control.js";

/** Asks a running lab over its control socket. Faults of the lab are thrown here as they were there. */
export class ControlClient {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  state(): Promise<LabState> {
    return this.#ask<LabState>("GET", "/state");
  }

  async quiesce(): Promise<void> {
    await this.#ask("POST", "/quiesce");
  }

  async resume(): Promise<void> {
    await this.#ask("POST", "/resume");
  }

  async snapshot(): Promise<void> {
    await this.#ask("POST", "/snapshot");
  }

  async setRate(rate: number): Promise<void> {
    await this.#ask("POST", "/rate", { rate });
  }

  async denyWith(denial: Denial): Promise<void> {
    await this.#ask("POST", "/deny-with", { denial });
  }

  restartPod(pod?: string): Promise<Handover> {
    return this.#ask<Handover>("POST", "/restart-pod", { pod });
  }

  apply(text: string, file: string): Promise<ObjectChange[]> {
    return this.#ask<ObjectChange[]>("POST", "/apply", { text, file });
  }

  delete(text: string, file: string): Promise<ObjectChange[]> {
    return this.#ask<ObjectChange[]>("POST", "/delete", { text, file });
  }

  addFault(request: FaultRequestInput): Promise<FaultEntry> {
    return this.#ask<FaultEntry>("POST", "/fault-add", request);
  }

  faults(): Promise<FaultReport[]> {
    return this.#ask<FaultReport[]>("GET", "/faults");
  }

  removeFault(id: string): Promise<FaultReport[]> {
    return this.#ask<FaultReport[]>("POST", "/fault-remove", { id });
  }

  /** Both ends are of one version: the answer's shape is the server's type. */
  async #ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const { status, text } = await this.#exchange(
      method,
      path,
      body === undefined ? "" : JSON.stringify(body),
    );
    const answer = JSON.parse(text);
    if (status !== 200) throw new Fault(answer);
    return answer;
  }

  #exchange(
    method: string,
    path: string,
    body: string,
  ): Promise<{ status: number | undefined; text: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ socketPath: this.#socketPath, method, path, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.once("end", () => resolve({ status: response.statusCode, text }));
        response.once("error", reject);
      });
      outgoing.once("error", (thrown) => reject(unreachable(this.#socketPath, thrown)));
      outgoing.end(body);
    });
  }
}

function unreachable(socketPath: string, thrown: Error): Fault {
  const why = systemCode(thrown) ?? thrown.message;
  return new Fault({
    code: "LAB_UNREACHABLE",
    message: `No lab answers at ${socketPath} (${why}).`,
    hint: 'Start one with "hopline lab up".',
    cause: thrown,
  });
}
