"use client";

import type { ReactNode } from "react";
import { conditionsOf } from "../../filters/connection-filter";
import type { FilterState } from "../../filters/use-filter";
import { Button } from "../controls/button";
import { EmptyState } from "./empty-state";
import { StatusLink } from "./status-link";

/** No traffic: because of the filter, the range, or because nothing is seen at all. */
export function NoTraffic({ state, icon }: { state: FilterState; icon: ReactNode }) {
  const filtered = conditionsOf(state.filter).length > 0;
  return (
    <EmptyState
      icon={icon}
      title={filtered ? "Nothing fits this filter" : "No traffic in this range"}
      actions={
        <>
          {filtered ? <Button onClick={state.clear}>Clear the filter</Button> : null}
          {state.span.kind === "live" && state.span.last === "24h" ? null : (
            <Button onClick={() => state.setSpan({ kind: "live", last: "24h" })}>
              Look at the last 24 hours
            </Button>
          )}
        </>
      }
    >
      {filtered
        ? "No connection in this range fits all conditions. Remove one, or widen the range."
        : "No agent reported a connection. Widen the range, or see on the status page whether agents report."}{" "}
      <StatusLink />
    </EmptyState>
  );
}
