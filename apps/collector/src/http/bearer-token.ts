import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { describe, Fault } from "@hopline/fault";

export interface BearerTokenOptions {
  /** For messages: `agent token`. */
  readonly name: string;
  readonly token?: string | undefined;
  readonly file?: string | undefined;
  readonly now: () => number;
  /** Called once for each time that a file which was readable before cannot be read any more; the old token holds on. */
  readonly onUnreadable?: (sentence: string) => void;
}

/** How often a token's file is looked at for a change. Kubernetes takes a minute or so to renew a mounted Secret. */
const RECHECK_MS = 5000;

/** A token that callers must send as `Authorization: Bearer …`, from a setting or from a file that may rotate. */
export class BearerToken {
  readonly #options: BearerTokenOptions;
  #digest: Buffer | undefined;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #fileState = "";
  #unreadable = false;

  /** @throws Fault `SETTINGS_INVALID` for both a token and a file; `TOKEN_FILE_UNREADABLE`. */
  constructor(options: BearerTokenOptions) {
    this.#options = options;
    if (options.token !== undefined && options.file !== undefined) {
      throw new Fault({
        code: "SETTINGS_INVALID",
        message: `The ${options.name} is given twice, as itself and as the file ${options.file}.`,
        hint: "Give one of the two.",
      });
    }
    if (options.token !== undefined) this.#digest = digestOf(options.token);
    if (options.file !== undefined) {
      this.#readFile(options.file);
      this.#checkedAtMs = options.now();
    }
  }

  /** False where neither a token nor a file was given: then nothing is asked of callers by this token. */
  get isSet(): boolean {
    return this.#digest !== undefined;
  }

  /** Whether an Authorization header carries the token. Takes as long for a near miss as for a wide one. */
  accepts(authorization: string | undefined): boolean {
    this.#recheck();
    const sent = /^bearer +(\S+)\s*$/i.exec(authorization ?? "")?.[1];
    return sent !== undefined && this.#digest !== undefined && timingSafeEqual(digestOf(sent), this.#digest);
  }

  #recheck(): void {
    const { file, now, onUnreadable } = this.#options;
    if (file === undefined || now() - this.#checkedAtMs < RECHECK_MS) return;
    this.#checkedAtMs = now();
    try {
      this.#readFile(file);
      this.#unreadable = false;
    } catch (thrown) {
      if (!this.#unreadable) onUnreadable?.(`${describe(thrown)} The token read before stays valid.`);
      this.#unreadable = true;
    }
  }

  #readFile(file: string): void {
    let text: string;
    try {
      const { mtimeMs, ino, size } = statSync(file);
      const state = `${mtimeMs}/${ino}/${size}`;
      if (state === this.#fileState) return;
      text = readFileSync(file, "utf8").trim();
      this.#fileState = state;
    } catch (thrown) {
      throw new Fault({
        code: "TOKEN_FILE_UNREADABLE",
        message: `The file ${file} of the ${this.#options.name} cannot be read: ${describe(thrown)}.`,
        hint: "Check its path and its permissions.",
        cause: thrown,
      });
    }
    if (!/^\S{8,}$/.test(text)) {
      throw new Fault({
        code: "TOKEN_FILE_UNREADABLE",
        message: `The file ${file} of the ${this.#options.name} holds no single word of at least 8 characters.`,
        hint: "Write the token into it, and nothing else.",
      });
    }
    this.#digest = digestOf(text);
  }
}

/** Equal lengths, whatever was sent: `timingSafeEqual` takes no others. */
function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
