"use client";

import { useQuery } from "@tanstack/react-query";
import { browserCollector } from "../../collector/browser-collector";
import { statusQuestion } from "../../collector/questions";
import { useHydrated } from "../controls/use-hydrated";

/** How many alerts fire now; nothing where none does. */
export function FiringCount() {
  const { data } = useQuery(statusQuestion(browserCollector));
  const hydrated = useHydrated();
  const firing = data?.alerting.firing ?? 0;
  if (firing === 0 || !hydrated) return null;
  return (
    <span
      data-firing={firing}
      className="absolute top-1 left-1/2 ml-1 grid h-3.5 min-w-3.5 place-items-center rounded-full bg-bad px-1 text-[0.625rem] leading-none font-semibold text-surface sm:top-0.5 xl:static xl:ml-auto xl:h-4.5 xl:min-w-4.5"
    >
      {firing > 99 ? "99+" : firing}
      <span className="sr-only"> firing</span>
    </span>
  );
}
