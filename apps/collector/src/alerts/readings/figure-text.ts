/** `4.2 %`, `0.05 %`. */
export function percentText(share: number): string {
  const percent = share * 100;
  return `${Number(percent.toPrecision(percent >= 1 ? 3 : 2))} %`;
}

/** `412 µs`, `3.1 ms`, `2 s`. */
export function microsecondsText(us: number): string {
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 1_000_000) return `${Number((us / 1000).toPrecision(3))} ms`;
  return `${Number((us / 1_000_000).toPrecision(3))} s`;
}

/** `45 s`, `3 min`. */
export function secondsText(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
