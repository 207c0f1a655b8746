"use client";

import { useSyncExternalStore } from "react";
import type { TimeZoneChoice } from "../../units/clock-time";

const never = () => () => undefined;

/** UTC while the page is the server's, which does not know the reader's clock; local time right after. */
export function useTimeZone(): TimeZoneChoice {
  return useSyncExternalStore<TimeZoneChoice>(
    never,
    () => "local",
    () => "utc",
  );
}
