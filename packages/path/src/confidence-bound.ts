/** A proportion and where the true one lies with a given confidence; all from 0 to 1. */
export interface Bound {
  readonly low: number;
  readonly high: number;
}

/** Of the standard normal distribution, two-sided: 95 %. */
export const Z_95 = 1.959963984540054;

/**
 * Wilson's score interval of a binomial proportion (E. B. Wilson, 1927). It keeps its coverage where the proportion is small
 * and never leaves 0 to 1.
 *
 * @param proportion seen, 0 to 1
 * @param trials more than 0
 */
export function wilsonBound(proportion: number, trials: number, z = Z_95): Bound {
  const square = (z * z) / trials;
  const centre = (proportion + square / 2) / (1 + square);
  const reach =
    (z / (1 + square)) * Math.sqrt((proportion * (1 - proportion)) / trials + square / (4 * trials));
  return {
    low: proportion === 0 ? 0 : Math.max(0, centre - reach),
    high: proportion === 1 ? 1 : Math.min(1, centre + reach),
  };
}
