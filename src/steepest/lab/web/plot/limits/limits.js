// @ts-check
/**
 * Which part of the plane is seen at first: the rules of Python's `plot/scene/limits.py`, so that both show the same.
 */
import { LIMITS } from "../../model/shared.js";
import { widened } from "./neighborhood.js";

const {
  AMONG,
  FIRST,
  FIRST_FARTHER,
  FAR,
  GROWTH,
  SQUASH,
  MARGIN,
  BESIDE,
  DOT,
  STANDSTILL,
  COMES_BACK,
  STRETCH,
  LARGEST,
  WIDENINGS,
  EQUAL,
} = LIMITS;

/** @typedef {number[][]} Box */

/**
 * The known view, grown where the paths need it, or a box that holds them and what lies near them; a run that flies
 * away counts with its beginning.
 * @param {import("../../model/runs/program.js").Run[]} runs
 * @param {number[]} start
 * @param {Box | null} base
 * @param {(axes: Float64Array[]) => Float64Array} evaluate values on a grid, a row for each y
 * @param {{points?: number[][], ownUnits?: boolean}} [more] other positions that must be seen, where no view is known, and
 *   whether each parameter has its own units, so that one range says nothing about the other
 * @returns {Box}
 */
export function boxAround(runs, start, base, evaluate, { points = [], ownUnits = false } = {}) {
  const paths = runs.length ? runs.map(positionsOf) : [[start]];
  const scales = start.map((value, i) => (base ? width(base[i]) / 2 : Math.max(1, Math.abs(value))));
  const away = leaving(paths, runs, scales, base);
  const everyone = away.every(Boolean);
  const stay = paths.filter((_, k) => !away[k]).flat();
  const anchor = lowestVisited(runs, paths, away) ?? start;
  if (base) {
    const followed = paths.flatMap((own, k) =>
      !away[k] ? own : everyone ? beginning(own, scales, FAR) : own.slice(0, 1),
    );
    const seen = hull(followed);
    if (unseen(seen, base)) return fitted(seen, anchor);
    return base.map(([low, high], i) => {
      const middle = (low + high) / 2;
      const reach = Math.max(0, seen[i][1] - middle, middle - seen[i][0]);
      const least = Math.min(low, seen[i][0], middle - BESIDE * reach);
      const most = Math.max(high, seen[i][1], middle + BESIDE * reach);
      const margin = MARGIN * (most - least);
      return [Math.min(least, seen[i][0] - margin), Math.max(most, seen[i][1] + margin)];
    });
  }
  const found = everyone ? minimumRegion(paths, start, evaluate) : [];
  const lowest = found.length ? found : [start];
  const size = stay.length ? hull(stay) : [];
  const reach = scales.map((scale, i) =>
    Math.max(scale, everyone ? Math.max(...hull(lowest)[i].map((end) => Math.abs(end - start[i]))) : width(size[i])),
  );
  const followed = paths.flatMap((own, k) => (away[k] ? beginning(own, reach, everyone ? FAR : AMONG) : own));
  const mean = start.map((_, i) => lowest.reduce((sum, position) => sum + position[i], 0) / lowest.length);
  const seen = hull([...followed, ...points, ...lowest]);
  const center = everyone ? mean : anchor;
  const box = fitted(seen, center, ownUnits);
  return start.length > 2 ? box : widened(box, seen, center, evaluate);
}

/**
 * The box, widened in one direction if then both axes can share one scale.
 * @param {Box} box
 * @param {number} aspect width over height of the picture
 * @returns {Box}
 */
export function equalScale(box, aspect) {
  const [[left, right], [low, high]] = box;
  const ratio = (right - left) / (high - low);
  if (!(ratio / aspect <= STRETCH && aspect / ratio <= STRETCH)) return box;
  const across = Math.max(right - left, (high - low) * aspect);
  const upward = Math.max(high - low, (right - left) / aspect);
  return [
    [(left + right - across) / 2, (left + right + across) / 2],
    [(low + high - upward) / 2, (low + high + upward) / 2],
  ];
}

/**
 * The values to show of a curve: all of it if it stays near what the runs visited, never a pole's or a steep branch's
 * whole height.
 * @param {number[]} interval
 * @param {Float64Array} values of the curve over the interval
 * @param {import("../../model/runs/program.js").Run[]} runs
 */
export function curveLimits(interval, values, runs) {
  const sorted = betweenPoles(values.filter(Number.isFinite)).sort();
  if (!sorted.length) return [-1, 1];
  const quantile = (/** @type {number} */ share) => sorted[Math.floor(share * (sorted.length - 1))];
  let [low, high] = [quantile(0.02), quantile(0.9)];
  const usual = quantile(0.75);
  let [least, most] = [Infinity, -Infinity];
  for (const run of runs) {
    for (let k = 0; k <= run.steps; k++) {
      const x = run.positions[k];
      const value = run.values[k];
      if (!(x >= interval[0] && x <= interval[1] && Number.isFinite(value))) continue;
      [least, most] = [Math.min(least, value), Math.max(most, value)];
    }
  }
  if (most >= least) {
    low = Math.min(least, low);
    high = Math.max(most, Math.min(high, Math.max(usual, 2 * most - least)));
  }
  const room = 0.6 * (high - low);
  const [bottom, top] = [sorted[0], sorted[sorted.length - 1]];
  [low, high] = [Math.max(low - room, Math.min(bottom, low)), Math.min(high + room, Math.max(top, high))];
  if (!(high > low)) {
    [low, high] = [low - Math.max(1, Math.abs(low)) / 2, high + Math.max(1, Math.abs(high)) / 2];
  }
  const margin = 0.07 * (high - low);
  return [low - margin, high + margin];
}

/** @param {number[]} interval */
function width([low, high]) {
  return high - low;
}

/**
 * The positions of a run, up to the first that no picture can hold.
 * @param {import("../../model/runs/program.js").Run} run
 */
function positionsOf({ positions, steps, count }) {
  const found = [];
  for (let k = 0; k <= steps; k++) {
    const position = Array.from(positions.subarray(k * count, (k + 1) * count));
    if (k && !position.every((value) => Math.abs(value) < LARGEST)) break;
    found.push(position);
  }
  return found;
}

/**
 * @param {number[]} a
 * @param {number[]} b
 * @param {number[]} scales
 */
function distance(a, b, scales) {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]) / scales[i]));
}

/**
 * Which runs the picture lets go: they fly away, or following them would squash everything else.
 * @param {number[][][]} paths
 * @param {import("../../model/runs/program.js").Run[]} runs
 * @param {number[]} scales
 * @param {Box | null} base
 */
function leaving(paths, runs, scales, base) {
  const away = paths.map((own, k) => {
    if (!own.some((position) => distance(position, own[0], scales) > FAR)) return false;
    const lengths = own.slice(1).map((position, step) => distance(position, own[step], scales));
    const last = lengths[lengths.length - 1];
    const sorted = Float64Array.from(lengths).sort();
    const half = sorted.length >> 1;
    return (
      runs[k].ending.kind === "diverged" ||
      last >= GROWTH * (sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2)
    );
  });
  const boxes = paths.map(hull);
  paths.forEach((own, k) => {
    const others = boxes.filter((_, other) => other !== k && !away[other]);
    if (away[k] || !(others.length || base)) return;
    const ends = own[0].map((value, i) => [value - scales[i], value + scales[i]]);
    const rest = around([ends, ...others, ...(base ? [base] : [])]);
    away[k] = boxes[k].some((interval, i) => width(interval) > SQUASH * width(rest[i]));
  });
  return away;
}

/**
 * The first positions of a run that flies away: those within so many scales, and a first swing that goes farther.
 * @param {number[][]} own
 * @param {number[]} scales
 * @param {number} far
 */
function beginning(own, scales, far) {
  const until = (/** @type {number} */ limit, /** @type {number} */ most) => {
    const out = own.slice(0, most).findIndex((position) => distance(position, own[0], scales) > limit);
    return out < 0 ? most : out;
  };
  return own.slice(0, Math.max(1, until(far, own.length), until(FIRST_FARTHER * far, FIRST)));
}

/**
 * @param {import("../../model/runs/program.js").Run[]} runs
 * @param {number[][][]} paths
 * @param {boolean[]} away
 */
function lowestVisited(runs, paths, away) {
  let least = Infinity;
  let found = null;
  for (const [k, { values }] of runs.entries()) {
    if (away[k]) continue;
    for (const [step, position] of paths[k].entries()) {
      if (values[step] < least) [least, found] = [values[step], position];
    }
  }
  return /** @type {number[] | null} */ (found);
}

/**
 * Where runs that fly away could have gone: the lowest positions of the smallest box around the start that has them
 * inside.
 * @param {number[][][]} paths
 * @param {number[]} start
 * @param {(axes: Float64Array[]) => Float64Array} evaluate
 */
function minimumRegion(paths, start, evaluate) {
  const size = start.length === 1 ? 2001 : 101;
  const farthest = start.map((value, i) =>
    Math.max(...paths.map((own) => own.reduce((most, position) => Math.max(most, Math.abs(position[i] - value)), 0))),
  );
  let reach = start.map((value) => 1.5 * Math.max(1, Math.abs(value)));
  for (let k = 0; k < (start.length > 2 ? 0 : WIDENINGS); k++, reach = reach.map((half) => 4 * half)) {
    const axes = start.map((value, i) =>
      Float64Array.from({ length: size }, (_, at) => value + reach[i] * ((2 * at) / (size - 1) - 1)),
    );
    const found = lowestPositions(axes, evaluate(axes), size);
    if (found.length || !reach.some((half, i) => half < SQUASH * farthest[i])) return found;
  }
  return [];
}

/**
 * The lowest positions on a grid; none where some of them lie on its border.
 * @param {Float64Array[]} axes
 * @param {Float64Array} values
 * @param {number} size
 */
function lowestPositions([x, y], values, size) {
  const sorted = values.filter(Number.isFinite).sort();
  const least = sorted[0];
  const found = [];
  if (!sorted.length || values.includes(-Infinity)) return [];
  for (let k = 0; k < values.length; k++) {
    if (!(values[k] <= least + EQUAL * (sorted[sorted.length >> 1] - least))) continue;
    const column = k % size;
    const row = Math.floor(k / size);
    if (!column || column === size - 1 || (y && (!row || row === size - 1))) return [];
    found.push(y ? [x[column], y[row]] : [x[column]]);
  }
  return found;
}

/**
 * Whether paths that move at all would be a dot in the known view.
 * @param {Box} seen
 * @param {Box} base
 */
function unseen(seen, base) {
  const most = Math.max(...seen.map(width));
  const size = Math.max(...seen.map(([low, high]) => Math.abs(low + high)));
  return seen.every((interval, i) => width(interval) < DOT * width(base[i])) && most > STANDSTILL * size;
}

/**
 * A box with room around the paths, so that their lowest position is seen from all sides.
 * @param {Box} seen
 * @param {number[]} anchor
 * @param {boolean} [ownUnits] whether each parameter has its own
 */
function fitted(seen, anchor, ownUnits = false) {
  const grown = seen.map(([low, high], i) => {
    const reach = Math.max(anchor[i] - low, high - anchor[i]);
    return [Math.min(low, anchor[i] - BESIDE * reach), Math.max(high, anchor[i] + BESIDE * reach)];
  });
  const extent = Math.max(...grown.map(width));
  const moved = extent > STANDSTILL * Math.max(...grown.map(([low, high]) => Math.abs(low + high)));
  const own = ownUnits && grown.every(([low, high]) => high - low > STANDSTILL * Math.abs(low + high));
  return grown.map(([low, high]) => {
    const natural = Math.max(1, Math.abs(low + high) / 2);
    const smallest = moved ? Math.min(natural, 12 * extent) : 4 * natural;
    const size = own ? 1.35 * (high - low) : Math.max(1.35 * (high - low), smallest, 0.4 * extent);
    return [(low + high - size) / 2, (low + high + size) / 2];
  });
}

/**
 * The least and the most of each coordinate.
 * @param {number[][]} positions
 * @returns {Box}
 */
function hull(positions) {
  return positions[0].map((_, i) => {
    let [low, high] = [Infinity, -Infinity];
    for (const position of positions) {
      low = Math.min(low, position[i]);
      high = Math.max(high, position[i]);
    }
    return [low, high];
  });
}

/**
 * The smallest box around boxes.
 * @param {Box[]} boxes
 * @returns {Box}
 */
function around(boxes) {
  const corner = (/** @type {number} */ end) => boxes.map((box) => box.map((interval) => interval[end]));
  return hull([...corner(0), ...corner(1)]);
}

/**
 * The longest part of a curve between poles at which it changes from one infinity to the other: there the largest jump
 * is, from one side of the median to the other, and beside it the curve comes back on both sides.
 * @param {Float64Array} values
 */
function betweenPoles(values) {
  let part = values;
  while (part.length > 3) {
    const sorted = part.slice().sort();
    const half = part.length >> 1;
    const median = part.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    let at = 0;
    for (let k = 1; k + 1 < part.length; k++)
      if (Math.abs(part[k + 1] - part[k]) > Math.abs(part[at + 1] - part[at])) at = k;
    const [before, left, right, after] = [at - 1, at, at + 1, at + 2].map((k) => part[k] - median);
    const away = (/** @type {number} */ beside, /** @type {number} */ end) =>
      Math.abs(beside) > COMES_BACK * Math.abs(end);
    if (left < 0 === right < 0 || away(before, left) || away(after, right)) break;
    part = at + 1 < part.length / 2 ? part.subarray(at + 1) : part.subarray(0, at + 1);
  }
  return part;
}
