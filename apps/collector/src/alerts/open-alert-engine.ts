import type { Logger } from "@hopline/process";
import type { Clock } from "../clock.js";
import type { CollectorMetrics } from "../metrics.js";
import type { CollectorSettings } from "../settings.js";
import type { StoreKeeper } from "../store-keeper.js";
import { AlertEngine } from "./alert-engine.js";
import { alertmanager } from "./delivery/alertmanager.js";
import { webhook } from "./delivery/webhook.js";
import { connectionsReader } from "./readings/connections-reader.js";
import { dnsReader } from "./readings/dns-reader.js";
import { lossReader } from "./readings/loss-reader.js";
import { nodesReader } from "./readings/nodes-reader.js";
import { policyReader } from "./readings/policy-reader.js";
import { roundTripReader } from "./readings/round-trip-reader.js";
import { readRules } from "./rules/read-rules.js";

export interface OpenAlertEngineOptions {
  readonly settings: CollectorSettings;
  readonly keeper: StoreKeeper;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: CollectorMetrics;
}

/** An inert {@link AlertEngine} as the settings want it. @throws Fault `ALERT_RULES_INVALID` */
export function openAlertEngine({ settings, ...parts }: OpenAlertEngineOptions): AlertEngine {
  const isOn = settings.alerts ?? !settings.keepEverything;
  const linkTo = (path: string) => `${settings.externalUrl ?? ""}${path}`;
  return new AlertEngine({
    ...parts,
    rules: readRules(settings.alertRules),
    readers: isOn
      ? [lossReader, connectionsReader, dnsReader, nodesReader, policyReader, roundTripReader()]
      : [],
    receivers: [
      ...settings.alertmanagers.map((address) => alertmanager(address, linkTo)),
      ...settings.alertWebhooks.map((address) => webhook(address, linkTo)),
    ],
  });
}
