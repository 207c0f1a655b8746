"use client";

import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/**
 * False on the server and while the browser takes over what the server wrote, true from then on. For what the server did
 * not know: another part of the page may have learnt it before this one is taken over.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
