import type { AlertWebhook } from "@hopline/api";
import type { Receiver } from "./receiver.js";
import { postJson, type ReceiverAddress } from "./receiver-address.js";

/** Anything that takes JSON (packages/api, alertWebhookSchema): once when an alert fires, once when it is resolved. */
export function webhook(address: ReceiverAddress, linkTo: (path: string) => string): Receiver {
  return {
    kind: "webhook",
    url: address.url,
    repeatMs: undefined,
    tell: (alerts, _nowMs, signal) => {
      const body: AlertWebhook = {
        version: 1,
        alerts: alerts.map(({ deliveries: _, ...alert }) => ({ ...alert, url: linkTo(alert.link) })),
      };
      return postJson(address, body, signal);
    },
  };
}
