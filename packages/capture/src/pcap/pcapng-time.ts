/** How the 64-bit timestamps of one pcapng interface count. */
export interface TimeScale {
  /** A timestamp, given as its upper and lower 32 bits, in microseconds since the Unix epoch. */
  toUs(high: number, low: number): number;
}

const TWO_32 = 2 ** 32;

/**
 * @param resolution the byte of if_tsresol: a negative power of 10, or of 2 where its highest bit is set
 * @param offsetSeconds if_tsoffset
 *
 * A nanosecond timestamp has 61 bits and a double 53, so finer units than a microsecond are divided half by half:
 * the result is as exact as a double of microseconds is (0.25 µs today).
 */
export function timeScale(resolution: number, offsetSeconds: number): TimeScale {
  const offsetUs = offsetSeconds * 1e6;
  const power = resolution & 0x7f;
  const decimal = (resolution & 0x80) === 0;
  if (decimal && power >= 6 && power <= 12) {
    const perUs = 10 ** (power - 6);
    return {
      toUs(high, low) {
        const rest = high % perUs;
        return ((high - rest) / perUs) * TWO_32 + (rest * TWO_32 + low) / perUs + offsetUs;
      },
    };
  }
  const usPerUnit = 1e6 * (decimal ? 10 : 2) ** -power;
  return {
    toUs(high, low) {
      return high * TWO_32 * usPerUnit + low * usPerUnit + offsetUs;
    },
  };
}
