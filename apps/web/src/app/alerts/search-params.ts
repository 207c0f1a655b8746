import { createLoader, parseAsStringLiteral } from "nuqs/server";
import { spanParams } from "../../filters/filter-params";

/** Which alerts are shown: those that are not over, those that are, or both. */
export const ALERT_CHOICES = ["all", "active", "resolved"] as const;

/** What the alerts page's address holds besides the time span. */
export const alertsParams = { state: parseAsStringLiteral(ALERT_CHOICES).withDefault("all") };

export const loadAlertsPage = createLoader({ ...spanParams, ...alertsParams });
