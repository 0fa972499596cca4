// @ts-check
/**
 * The surface z = f(x, y) over a grid of values. The longer side of its base is 1, the middle of the base the origin.
 */
import { SURFACE } from "../model/shared.js";

/** @typedef {import("./camera.js").Point} Point */
/** Numbers in order, in any kind of array. @typedef {ArrayLike<number>} NumberArray */
/** @typedef {[[number, number], [number, number]]} Box */
/**
 * Values on an even grid over the view, rows by `y`, NaN where defined is none; the levels increase.
 * @typedef {{x: NumberArray, y: NumberArray, values: NumberArray, levels: NumberArray, view: Box}} SurfaceGrid
 */

const { RISE, DEFINED, LONGEST, SLENDER } = SURFACE;

/** The surface over a grid of heights. The longer side of the surface is 1, its middle the origin. */
export class Surface {
  /** @param {SurfaceGrid} heights */
  constructor({ x, y, values, levels, view }) {
    const [[left, right], [low, high]] = view;
    const ratio = (right - left) / (high - low);
    const drawn = Math.min(Math.max(ratio, 1 / SLENDER), SLENDER);
    const shape = ratio >= 1 / LONGEST && ratio <= LONGEST ? drawn : 1; // beyond, the axes have scales of their own
    this.view = view;
    /** Half the sides of the surface. @type {[number, number]} */
    this.half = shape > 1 ? [0.5, 0.5 / shape] : [0.5 * shape, 0.5];
    this.columns = x.length;
    this.rows = y.length;
    this.levels = levels;
    this.bands = levels.length - 1;
    /** SurfaceGrid from 0, at the lowest level, to 1; the levels lie at equal distances. */
    this.grid = new Float32Array(this.columns * this.rows);
    /**
     * 1 where the function has a value, 0 where it has none, smooth between them; null if it has one everywhere.
     * @type {Float32Array | null}
     */
    this.defined = null;
    for (let index = 0; index < this.grid.length; index++) this.grid[index] = share(values[index], levels);
    if (this.grid.some(Number.isNaN)) this.defined = fillHoles(this.grid, this.columns, this.rows);
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
   * The point of the surface over a point of the unit square, written to `out` at `at`, with the slopes if asked; false
   * outside and where the function has no value, which writes nothing.
   * @param {number} u
   * @param {number} v
   * @param {Float32Array | Float64Array | number[]} out
   * @param {number} at
   * @param {boolean} withSlopes
   */
  interpolate(u, v, out, at, withSlopes) {
    const { columns, rows, grid, half, defined } = this;
    if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1)) return false;
    const x = u * (columns - 1);
    const y = v * (rows - 1);
    const column = Math.min(Math.floor(x), columns - 2);
    const row = Math.min(Math.floor(y), rows - 2);
    const a = x - column;
    const b = y - row;
    const first = row * columns + column;
    if (defined && interpolated(defined, first, columns, a, b) < DEFINED) return false;
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
    if (withSlopes) {
      out[at + 3] = (RISE * right * (columns - 1)) / (2 * half[0]);
      out[at + 4] = (RISE * up * (rows - 1)) / (2 * half[1]);
    }
    return true;
  }

  /**
   * The point on the surface at a position; null outside and where nothing is.
   * @param {number} x
   * @param {number} y
   * @returns {Point | null}
   */
  pointAt(x, y) {
    const found = [0, 0, 0];
    const [u, v] = this.unit(x, y);
    return this.interpolate(u, v, found, 0, false) ? [found[0], found[1], found[2]] : null;
  }

  /**
   * The triangles as indices of grid points, of every so many of them, without those where nothing is.
   * @param {number} apart
   */
  triangles(apart) {
    const { columns, rows, defined } = this;
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
        if (defined && !(defined[low] || defined[right] || defined[up] || defined[high])) continue;
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
 * @param {NumberArray} levels
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
 * Fills the grid's holes with what the surface beside them leads to, and says how much of each point is defined.
 * @param {Float32Array} grid
 * @param {number} columns
 * @param {number} rows
 */
function fillHoles(grid, columns, rows) {
  const defined = Float32Array.from(grid, (height) => (!Number.isNaN(height) ? 1 : 0));
  /**
   * @param {Float32Array} from
   * @param {number} row
   * @param {number} column
   */
  const at = (from, row, column) =>
    row < 0 || column < 0 || row >= rows || column >= columns ? NaN : from[row * columns + column];
  for (let round = 0; round < 2; round++) {
    const before = grid.slice();
    for (let index = 0; index < grid.length; index++) {
      if (!Number.isNaN(before[index])) continue;
      const row = Math.floor(index / columns);
      const column = index % columns;
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
      if (count) grid[index] = Math.min(Math.max(sum / count, 0), 1);
    }
  }
  const soft = defined.slice();
  for (let index = 0; index < grid.length; index++) {
    const row = Math.floor(index / columns);
    const column = index % columns;
    let sum = 0;
    let weight = 0;
    for (let down = -1; down <= 1; down++)
      for (let along = -1; along <= 1; along++) {
        const part = at(defined, row + down, column + along);
        const heavy = (2 - Math.abs(down)) * (2 - Math.abs(along));
        if (Number.isNaN(part)) continue;
        sum += heavy * part;
        weight += heavy;
      }
    soft[index] = sum / weight;
    if (Number.isNaN(grid[index])) grid[index] = 0;
  }
  return soft;
}

/**
 * The slopes along x and y at every point of the grid, in turn.
 * @param {Surface} surface
 */
function slopes({ grid, columns, rows, half }) {
  const found = new Float32Array(2 * grid.length);
  const wide = (RISE * (columns - 1)) / (2 * half[0]);
  const tall = (RISE * (rows - 1)) / (2 * half[1]);
  for (let row = 0, index = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, index++) {
      const left = column ? 1 : 0;
      const right = column < columns - 1 ? 1 : 0;
      const low = row ? columns : 0;
      const high = row < rows - 1 ? columns : 0;
      found[2 * index] = (wide * (grid[index + right] - grid[index - left])) / (left + right);
      found[2 * index + 1] = (tall * (grid[index + high] - grid[index - low])) / (Number(low > 0) + Number(high > 0));
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
export function interpolated(grid, first, columns, a, b) {
  const low = grid[first] + a * (grid[first + 1] - grid[first]);
  return low + b * (grid[first + columns] + a * (grid[first + columns + 1] - grid[first + columns]) - low);
}
