// @ts-check
/** Whether a run ends in a cycle: the port of `steepest.diagnosis.motion.cycle`. */
import { CYCLE } from "./tables.js";
import { extent, largest, minus, size } from "./vectors.js";

const { LONGEST, PERIODS, SAME, ROUNDING, REMAINING } = CYCLE;

/**
 * The period of the cycle at the end; 0 if there is none.
 * @param {import("./sampling.js").Sampling} sampling
 */
export function cycle({ positions, tail }) {
  const known = positions.slice(tail);
  for (let period = 2; period <= LONGEST; period++) {
    const end = known.slice(-PERIODS * period);
    if (end.length < 2 * period + 2 || !end.every((position) => position.every(Number.isFinite))) return 0;
    const last = end.slice(-2 * period - 2);
    const across = extent(last);
    const far = largest(last.map(size));
    if (across <= 1e-9 * Math.max(1e-300, far)) return 0;
    const changes = end.slice(period).map((position, k) => size(minus(position, end[k])));
    if (largest(changes.slice(-period - 2)) <= SAME * across)
      return remaining(changes, period, far) <= REMAINING * across ? period : 0;
  }
  return 0;
}

/**
 * How far the points will still move: the sum of the geometric series that the last changes begin.
 * @param {number[]} changes
 * @param {number} period
 * @param {number} far
 */
function remaining(changes, period, far) {
  const [first, last] = [largest(changes.slice(0, period)), largest(changes.slice(-period))];
  if (last <= ROUNDING * far) return 0;
  const count = (changes.length - period) / period;
  const ratio = first && count ? (last / first) ** (1 / count) : 1;
  return ratio < 1 ? last / (1 - ratio) : Infinity;
}
