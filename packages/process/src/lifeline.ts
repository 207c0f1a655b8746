import { Socket } from "node:net";

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
  // Not a file stream: its blocking read would hold a thread, and the process at its exit.
  const stream = new Socket({ fd, readable: true, writable: false });
  stream.unref();
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
