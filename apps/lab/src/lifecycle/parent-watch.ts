const POLL_MS = 500;

/** Stops this process in order when the one that started it has gone: the kernel then gives it another parent. */
export function stopWithParent(): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, POLL_MS);
  timer.unref();
  // A terminal that closes.
  process.on("SIGHUP", () => process.kill(process.pid, "SIGTERM"));
}
