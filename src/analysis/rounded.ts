/** Beyond this a double cannot hold nine decimals. */
const LARGEST = Number.MAX_SAFE_INTEGER / 1e9;

/** To nine decimals: sums of the same numbers in another order differ in their last bits, which must decide nothing. */
export function rounded(value: number): number {
  return value < LARGEST ? Math.round(value * 1e9) / 1e9 : value;
}
