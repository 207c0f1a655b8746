import type { Receiver, ToldAlert } from "./receiver.js";
import { postJson, type ReceiverAddress } from "./receiver-address.js";

const REPEAT_MS = 60_000;
/** An alert that is not repeated for so long ends by itself: Alertmanager need not wait for a collector that is gone. */
const VALID_MS = 4 * REPEAT_MS;

/** A Prometheus Alertmanager, by its API v2. `linkTo` makes a page of the UI an absolute URL. */
export function alertmanager(address: ReceiverAddress, linkTo: (path: string) => string): Receiver {
  return {
    kind: "alertmanager",
    url: address.url,
    repeatMs: REPEAT_MS,
    tell: (alerts, nowMs, signal) =>
      postJson(
        { ...address, url: `${address.url.replace(/\/$/, "")}/api/v2/alerts` },
        alerts.map((alert) => postable(alert, nowMs, linkTo)),
        signal,
      ),
  };
}

/** As Alertmanager's API v2 takes it: one alert is what has the same labels. */
export function postable(alert: ToldAlert, nowMs: number, linkTo: (path: string) => string) {
  const { rule, severity, labels, summary, firedAt, resolvedAt, pendingAt } = alert;
  return {
    labels: { alertname: alertName(rule), rule, severity, ...labels },
    annotations: { summary, hopline_alert: alert.id },
    generatorURL: linkTo(alert.link),
    startsAt: new Date(firedAt ?? pendingAt).toISOString(),
    endsAt: new Date(alert.state === "resolved" ? (resolvedAt ?? nowMs) : nowMs + VALID_MS).toISOString(),
  };
}

/** `HoplineWireLoss`. */
function alertName(rule: string): string {
  return `Hopline${rule.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
}
