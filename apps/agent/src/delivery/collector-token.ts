import { readFile } from "node:fs/promises";
import { Fault, systemCode } from "@hopline/fault";

export interface TokenOptions {
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
}

/** The bearer token. A file is read for each request: it rotates, and a request every half second costs nothing. */
export class CollectorToken {
  readonly #options: TokenOptions;

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  /** @throws Fault `TOKEN_UNREADABLE` */
  async read(): Promise<string | undefined> {
    const { token, tokenFile } = this.#options;
    if (tokenFile === undefined) return token;
    try {
      const text = (await readFile(tokenFile, "utf8")).trim();
      if (text !== "") return text;
    } catch (thrown) {
      throw unreadable(`The token file ${tokenFile} cannot be read: ${systemCode(thrown)}.`, thrown);
    }
    throw unreadable(`The token file ${tokenFile} is empty.`, undefined);
  }
}

function unreadable(message: string, cause: unknown): Fault {
  return new Fault({
    code: "TOKEN_UNREADABLE",
    message,
    hint: "Batches wait on disk until it holds the collector's agent token.",
    cause,
  });
}
