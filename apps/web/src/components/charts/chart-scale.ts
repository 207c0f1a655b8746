export interface ChartScale {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

/** Below this share of the height a tick's figure would stand on top of the zero's. */
const LEAST_APART = 0.16;

/** A scale that holds all values and zero, ends at round figures, and names those and zero. */
export function chartScale(values: readonly number[]): ChartScale {
  const top = roundUp(Math.max(0, ...values));
  const bottom = values.some((value) => value < 0)
    ? -roundUp(Math.max(0, ...values.map((value) => -value)))
    : 0;
  if (top === 0 && bottom === 0) return { domain: [0, 1], ticks: [0] };
  const apart = (top - bottom) * LEAST_APART;
  const ticks = [bottom, 0, top].filter((tick, index) => index === 1 || Math.abs(tick) >= apart);
  return { domain: [bottom, top], ticks };
}

/** The next 1, 1.5, 2, 3, 5 or 8 times a power of ten. */
function roundUp(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 5, 8].find((one) => one * power >= value) ?? 10;
  return step * power;
}
