// @ts-check
/** Whether a run still made progress, or stays in one region: the port of `steepest.diagnosis.motion.progress`. */
import { PROGRESS } from "./tables.js";
import { extent, largest, least } from "./vectors.js";

/** @typedef {import("./sampling.js").Sampling} Sampling */

const { FEWEST, STILL, LATE } = PROGRESS;

/**
 * Whether the values fall from window to window over the second half, the highest as well as the lowest of each.
 * @param {Sampling} sampling
 * @param {boolean} kink
 */
export function stillFalls({ steps, values }, kink) {
  const end = steps[steps.length - 1];
  const wanted = end - Math.max(1, Math.floor(end / 4));
  const before = values[steps.findIndex((step) => step >= wanted)];
  const last = values[values.length - 1];
  const late = values.filter((_, row) => steps[row] >= Math.floor(end / 2));
  const windows = split(late, Math.min(4, late.length));
  const [lows, highs] = [windows.map(least), windows.map(largest)];
  const falls = (/** @type {number[]} */ row) => row.every((value, k) => !k || value < row[k - 1]);
  if (kink && !(highs[highs.length - 1] < lows[0])) return false;
  return falls(lows) && falls(highs) && last <= before && before - last > STILL * Math.abs(before);
}

/**
 * A row in so many parts, the first ones a number longer if need be.
 * @param {number[]} row
 * @param {number} parts
 */
function split(row, parts) {
  const [each, more] = [Math.floor(row.length / parts), row.length % parts];
  return Array.from({ length: parts }, (_, k) => {
    const from = k * each + Math.min(k, more);
    return row.slice(from, from + each + Number(k < more));
  });
}

/**
 * Whether the last two quarters cover much the same positions and values, and coordinates still turn back.
 * @param {Sampling} sampling
 * @param {number[][]} turns
 */
export function staysInRegion({ steps, positions, values }, turns) {
  const end = steps[steps.length - 1];
  if (end < FEWEST) return false;
  const rows = [2, 3].map((which) =>
    steps.flatMap((step, row) => {
      const share = (4 * step) / end;
      return share >= which && (share < which + 1 || which === 3) ? [row] : [];
    }),
  );
  const spans = rows.map((part) => extent(part.map((row) => positions[row])));
  const [lows, highs] = [least, largest].map((extreme) => rows.map((part) => extreme(part.map((row) => values[row]))));
  const alike = 0.5 * spans[0] <= spans[1] && spans[1] <= 2 * spans[0] && spans[1] > 0;
  const together = extent(rows.flat().map((row) => positions[row])) <= 1.5 * Math.max(...spans);
  const turning = turns.some((each) => each.filter((step) => step > LATE * end).length >= 2);
  const overlap = Math.min(...highs) - Math.max(...lows);
  return alike && together && turning && overlap >= 0.5 * Math.max(highs[0] - lows[0], highs[1] - lows[1]);
}

/**
 * The steps at which each coordinate turns back, by more than rounding.
 * @param {import("../runs/program.js").Run} run
 */
export function turns({ positions, count, steps }) {
  return Array.from({ length: count }, (_, i) => {
    const found = [];
    let way = 0;
    for (let k = 1; k <= steps; k++) {
      const [before, after] = [positions[(k - 1) * count + i], positions[k * count + i]];
      if (!(Math.abs(after - before) > 1e-15 * Math.max(Math.abs(before), Math.abs(after)))) continue;
      const next = Math.sign(after - before);
      if (way && next !== way) found.push(k - 1);
      way = next;
    }
    return found;
  });
}

/**
 * Whether the value never rose by more than rounding.
 * @param {import("../runs/program.js").Run} run
 */
export function falls({ values, steps }) {
  for (let k = 1; k <= steps; k++) {
    if (!(values[k] - values[k - 1] <= 1e-12 * Math.max(1e-300, Math.abs(values[k - 1])))) return false;
  }
  return true;
}
