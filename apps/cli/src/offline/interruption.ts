/** Aborted by the first SIGINT or SIGTERM, which then do not end this process: it tidies up first. */
export function untilInterrupted(): AbortSignal {
  const interruption = new AbortController();
  process.on("SIGINT", () => interruption.abort());
  process.on("SIGTERM", () => interruption.abort());
  return interruption.signal;
}
