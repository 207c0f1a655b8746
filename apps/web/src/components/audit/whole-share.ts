/** `99.9 %`; never 100 % of what is not whole, nor 0 % of what is not nothing. */
export function wholeShare(share: number): string {
  if (share > 0 && share < 0.001) return "<0.1 %";
  const tenths = Math.floor(share * 1000) / 10;
  return `${Number.isInteger(tenths) ? tenths : tenths.toFixed(1)} %`;
}
