// @ts-check
/** Sums over the parts of vectors. */

/** @typedef {ArrayLike<number>} Vector */

/**
 * @param {Vector} a
 * @param {Vector} b
 */
export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The largest size of a part; not a number if one is none. @param {Vector} a */
export function size(a) {
  return Array.from(a).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** The Euclidean length. @param {Vector} a */
export function norm(a) {
  return Math.hypot(...Array.from(a));
}

/**
 * @param {Vector} a
 * @param {Vector} b
 */
export function minus(a, b) {
  return Array.from(a, (value, i) => value - b[i]);
}

/** The largest extent of points along a coordinate. @param {Vector[]} points */
export function extent(points) {
  return Math.max(
    ...Array.from(points[0], (_, i) => {
      let [low, high] = [Infinity, -Infinity];
      for (const point of points) [low, high] = [Math.min(low, point[i]), Math.max(high, point[i])];
      return high - low;
    }),
  );
}

/** The largest of many numbers, those left out that are none. @param {Iterable<number>} values */
export function largest(values) {
  let most = -Infinity;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** The least of many numbers, those left out that are none. @param {Iterable<number>} values */
export function least(values) {
  let low = Infinity;
  for (const value of values) if (value < low) low = value;
  return low;
}
