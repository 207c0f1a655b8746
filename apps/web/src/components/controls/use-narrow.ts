"use client";

import { useSyncExternalStore } from "react";

/** Below this a side panel would leave the page no room: it becomes a sheet from the bottom. */
const NARROW = "(max-width: 899px)";

function subscribe(onChange: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}

/** Whether the window is narrow; undefined on the server and until the first paint in the browser. */
export function useNarrow(): boolean | undefined {
  return useSyncExternalStore<boolean | undefined>(
    subscribe,
    () => window.matchMedia(NARROW).matches,
    () => undefined,
  );
}
