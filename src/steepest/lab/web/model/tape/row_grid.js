// @ts-check
/**
 * The value of an objective over data at many points, for pictures of it.
 *
 * A cost that is quadratic in the parameters, as least squares is, follows at every point from its value, gradient and
 * Hessian at one. Any other is added up over all rows at every point where that is little work; where it is much, at the
 * points of a lattice, between which cubic curves go through the values, and the lattice is refined bit by bit.
 */
import { Builder } from "./builder.js";
import { RowSums } from "./row_machine.js";
import { workOn } from "./row_work.js";
import { Machine } from "./tape.js";

/** @typedef {import("../objectives/objective_data.js").Objective} Objective */
/** @typedef {[number, number]} Interval */

const AT_ONCE = 4e7; // operations on rows for which a view waits
const FIRST = 8; // cells along an axis of the first lattice
const FINEST = 256;
const KEPT = 3; // lattices, of the last views

/** See `Grid` of `tape.js`. */
export class RowGrid {
  /** @param {Objective} objective */
  constructor(objective) {
    this.objective = objective;
    this.machine = new Machine(objective.tape);
    /** The value alone. */
    this.value = new Machine(valueTape(objective.tape));
    /** Operations on rows for one point. */
    this.work = workOf(this.value);
    /** Lattices by their intervals, the latest last. @type {Map<string, Lattice>} */
    this.lattices = new Map();
    /** Whether the last values were between points of a lattice. */
    this.between = false;
    /** @type {Quadratic | null | undefined} */
    this.known = undefined;
  }

  /**
   * How the last values were found, where not at every point; empty otherwise.
   * @returns {string}
   */
  get told() {
    if (!this.points) return "";
    return `added up over all rows at ${this.points} points, with cubic curves in between`;
  }

  /** The points at which the last values were added up, where not at every one; empty otherwise. */
  get points() {
    const lattice = [...this.lattices.values()].at(-1);
    if (!this.between || !lattice) return "";
    const size = lattice.cells + 1;
    return lattice.axes.length > 1 ? `${size} x ${size}` : String(size);
  }

  /**
   * Values at every pair of `x` and `y`, row by row; of a function of one parameter, at every `x`.
   * @param {Float64Array} x
   * @param {Float64Array | null} y
   * @param {Float64Array} [into]
   */
  evaluate(x, y, into) {
    const count = x.length * (y?.length ?? 1);
    /** @type {Float64Array} */
    const values = into?.length === count ? into : new Float64Array(count);
    const quadratic = this.quadratic();
    const between = this.isBetween(count);
    if (count > FIRST) this.between = between; // fewer are no picture
    if (quadratic) fill(values, x, y, (a, b) => quadratic.at(a, b));
    else if (between) this.lattice(x, y).fill(values, x, y);
    else fill(values, x, y, (a, b) => this.at(a, b));
    return values;
  }

  /**
   * Whether values at so many points are between those of a lattice, as adding up all rows at each would take too long.
   * @param {number} count
   */
  isBetween(count) {
    return !this.quadratic() && count > FIRST && count * this.work > AT_ONCE;
  }

  /**
   * The value at a point, added up over all rows.
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    const { registers, tape } = this.value;
    registers[0] = x;
    if (tape.inputs.length > 1) registers[1] = y;
    this.value.execute();
    return registers[tape.outputs.f[0]];
  }

  /** Whether `refine` has something to do. */
  get isCoarse() {
    const lattice = [...this.lattices.values()].at(-1);
    return this.between && lattice !== undefined && lattice.next !== null;
  }

  /**
   * Refine the lattice of the last view for some time; whether there are better values now.
   * @param {number} milliseconds
   */
  refine(milliseconds) {
    const lattice = [...this.lattices.values()].at(-1);
    if (!lattice || !this.between) return false;
    const end = performance.now() + milliseconds;
    const before = lattice.cells;
    while (lattice.cells === before && lattice.next && performance.now() < end) lattice.step();
    return lattice.cells > before;
  }

  /**
   * @param {Float64Array} x
   * @param {Float64Array | null} y
   */
  lattice(x, y) {
    const axes = [x, ...(y ? [y] : [])].map(intervalOf);
    const key = axes.join();
    const found = this.lattices.get(key) ?? new Lattice(axes, (a, b) => this.at(a, b), this.work);
    this.lattices.delete(key);
    this.lattices.set(key, found);
    if (this.lattices.size > KEPT) this.lattices.delete(/** @type {string} */ (this.lattices.keys().next().value));
    return found;
  }

  /** The cost as a quadratic around its minimum, or around 0; null if it is not certainly one. */
  quadratic() {
    if (this.known !== undefined) return this.known;
    this.known = null;
    const { isQuadratic, minima, names } = this.objective;
    if (!isQuadratic) return null;
    const { registers, tape } = this.machine;
    const center = minima[0]?.position ?? names.map(() => 0);
    registers.set(center);
    this.machine.execute();
    const [f, g, H] = [tape.outputs.f, tape.outputs.g, tape.outputs.H].map((slots) =>
      slots.map((slot) => registers[slot]),
    );
    if (![...f, ...g, ...H].every(Number.isFinite)) return null;
    this.known = new Quadratic(center, f[0], g, H);
    return this.known;
  }
}

/** A quadratic of one or two parameters around a center. */
class Quadratic {
  /**
   * @param {number[]} center
   * @param {number} value there
   * @param {number[]} slope
   * @param {number[]} bend the Hessian, row by row
   */
  constructor(center, value, slope, bend) {
    this.center = center;
    this.value = value;
    this.slope = slope;
    this.bend = bend;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    const { center, value, slope, bend } = this;
    const a = x - center[0];
    if (center.length === 1) return value + a * (slope[0] + (bend[0] * a) / 2);
    const b = y - center[1];
    return value + a * slope[0] + b * slope[1] + (bend[0] * a * a + 2 * bend[1] * a * b + bend[3] * b * b) / 2;
  }
}

/** Values at the points of a lattice, refined by halves. */
class Lattice {
  /**
   * @param {Interval[]} axes
   * @param {(x: number, y: number) => number} at
   * @param {number} work for one point
   */
  constructor(axes, at, work) {
    this.axes = axes;
    this.at = at;
    /** Cells along an axis. */
    this.cells = 0;
    /** @type {Float64Array} */
    this.values = new Float64Array(0);
    /** The finer lattice that is being worked out, and how many of its values are. @type {{cells: number, values:
     *  Float64Array, done: number} | null} */
    this.next = null;
    const most = Math.sqrt(AT_ONCE / work);
    let first = FIRST;
    while (axes.length > 1 && 2 * first <= most && first < FINEST) first *= 2;
    if (axes.length === 1) while (2 * first <= AT_ONCE / work && first < 4 * FINEST) first *= 2;
    this.begin(first);
    while (!this.cells) this.step();
  }

  /** @param {number} cells */
  begin(cells) {
    const size = cells + 1;
    this.next = { cells, values: new Float64Array(size ** this.axes.length), done: 0 };
  }

  /** Work out the next value of the finer lattice. */
  step() {
    const { axes, next, at, cells, values } = this;
    if (!next) return;
    const size = next.cells + 1;
    const place = (/** @type {Interval} */ [low, high], /** @type {number} */ k) =>
      low + ((high - low) * k) / next.cells;
    const [row, k] = [Math.floor(next.done / size), next.done % size];
    const known = cells && k % 2 === 0 && row % 2 === 0;
    next.values[next.done++] = known
      ? values[(row / 2) * (cells + 1) + k / 2]
      : at(place(axes[0], k), axes.length > 1 ? place(axes[1], row) : 0);
    if (next.done < next.values.length) return;
    this.cells = next.cells;
    this.values = next.values;
    this.next = null;
    if (this.cells < (axes.length > 1 ? FINEST : 4 * FINEST)) this.begin(2 * this.cells);
  }

  /**
   * Values at points, by cubic curves through the lattice's (Catmull and Rom, 1974), first along x, then along y.
   * @param {Float64Array} into
   * @param {Float64Array} x
   * @param {Float64Array | null} y
   */
  fill(into, x, y) {
    const { axes, cells, values } = this;
    const size = cells + 1;
    const rows = y ? size : 1;
    const width = x.length;
    const along = new Float64Array(rows * width);
    const own = places(x, axes[0], cells);
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < width; k++) {
        const { cell, share } = own[k];
        along[row * width + k] = cubic((index) => values[row * size + index], cell, share, cells);
      }
    if (!y) {
      into.set(along);
      return;
    }
    const up = places(y, axes[1], cells);
    for (const [row, { cell, share }] of up.entries())
      for (let k = 0; k < width; k++)
        into[row * width + k] = cubic((index) => along[index * width + k], cell, share, cells);
  }
}

/**
 * In which cell each point lies, and how far in it.
 * @param {Float64Array} points
 * @param {Interval} interval
 * @param {number} cells
 */
function places(points, [low, high], cells) {
  return Array.from(points, (point) => {
    const at = high > low ? ((point - low) / (high - low)) * cells : 0;
    const cell = Math.max(0, Math.min(cells - 1, Math.floor(at)));
    return { cell, share: at - cell };
  });
}

/**
 * The cubic through four values around a cell; beyond the ends the outermost cell goes on straight.
 * @param {(index: number) => number} at
 * @param {number} cell
 * @param {number} share
 * @param {number} cells
 */
function cubic(at, cell, share, cells) {
  const [b, c] = [at(cell), at(cell + 1)];
  if (share === 0) return b;
  if (share === 1) return c;
  const a = cell > 0 ? at(cell - 1) : 2 * b - c;
  const d = cell + 2 <= cells ? at(cell + 2) : 2 * c - b;
  const found = b + (share / 2) * (c - a + share * (2 * a - 5 * b + 4 * c - d + share * (3 * (b - c) + d - a)));
  return Number.isFinite(found) ? found : b + share * (c - b);
}

/** @param {Float64Array} points @returns {Interval} */
function intervalOf(points) {
  return [Math.min(points[0], points[points.length - 1]), Math.max(points[0], points[points.length - 1])];
}

/**
 * @param {Float64Array} values
 * @param {Float64Array} x
 * @param {Float64Array | null} y
 * @param {(x: number, y: number) => number} at
 */
function fill(values, x, y, at) {
  const width = x.length;
  for (let row = 0; row < (y?.length ?? 1); row++)
    for (let k = 0; k < width; k++) values[row * width + k] = at(x[k], y ? y[row] : 0);
}

/**
 * How many operations on rows an execution takes.
 * @param {Machine} machine
 */
function workOf({ rows }) {
  if (!rows) return 1;
  const { stages, source } = rows.tapes;
  const sums = new RowSums(
    rows.tapes,
    rows.calls.flatMap(({ wanted }) => [...wanted]),
  ); // prettier-ignore
  const weights = sums.stages.flatMap(({ moving, first, outputs }, index) => [
    ...moving.map((slot) => workOn(stages[index].operations[slot - first][0])),
    ...outputs.map(() => 1),
  ]);
  return source.rows * weights.reduce((sum, each) => sum + each, 0);
}

/**
 * The tape of the value alone.
 * @param {import("./builder.js").Tape} tape
 */
function valueTape(tape) {
  const builder = new Builder(tape.inputs);
  return builder.tape({ f: builder.inline(tape, [...tape.inputs.keys()]).f }, []);
}
