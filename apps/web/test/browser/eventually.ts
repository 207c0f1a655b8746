import { expect } from "vitest";

/** Machines that run browser tests are busy; what is meant to come may take its time. */
const PATIENCE_MS = 20_000;

/** `await eventually(() => value).toBe(…)`: asks until it holds. */
export function eventually<Value>(value: () => Value | Promise<Value>) {
  return expect.poll(value, { timeout: PATIENCE_MS });
}
