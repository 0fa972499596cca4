// @ts-check
/**
 * A function of two parameters as a surface in space: its heights, the camera that looks at it, what hides what, and
 * the paths
 * that lie on it. Everything here is arithmetic, the same as for Python's pictures; space.js draws it.
 */

import { clip } from "../plot/clip.js";

/** Numbers in order, in any kind of array. @typedef {ArrayLike<number>} Numbers */
/** @typedef {[[number, number], [number, number]]} View */
/** A place in space. @typedef {[number, number, number]} Place */
/**
 * Values on an even grid over the view, rows by `y`, NaN where there is none; the levels increase.
 * @typedef {{x: Numbers, y: Numbers, values: Numbers, levels: Numbers, view: View}} Heights
 */
/**
 * A path on the ground. `stops` has the place of every step, NaN outside; `line` has rows of LINE numbers: place,
 * slopes along x
 * and y, step. A row whose step is -1 lifts the pen.
 * @typedef {{unit: Float64Array, stops: Float64Array, line: Float32Array, count: number}} Climb
 */

export const RISE = 0.52; // the height of the highest place, in the unit of the longer side of the ground
export const FLOOR = -0.26;
export const LINE = 6;
const PRESENT = 0.2; // how much of the surface must be defined around a point on it: the border is between grid points
const OUTSIDE = 1e6;
const SHORT = 0.0008; // of the view: such a move is not drawn
const PIECES = 90; // so many pieces has a path on its way along a side
const MOST_PIECES = 8000;
const SAMPLES = 320; // along a line away from the camera
const NEAR = 2.5; // samples: what is so near cannot hide a place
const SLACK = 1.5; // pixels: as much higher the horizon may be than a place that is still seen

/**
 * An orthographic view from an azimuth, counterclockwise from the direction of x, and an elevation, both in degrees.
 */
export class Camera {
  /**
   * @param {number} azimuth
   * @param {number} elevation
   */
  constructor(azimuth, elevation) {
    const turn = (azimuth * Math.PI) / 180;
    const height = (elevation * Math.PI) / 180;
    this.azimuth = azimuth;
    this.elevation = elevation;
    /** The direction on the ground that goes to the right in the picture. @type {[number, number]} */
    this.right = [-Math.sin(turn), Math.cos(turn)];
    /** The direction on the ground that leads away from the camera. @type {[number, number]} */
    this.away = [-Math.cos(turn), -Math.sin(turn)];
    this.sine = Math.sin(height);
    this.cosine = Math.cos(height);
  }

  /**
   * Across and up in the picture, and toward the camera.
   * @param {number} x
   * @param {number} y
   * @param {number} z
   * @returns {Place}
   */
  project(x, y, z) {
    const across = x * this.right[0] + y * this.right[1];
    const ground = x * this.away[0] + y * this.away[1];
    return [across, this.sine * ground + this.cosine * z, this.sine * z - this.cosine * ground];
  }
}

/** The surface over a grid of heights. The longer side of the ground is 1, its middle the origin. */
export class Ground {
  /** @param {Heights} heights */
  constructor({ x, y, values, levels, view }) {
    const [[left, right], [low, high]] = view;
    const ratio = (right - left) / (high - low);
    const shape = ratio >= 0.4 && ratio <= 2.5 ? ratio : 1; // beyond, the axes have scales of their own
    this.view = view;
    /** Half the sides of the ground. @type {[number, number]} */
    this.half = shape > 1 ? [0.5, 0.5 / shape] : [0.5 * shape, 0.5];
    this.columns = x.length;
    this.rows = y.length;
    this.bands = levels.length - 1;
    /** Heights from 0, at the lowest level, to 1; the levels lie at equal distances. */
    this.grid = new Float32Array(this.columns * this.rows);
    /**
     * 1 where the function has a value, 0 where it has none, smooth between them; null if it has one everywhere.
     * @type {Float32Array | null}
     */
    this.there = null;
    for (let place = 0; place < this.grid.length; place++) this.grid[place] = share(values[place], levels);
    if (this.grid.some(Number.isNaN)) this.there = mended(this.grid, this.columns, this.rows);
    this.slopes = slopes(this);
  }

  /**
   * Whether a cell is folded along the diagonal from its first corner; along the flatter one, so that ridges stay
   * straight.
   * @param {number} low
   * @param {number} right
   * @param {number} up
   * @param {number} high
   */
  folded(low, right, up, high) {
    const { grid } = this;
    return Math.abs(grid[low] - grid[high]) <= Math.abs(grid[right] - grid[up]);
  }

  /**
   * A position as shares of the view's sides.
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]}
   */
  unit(x, y) {
    const [[left, right], [low, high]] = this.view;
    return [(x - left) / (right - left), (y - low) / (high - low)];
  }

  /**
   * The place over a point of the unit square, with the slopes there if they are `sloped`, written to `out` at `at`;
   * false
   * outside and where nothing is, which writes nothing.
   * @param {number} u
   * @param {number} v
   * @param {Float32Array | Float64Array | number[]} out
   * @param {number} at
   * @param {boolean} sloped
   */
  lay(u, v, out, at, sloped) {
    const { columns, rows, grid, half, there } = this;
    if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1)) return false;
    const x = u * (columns - 1);
    const y = v * (rows - 1);
    const column = Math.min(Math.floor(x), columns - 2);
    const row = Math.min(Math.floor(y), rows - 2);
    const a = x - column;
    const b = y - row;
    const first = row * columns + column;
    if (there && mixed(there, first, columns, a, b) < PRESENT) return false;
    const h00 = grid[first];
    const h10 = grid[first + 1];
    const h01 = grid[first + columns];
    const h11 = grid[first + columns + 1];
    const folded = this.folded(first, first + 1, first + columns, first + columns + 1);
    const near = folded ? a >= b : a + b <= 1;
    const right = near ? h10 - h00 : h11 - h01;
    const up = folded === near ? h11 - h10 : h01 - h00;
    const height = folded || near ? h00 + a * right + b * up : h11 + (a - 1) * right + (b - 1) * up;
    out[at] = (u - 0.5) * 2 * half[0];
    out[at + 1] = (v - 0.5) * 2 * half[1];
    out[at + 2] = RISE * height;
    if (sloped) {
      out[at + 3] = (RISE * right * (columns - 1)) / (2 * half[0]);
      out[at + 4] = (RISE * up * (rows - 1)) / (2 * half[1]);
    }
    return true;
  }

  /**
   * The place on the surface at a position; null outside and where nothing is.
   * @param {number} x
   * @param {number} y
   * @returns {Place | null}
   */
  place(x, y) {
    const found = [0, 0, 0];
    const [u, v] = this.unit(x, y);
    return this.lay(u, v, found, 0, false) ? [found[0], found[1], found[2]] : null;
  }

  /**
   * The triangles as indices of grid points, of every so many of them, without those where nothing is.
   * @param {number} apart
   */
  triangles(apart) {
    const { columns, rows, there } = this;
    const indices = new Uint32Array(6 * Math.ceil((columns - 1) / apart) * Math.ceil((rows - 1) / apart));
    let count = 0;
    for (let row = 0; row < rows - 1; row += apart)
      for (let column = 0; column < columns - 1; column += apart) {
        const next = Math.min(column + apart, columns - 1);
        const below = row * columns;
        const above = Math.min(row + apart, rows - 1) * columns;
        const low = below + column;
        const right = below + next;
        const up = above + column;
        const high = above + next;
        if (there && !(there[low] || there[right] || there[up] || there[high])) continue;
        const folded = this.folded(low, right, up, high);
        indices[count++] = low;
        indices[count++] = right;
        indices[count++] = folded ? high : up;
        indices[count++] = folded ? low : right;
        indices[count++] = high;
        indices[count++] = up;
      }
    return indices.subarray(0, count);
  }
}

/**
 * A value as a share of the levels; NaN stays.
 * @param {number} value
 * @param {Numbers} levels
 */
function share(value, levels) {
  const last = levels.length - 1;
  if (Number.isNaN(value)) return NaN;
  if (value <= levels[0]) return 0;
  if (value >= levels[last]) return 1;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (levels[middle] <= value) low = middle;
    else high = middle;
  }
  return (low + (value - levels[low]) / (levels[high] - levels[low])) / last;
}

/**
 * Fills the grid's holes with what the ground beside them leads to, and says how much of each point is there.
 * @param {Float32Array} grid
 * @param {number} columns
 * @param {number} rows
 */
function mended(grid, columns, rows) {
  const there = Float32Array.from(grid, (height) => (!Number.isNaN(height) ? 1 : 0));
  /**
   * @param {Float32Array} from
   * @param {number} row
   * @param {number} column
   */
  const at = (from, row, column) =>
    row < 0 || column < 0 || row >= rows || column >= columns ? NaN : from[row * columns + column];
  for (let round = 0; round < 2; round++) {
    const before = grid.slice();
    for (let place = 0; place < grid.length; place++) {
      if (!Number.isNaN(before[place])) continue;
      const row = Math.floor(place / columns);
      const column = place % columns;
      let sum = 0;
      let count = 0;
      for (const [down, along] of [
        [0, 1],
        [0, -1],
        [1, 0],
        [-1, 0],
        [1, 1],
        [1, -1],
        [-1, 1],
        [-1, -1],
      ]) {
        const near = at(before, row + down, column + along);
        const far = at(before, row + 2 * down, column + 2 * along);
        if (Number.isNaN(near)) continue;
        sum += !Number.isNaN(far) ? 2 * near - far : near;
        count++;
      }
      if (count) grid[place] = Math.min(Math.max(sum / count, 0), 1);
    }
  }
  const soft = there.slice();
  for (let place = 0; place < grid.length; place++) {
    const row = Math.floor(place / columns);
    const column = place % columns;
    let sum = 0;
    let weight = 0;
    for (let down = -1; down <= 1; down++)
      for (let along = -1; along <= 1; along++) {
        const part = at(there, row + down, column + along);
        const heavy = (2 - Math.abs(down)) * (2 - Math.abs(along));
        if (Number.isNaN(part)) continue;
        sum += heavy * part;
        weight += heavy;
      }
    soft[place] = sum / weight;
    if (Number.isNaN(grid[place])) grid[place] = 0;
  }
  return soft;
}

/**
 * The slopes along x and y at every point of the grid, in turn.
 * @param {Ground} ground
 */
function slopes({ grid, columns, rows, half }) {
  const found = new Float32Array(2 * grid.length);
  const wide = (RISE * (columns - 1)) / (2 * half[0]);
  const tall = (RISE * (rows - 1)) / (2 * half[1]);
  for (let row = 0, place = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, place++) {
      const left = column ? 1 : 0;
      const right = column < columns - 1 ? 1 : 0;
      const low = row ? columns : 0;
      const high = row < rows - 1 ? columns : 0;
      found[2 * place] = (wide * (grid[place + right] - grid[place - left])) / (left + right);
      found[2 * place + 1] = (tall * (grid[place + high] - grid[place - low])) / (Number(low > 0) + Number(high > 0));
    }
  return found;
}

/**
 * The grid between its points, bilinear.
 * @param {Float32Array} grid
 * @param {number} first
 * @param {number} columns
 * @param {number} a
 * @param {number} b
 */
function mixed(grid, first, columns, a, b) {
  const low = grid[first] + a * (grid[first + 1] - grid[first]);
  return low + b * (grid[first + columns] + a * (grid[first + columns + 1] - grid[first + columns]) - low);
}

// Paths

/**
 * The path through `points`, `x, y` of every step, laid on the ground that it crosses.
 * @param {Ground} ground
 * @param {Numbers} points
 * @returns {Climb}
 */
export function climb(ground, points) {
  const steps = points.length >> 1;
  const unit = new Float64Array(2 * steps);
  const stops = new Float64Array(3 * steps).fill(NaN);
  const [[left, right], [low, high]] = ground.view;
  const wide = right - left;
  const tall = high - low;
  for (let step = 0; step < steps; step++) {
    const u = (points[2 * step] - left) / wide;
    const v = (points[2 * step + 1] - low) / tall;
    unit[2 * step] = Math.min(Math.max(u, -OUTSIDE), OUTSIDE);
    unit[2 * step + 1] = Math.min(Math.max(v, -OUTSIDE), OUTSIDE);
    ground.lay(u, v, stops, 3 * step, false);
  }
  const kept = moves(unit);
  const whole = [0, 1];
  const shown = (/** @type {number} */ from, /** @type {number} */ to) =>
    clip(unit[2 * from], unit[2 * from + 1], unit[2 * to], unit[2 * to + 1], whole, whole);
  let length = 0;
  let most = 2;
  for (let index = 1; index < kept.length; index++) {
    const part = shown(kept[index - 1], kept[index]);
    length += part ? lengthOf(unit, kept[index - 1], kept[index], part) : 0;
  }
  const fine = PIECES * Math.min(1, MOST_PIECES / Math.max(PIECES * length, 1));
  most += Math.ceil(fine * length) + 4 * kept.length;
  const line = new Float32Array(LINE * most);
  let count = 0;
  /** @type {boolean} */
  let drawing = false;
  const lift = () => {
    if (drawing) line[LINE * count++ + 5] = -1;
    drawing = false;
  };
  for (let index = 1; index < kept.length; index++) {
    const from = kept[index - 1];
    const to = kept[index];
    const part = shown(from, to);
    if (!part || part[0] > 0) lift();
    if (!part) continue;
    const pieces = Math.max(1, Math.ceil(fine * lengthOf(unit, from, to, part)));
    for (let piece = drawing ? 1 : 0; piece <= pieces; piece++) {
      const along = part[0] + ((part[1] - part[0]) * piece) / pieces;
      const u = unit[2 * from] + along * (unit[2 * to] - unit[2 * from]);
      const v = unit[2 * from + 1] + along * (unit[2 * to + 1] - unit[2 * from + 1]);
      const laid = ground.lay(bounded(u), bounded(v), line, LINE * count, true);
      if (!laid) lift();
      else line[LINE * count++ + 5] = from + along * (to - from);
      drawing = laid;
    }
    if (part[1] < 1) lift();
  }
  return { unit, stops, line, count };
}

/**
 * Without the rounding that puts a place on the border outside.
 * @param {number} share
 */
const bounded = (share) => (share < 0 && share > -1e-9 ? 0 : share > 1 && share < 1 + 1e-9 ? 1 : share);

/**
 * How long a part of a move is.
 * @param {Float64Array} unit
 * @param {number} from
 * @param {number} to
 * @param {[number, number]} part
 */
function lengthOf(unit, from, to, [first, last]) {
  return (last - first) * Math.hypot(unit[2 * to] - unit[2 * from], unit[2 * to + 1] - unit[2 * from + 1]);
}

/**
 * The steps that are far enough from the one before to be seen; the first and the last always.
 * @param {Float64Array} unit
 */
function moves(unit) {
  const last = (unit.length >> 1) - 1;
  const kept = last >= 0 ? [0] : [];
  for (let step = 1; step <= last; step++) {
    const seen =
      step === last || [0, 1].some((axis) => cell(unit[2 * step + axis]) !== cell(unit[2 * step - 2 + axis]));
    if (seen) kept.push(step);
  }
  return kept;
}

/** @param {number} share */
const cell = (share) => Math.round((!Number.isNaN(share) ? share : -OUTSIDE) / SHORT);

// Sight

/**
 * Where a line away from the camera enters and leaves the ground; the first is not less where it misses it.
 * @param {Ground} ground
 * @param {Camera} camera
 * @param {number} across
 * @returns {[number, number]}
 */
function crossed(ground, camera, across) {
  let near = -Infinity;
  let far = Infinity;
  for (let axis = 0; axis < 2; axis++) {
    const side = ground.half[axis];
    const beside = across * camera.right[axis];
    const away = camera.away[axis];
    if (Math.abs(away) < 1e-9) {
      if (Math.abs(beside) > side) near = Infinity;
      continue;
    }
    const one = (-side - beside) / away;
    const other = (side - beside) / away;
    near = Math.max(near, Math.min(one, other));
    far = Math.min(far, Math.max(one, other));
  }
  return [near, far];
}

/**
 * The surface's height in the picture along a line away from the camera, at `count` of SAMPLES places: its running
 * maximum, which
 * hides what lies farther and lower, is written to `upper`; the answer is its least and its greatest value and the
 * first one.
 * @param {Ground} ground
 * @param {Camera} camera
 * @param {number} across
 * @param {number} near
 * @param {number} far
 * @param {number} count
 * @param {Float32Array} [upper]
 * @param {number} [at]
 * @returns {[number, number, number]}
 */
function horizon(ground, camera, across, near, far, count, upper, at = 0) {
  const { grid, columns, rows, half } = ground;
  const spacing = (far - near) / (SAMPLES - 1);
  const wide = (columns - 1) / (2 * half[0]);
  const tall = (rows - 1) / (2 * half[1]);
  const x0 = (across * camera.right[0] + near * camera.away[0] + half[0]) * wide;
  const dx = spacing * camera.away[0] * wide;
  const y0 = (across * camera.right[1] + near * camera.away[1] + half[1]) * tall;
  const dy = spacing * camera.away[1] * tall;
  const rise = RISE * camera.cosine;
  const mostX = columns - 1.001;
  const mostY = rows - 1.001;
  let low = Infinity;
  let high = -Infinity;
  let start = 0;
  for (let sample = 0; sample < count; sample++) {
    const x = Math.min(Math.max(x0 + sample * dx, 0), mostX);
    const y = Math.min(Math.max(y0 + sample * dy, 0), mostY);
    const column = x | 0;
    const row = y | 0;
    const height =
      rise * mixed(grid, row * columns + column, columns, x - column, y - row) +
      camera.sine * (near + sample * spacing);
    if (!sample) start = height;
    if (height < low) low = height;
    if (height > high) high = height;
    if (upper) upper[at + sample] = high;
  }
  return [low, high, start];
}

/**
 * Whether a place on the surface is in front of everything else, in a picture in which a unit has `scale` pixels.
 * @param {Ground} ground
 * @param {Camera} camera
 * @param {number} scale
 * @param {number} x
 * @param {number} y
 * @param {number} z
 */
export function sees(ground, camera, scale, x, y, z) {
  const [across, height] = camera.project(x, y, z);
  const [near, far] = crossed(ground, camera, across);
  if (!(near < far)) return true;
  const sample = ((x * camera.away[0] + y * camera.away[1] - near) / (far - near)) * (SAMPLES - 1) - NEAR;
  const count = Math.min(Math.max(Math.floor(sample), 0), SAMPLES - 1) + 1;
  return height + SLACK / scale >= horizon(ground, camera, across, near, far, count)[1];
}

const USUAL = -60;
const HEIGHTS = [40, 55]; // degrees: as textbooks and matplotlib have it
const TURN = 15;
const STEEP = 0.1;
const FAMILIAR = 0.12;
const CELLS = 24;
const SMALL = { width: 160, scale: 100, across: 80 };

/**
 * The camera that sees most of the paths and of the known places, at an angle near the usual one.
 * @param {Ground} ground
 * @param {Climb[]} climbs
 * @param {Place[]} places
 */
export function viewpoint(ground, climbs, places) {
  const paths = climbs.map(thinned).filter((path) => path.length);
  let best = new Camera(USUAL, HEIGHTS[0]);
  let most = -Infinity;
  for (const height of HEIGHTS)
    for (let turn = -180; turn < 180; turn += TURN) {
      const camera = new Camera(USUAL + turn, height);
      const found = worth(ground, camera, paths, places);
      if (found > most) [best, most] = [camera, found];
    }
  return best;
}

/**
 * One point of a path in every cell of the ground that it crosses, so that a zigzag counts no more than a line.
 * @param {Climb} climb
 */
function thinned({ line, count }) {
  const cells = new Map();
  for (let row = 0; row < LINE * count; row += LINE) {
    const key = `${Math.floor(line[row] * CELLS)} ${Math.floor(line[row + 1] * CELLS)}`;
    if (line[row + 5] >= 0 && !cells.has(key)) cells.set(key, [line[row], line[row + 1], line[row + 2]]);
  }
  return /** @type {Place[]} */ ([...cells.values()]);
}

/**
 * The share of the paths in front of the surface, half as much for the places, less what is unfamiliar or an underside.
 * @param {Ground} ground
 * @param {Camera} camera
 * @param {Place[][]} paths
 * @param {Place[]} places
 */
function worth(ground, camera, paths, places) {
  const { width, scale, across: middle } = SMALL;
  const upper = new Float32Array(width * SAMPLES);
  const lines = Array.from({ length: width }, (_, column) => crossed(ground, camera, (column + 0.5 - middle) / scale));
  let below = 0;
  let above = 0;
  lines.forEach(([near, far], column) => {
    if (!(near < far)) return;
    const [low, high, start] = horizon(
      ground,
      camera,
      (column + 0.5 - middle) / scale,
      near,
      far,
      SAMPLES,
      upper,
      column * SAMPLES,
    );
    below += start - low;
    above += high - start;
  });
  /** @param {Place} place */
  const seen = ([x, y, z]) => {
    const [across, height] = camera.project(x, y, z);
    const column = Math.min(Math.max(Math.ceil(across * scale + middle - 0.5), 0), width - 1);
    const [near, far] = lines[column];
    const sample = ((x * camera.away[0] + y * camera.away[1] - near) / (far - near)) * (SAMPLES - 1) - NEAR;
    return (
      !(near < far) ||
      height + SLACK / scale >= upper[column * SAMPLES + Math.floor(Math.min(Math.max(sample, 0), SAMPLES - 1))]
    );
  };
  /** @param {Place[]} some */
  const part = (some) => some.filter(seen).length / some.length;
  const path = paths.length ? paths.map(part).reduce((sum, each) => sum + each) / paths.length : 0;
  const turned = ((((camera.azimuth - USUAL + 180) % 360) + 360) % 360) - 180;
  const aligned = camera.azimuth % 90 === 0 ? 0.05 : 0; // two sides of the ground seen are better than one
  const steep = camera.elevation > HEIGHTS[0] ? STEEP : 0;
  return (
    path +
    (places.length ? 0.5 * part(places) : 0) -
    (FAMILIAR * Math.abs(turned)) / 90 -
    below / (below + above + 1e-9) -
    aligned -
    steep
  );
}
