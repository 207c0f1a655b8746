import { createReadStream } from "node:fs";

/** Environment variable that names the lifeline's file descriptor. */
export const LIFELINE_VARIABLE = "HOPLINE_LIFELINE_FD";

/**
 * Calls `onBroken` once when the process at the other end of an inherited pipe is gone, however it went: the kernel
 * closes the pipe even after a kill -9, so that nothing which was started for a demo outlives it.
 * Does nothing where no lifeline was handed down.
 */
export function watchLifeline(env: Readonly<Record<string, string | undefined>>, onBroken: () => void): void {
  const fd = Number(env[LIFELINE_VARIABLE] ?? "");
  if (!Number.isInteger(fd) || fd < 3) return;
  const stream = createReadStream("", { fd, autoClose: false });
  let broken = false;
  const once = (): void => {
    if (broken) return;
    broken = true;
    onBroken();
  };
  stream.on("end", once);
  stream.on("error", once);
  stream.resume();
}
