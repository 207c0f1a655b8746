import { Fault } from "@hopline/fault";
import { z } from "zod";

/** Where a receiver is, with what it wants to know of us kept apart. */
export interface ReceiverAddress {
  /** Without user name and password: what may be shown and stored. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An http(s) URL; a user name and password in it become basic authentication. */
export const receiverAddressSchema = z
  .url({ protocol: /^https?$/, error: "it should be an http or https URL" })
  .transform((text): ReceiverAddress => {
    const url = new URL(text);
    const { username, password } = url;
    url.username = "";
    url.password = "";
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return {
      url: url.href,
      headers:
        username === "" ? {} : { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` },
    };
  });

const TIMEOUT_MS = 10_000;

/** @throws Fault `ALERT_NOT_TAKEN` unless the answer is 2xx. */
export async function postJson(
  { url, headers }: ReceiverAddress,
  body: unknown,
  signal: AbortSignal,
): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const text = await answer.text();
  if (answer.ok) return;
  throw new Fault({
    code: "ALERT_NOT_TAKEN",
    message: `It answered ${answer.status}: ${text.slice(0, 200).replaceAll(/\s+/g, " ")}`,
  });
}
