// @ts-check
/** The values of an axis of a sweep. */

/**
 * Evenly spaced values, both ends included, as `steepest.linear` has them.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
export function linear(low, high, count) {
  const step = count > 1 ? (high - low) / (count - 1) : 0;
  const values = Float64Array.from({ length: count }, (_, k) => k * step + low);
  if (count > 1) values[count - 1] = high;
  return values;
}

/**
 * The middles of equal cells that fill an interval.
 * @param {number[]} interval
 * @param {number} count
 */
export function middles([low, high], count) {
  const half = (high - low) / (2 * count);
  return linear(low + half, high - half, count);
}
