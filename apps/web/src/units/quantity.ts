const NARROW_SPACE = " ";

/** Three significant digits, no trailing zeros, never exponents: 0.04, 1.2, 34, 999. */
function shortNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 100) return String(Math.round(value));
  if (magnitude >= 10) return trimZeros(value.toFixed(1));
  if (magnitude >= 1) return trimZeros(value.toFixed(2));
  return trimZeros(value.toPrecision(2));
}

function trimZeros(text: string): string {
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

function withPrefix(value: number, unit: string, prefixes: readonly string[]): string {
  let scaled = value;
  let index = 0;
  // 999.5 would round to 1000 of the smaller unit.
  while (Math.abs(scaled) >= 999.5 && index < prefixes.length - 1) {
    scaled /= 1000;
    index += 1;
  }
  const prefix = prefixes[index] ?? "";
  return `${scaled === 0 ? "0" : shortNumber(scaled)}${NARROW_SPACE}${prefix}${unit}`;
}

const SI_PREFIXES = ["", "k", "M", "G", "T", "P"] as const;

/** `512 B`, `1.2 kB`, `34 MB`: SI, powers of a thousand. */
export function formatBytes(bytes: number): string {
  return withPrefix(Math.round(bytes), "B", SI_PREFIXES);
}

/** `1.2 MB/s`. */
export function formatByteRate(bytesPerSecond: number): string {
  return withPrefix(bytesPerSecond < 1 ? 0 : bytesPerSecond, "B/s", SI_PREFIXES);
}

/** `34/s`, `0.2/s`. */
export function formatRate(perSecond: number): string {
  return perSecond === 0 ? "0/s" : `${withPrefix(perSecond, "", SI_PREFIXES).trimEnd()}/s`;
}

/** `12,345` up to six digits, `1.23 M` above. */
export function formatCount(count: number): string {
  return Math.abs(count) < 1_000_000
    ? Math.round(count).toLocaleString("en-US")
    : withPrefix(count, "", SI_PREFIXES).trimEnd();
}

/** Always every digit, for tooltips: `1,234,567`. */
export function formatExactCount(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** `0.4 %`, `<0.01 %`, `100 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return `<0.01${NARROW_SPACE}%`;
  return `${percent === 0 ? "0" : shortNumber(percent)}${NARROW_SPACE}%`;
}

/** A length of time in microseconds: `87 µs`, `1.24 ms`, `2.3 s`. */
export function formatMicroseconds(us: number): string {
  if (us < 999.5) return `${shortNumber(us)}${NARROW_SPACE}µs`;
  if (us < 999_500) return `${shortNumber(us / 1000)}${NARROW_SPACE}ms`;
  return `${shortNumber(us / 1_000_000)}${NARROW_SPACE}s`;
}

/** A length of time in milliseconds, for people: `12 s`, `4 min`, `3 h`, `2 d`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds}${NARROW_SPACE}s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)}${NARROW_SPACE}min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)}${NARROW_SPACE}h`;
  return `${Math.round(seconds / 86_400)}${NARROW_SPACE}d`;
}
