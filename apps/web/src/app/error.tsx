"use client";

import { TriangleAlert } from "lucide-react";
import { Button } from "../components/controls/button";
import { EmptyState } from "../components/feedback/empty-state";

/** A bug of the UI: said as one, with a way on. */
export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <EmptyState
      icon={<TriangleAlert size={20} aria-hidden />}
      title="This page failed"
      actions={<Button onClick={reset}>Try again</Button>}
    >
      This is a bug in the web UI: {error.message}
    </EmptyState>
  );
}
