// @ts-check

/**
 * The shares of a move between which it is in a box; null if it misses it (Liang and Barsky, ACM TOG 3(1), 1984, p. 1).
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 * @param {number[]} across
 * @param {number[]} up
 * @returns {[number, number] | null}
 */
export function clip(ax, ay, bx, by, across, up) {
  let first = 0;
  let last = 1;
  for (const [start, change, [least, most]] of /** @type {[number, number, number[]][]} */ ([
    [ax, bx - ax, across],
    [ay, by - ay, up],
  ])) {
    if (change === 0 && start >= least && start <= most) continue;
    const one = (least - start) / change;
    const other = (most - start) / change;
    first = Math.max(first, Math.min(one, other));
    last = Math.min(last, Math.max(one, other));
  }
  return first < last ? [first, last] : null;
}
