// @ts-check
/**
 * What of a function lies near the paths and belongs into the view: the rule of Python's `plot/scene/neighborhood.py`.
 */
import { NEIGHBORHOOD } from "../../model/shared.js";
import { ascending } from "./ascending.js";

const { SCAN, SCANNED, SEEN, DEEP, BEYOND, FLAT, DECAY, PROFILE, ROUNDS, WINDOW, CELLS, NOISE, LOW } = NEIGHBORHOOD;

/** @typedef {number[][]} Box a low and a high end for each parameter */
/** @typedef {(axes: Float64Array[]) => Float64Array} Evaluate values on a grid, a row for each y */
/** @typedef {{axes: Float64Array[], values: Float64Array}} Scan */
/** @typedef {{minimum: number, passage: number, persistence: number}} Neighbor */

/**
 * A view that fits the paths, widened so that it holds what lies near them.
 * @param {Box} box
 * @param {Box} seen the smallest box around what the paths show
 * @param {number[]} anchor their lowest position
 * @param {Evaluate} evaluate
 * @returns {Box}
 */
export function widened(box, seen, anchor, evaluate) {
  const outer = box.map(([low, high]) => {
    const [middle, half] = [(low + high) / 2, (high - low) / 2];
    return [middle - SCAN * half, middle + SCAN * half];
  });
  if (!outer.flat().every(Number.isFinite) || !box.every(([low, high]) => high > low)) return box;
  const axes = outer.map(([low, high]) => even(low, high, SCANNED[box.length - 1]));
  const scan = { axes, values: evaluate(axes) };
  const spread = spreadIn(scan, box);
  if (!(spread > 0)) return box;
  const points = [...neighbors(scan, box, seen, anchor, spread, evaluate), ...flatEnds(scan, anchor, spread, evaluate)];
  if (box.length === 1) points.push(...domainEnds(scan, box, seen));
  else {
    const negated = (/** @type {Float64Array[]} */ places) => evaluate(places).map((value) => -value);
    const upsideDown = { axes, values: scan.values.map((value) => -value) };
    points.push(...neighbors(upsideDown, box, seen, anchor, spread, negated, false));
  }
  return box.map(([low, high], i) => [
    Math.max(outer[i][0], Math.min(low, ...points.map((point) => point[i]))),
    Math.min(outer[i][1], Math.max(high, ...points.map((point) => point[i]))),
  ]);
}

/**
 * Evenly spaced numbers, with the bits of NumPy's `linspace`.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
function even(low, high, count) {
  const step = (high - low) / (count - 1);
  const found = Float64Array.from({ length: count }, (_, k) => k * step + low);
  found[count - 1] = high;
  return found;
}

/**
 * From a low value to the median in the view; 0 where there are too few.
 * @param {Scan} scan
 * @param {Box} box
 */
function spreadIn({ axes, values }, box) {
  const [across, up] = axes.map((axis, i) => Array.from(axis, (value) => value >= box[i][0] && value <= box[i][1]));
  const width = across.length;
  const found = values
    .filter((value, cell) => Number.isFinite(value) && across[cell % width] && (!up || up[Math.floor(cell / width)]))
    .sort();
  return found.length > 1 ? found[found.length >> 1] - found[Math.floor(LOW * (found.length - 1))] : 0;
}

/**
 * Positions beyond the minimum of the own valley and beyond its neighbors, those nearest to the paths first.
 * @param {Scan} scan
 * @param {Box} box
 * @param {Box} seen
 * @param {number[]} anchor
 * @param {number} spread
 * @param {Evaluate} evaluate
 * @param {boolean} [passes] whether also passes to where the function falls out of the scan
 */
function neighbors(scan, box, seen, anchor, spread, evaluate, passes = true) {
  const { own, found } = components(scan, cellAt(scan, anchor), SEEN * spread);
  const places = own === null ? [] : [{ place: pointAt(scan, own), isMinimum: true }];
  for (const { minimum, passage, persistence } of found) {
    if (!onBorder(scan, minimum)) places.push({ place: pointAt(scan, minimum), isMinimum: true });
    else if (passes && persistence >= DEEP * spread && !onBorder(scan, passage)) {
      places.push({ place: pointAt(scan, passage), isMinimum: false });
    }
  }
  const sizes = box.map(([low, high]) => high - low);
  const near = SCAN / (SCANNED[box.length - 1] - 1);
  const apart = places.map(({ place }) => distance(place, seen, sizes));
  /** @type {number[][]} */
  const kept = [];
  const points = [];
  for (const index of places.map((_, k) => k).sort((a, b) => apart[a] - apart[b] || a - b)) {
    const { place, isMinimum } = places[index];
    const away = (/** @type {number[]} */ other) =>
      Math.max(...place.map((value, i) => Math.abs(value - other[i]) / sizes[i]));
    if (apart[index] > Math.min(...kept.map(away)) + near || (isMinimum && !confirmed(scan, place, evaluate))) continue;
    kept.push(place);
    points.push(place.map((value, i) => value + BEYOND * (value - Math.min(Math.max(value, seen[i][0]), seen[i][1]))));
  }
  return points;
}

/**
 * How far a position is from a box, in sizes of the view.
 * @param {number[]} place
 * @param {Box} seen
 * @param {number[]} sizes
 */
function distance(place, seen, sizes) {
  return Math.max(...place.map((value, i) => Math.max(seen[i][0] - value, value - seen[i][1], 0) / sizes[i]));
}

/**
 * The minimum of the valley that holds a cell, unless it lies on the border, and its neighbors of some persistence.
 * @param {Scan} scan
 * @param {number} anchor
 * @param {number} least
 * @returns {{own: number | null, found: Neighbor[]}}
 */
function components(scan, anchor, least) {
  const { axes, values } = scan;
  const width = axes[0].length;
  const around = [];
  for (const row of axes.length > 1 ? [-1, 0, 1] : [0]) {
    for (const column of [-1, 0, 1]) if (row || column) around.push([row * width + column, column]);
  }
  const parent = new Int32Array(values.length).fill(-1);
  const minimum = new Int32Array(values.length);
  const root = (/** @type {number} */ cell) => {
    let at = cell;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  /** @type {Neighbor[]} */
  const found = [];
  let own = -1;
  let settled = -1;
  for (const cell of ascending(values)) {
    parent[cell] = cell;
    minimum[cell] = cell;
    let home = cell;
    for (const [offset, shift] of around) {
      const other = cell + offset;
      const column = (cell % width) + shift;
      if (column < 0 || column >= width || other < 0 || other >= values.length || parent[other] < 0) continue;
      const met = root(other);
      if (met === home) continue;
      const [elder, younger] = values[minimum[met]] <= values[minimum[home]] ? [met, home] : [home, met];
      const height = values[cell] - values[minimum[younger]];
      if (height >= least) {
        const isOwn = settled < 0 && own >= 0 && root(own) === younger;
        found.push({ minimum: minimum[isOwn ? elder : younger], passage: cell, persistence: height });
        if (isOwn) settled = minimum[younger];
      }
      parent[younger] = elder;
      home = elder;
    }
    if (cell === anchor) own = cell;
  }
  const bottom = settled >= 0 ? settled : own >= 0 ? minimum[root(own)] : -1;
  return { own: bottom < 0 || onBorder(scan, bottom) ? null : bottom, found };
}

/**
 * Whether a cell's minimum is one also on finer grids; in a narrow valley a coarse grid has false ones.
 * @param {Scan} scan
 * @param {number[]} coarse
 * @param {Evaluate} evaluate
 */
function confirmed(scan, coarse, evaluate) {
  let place = coarse;
  let half = scan.axes.map((axis) => WINDOW * (axis[1] - axis[0]));
  for (let round = 0; round < ROUNDS; round++) {
    const axes = place.map((middle, i) => even(middle - half[i], middle + half[i], CELLS));
    const finer = { axes, values: evaluate(axes).map((value) => (Number.isNaN(value) ? Infinity : value)) };
    let [border, inner, lowest] = [Infinity, Infinity, -1];
    for (const [cell, value] of finer.values.entries()) {
      if (onBorder(finer, cell)) border = Math.min(border, value);
      else if (value < inner || lowest < 0) [inner, lowest] = [value, cell];
    }
    if (border < inner - NOISE * Math.abs(inner)) return false;
    place = pointAt(finer, lowest);
    half = half.map((reach) => reach * ((2 * WINDOW) / (CELLS - 1)));
  }
  return true;
}

/**
 * Positions along each axis through the lowest one from which on the function is flat, where it is not flat before.
 * @param {Scan} scan
 * @param {number[]} anchor
 * @param {number} spread
 * @param {Evaluate} evaluate
 */
function flatEnds(scan, anchor, spread, evaluate) {
  const points = [];
  const center = PROFILE >> 1;
  const range = (/** @type {Float64Array} */ values) => Math.max(...values) - Math.min(...values);
  for (const [index, axis] of scan.axes.entries()) {
    const reach = (axis[axis.length - 1] - axis[0]) / 2;
    const line = even(-reach, reach, PROFILE).map((value) => anchor[index] + value);
    const values = evaluate(anchor.map((value, i) => (i === index ? line : Float64Array.of(value))));
    for (const direction of [-1, 1]) {
      const cut = (/** @type {Float64Array} */ all) =>
        direction < 0 ? all.slice(0, center + 1).reverse() : all.slice(center);
      const [along, heights] = [cut(line), cut(values)];
      if (!heights.every(Number.isFinite)) continue;
      const change = FLAT * range(heights);
      const outer = range(heights.subarray(center >> 1));
      const before = range(heights.subarray(center >> 2, (center >> 1) + 1));
      if (change < FLAT * SEEN * spread || outer > change || outer > DECAY * before) continue;
      const end = heights[heights.length - 1];
      const last = heights.findLastIndex((value) => Math.abs(value - end) > change);
      const shift = (1 + BEYOND) * (along[last] - anchor[index]);
      points.push(anchor.map((value, i) => (i === index ? value + shift : value)));
    }
  }
  return points;
}

/**
 * Positions beyond the ends of the domain of a function of one parameter, where they are nearer than the view is wide.
 * @param {Scan} scan
 * @param {Box} box
 * @param {Box} seen
 */
function domainEnds({ axes: [axis], values }, [[left, right]], [[low, high]]) {
  const before = values.findLastIndex((value, cell) => Number.isNaN(value) && axis[cell] < low);
  const after = values.findIndex((value, cell) => Number.isNaN(value) && axis[cell] > high);
  return [
    { cell: before, end: low },
    { cell: after, end: high },
  ].flatMap(({ cell, end }) => {
    const away = axis[cell] - end;
    return cell >= 0 && Math.abs(away) <= right - left ? [[axis[cell] + BEYOND * away]] : [];
  });
}

/**
 * The position of a cell.
 * @param {Scan} scan
 * @param {number} cell
 */
function pointAt({ axes: [x, y] }, cell) {
  return y ? [x[cell % x.length], y[Math.floor(cell / x.length)]] : [x[cell]];
}

/**
 * The cell nearest to a position.
 * @param {Scan} scan
 * @param {number[]} point
 */
function cellAt({ axes }, point) {
  const [column, row] = axes.map((axis, i) => {
    let nearest = 0;
    for (const [k, value] of axis.entries()) {
      if (Math.abs(value - point[i]) < Math.abs(axis[nearest] - point[i])) nearest = k;
    }
    return nearest;
  });
  return axes.length > 1 ? row * axes[0].length + column : column;
}

/**
 * @param {Scan} scan
 * @param {number} cell
 */
function onBorder({ axes: [x, y] }, cell) {
  const column = cell % x.length;
  const row = Math.floor(cell / x.length);
  return column === 0 || column === x.length - 1 || (y !== undefined && (row === 0 || row === y.length - 1));
}
