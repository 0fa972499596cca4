// @ts-check
/**
 * The minima that the runs from many starts reached: the gallery's, and those that Newton's method finds from where runs
 * ended. The port of `steepest.runs.sweep.minima` for functions of one or two parameters.
 */
import { spectrum } from "../curvature.js";
import { general } from "../format.js";
import { Machine } from "../tape/tape.js";
import { CONVERGED, STEP_LIMIT } from "./endings.js";
import { MINIMA } from "./tables.js";

/** @typedef {import("./cells.js").Cells} Cells */
/** @typedef {{name: string, position: number[]}} Minimum */

const { ARRIVED, ON_THE_WAY, SAMPLE, ROUNDS, NEWTON, SAME, FLAT, MOST_FLAT, MOST } = MINIMA;
const UNIT = 1e-12; // a curvature next to the largest, in whose direction no step is taken
const PAUSE = 64; // starts of Newton's method between two pauses
const COMPARED = 200_000; // distances between two pauses

/** Looks for the minima of an objective among the ends of runs. */
export class MinimaSearch {
  /**
   * @param {import("../objectives/objective_data.js").Objective} objective
   * @param {Cells} cells
   */
  constructor(objective, cells) {
    this.cells = cells;
    this.count = objective.names.length;
    this.machine = new Machine(objective.tape);
    const known = [
      ...objective.minima.map(({ position }) => named("minimum ", position)),
      ...objective.localMinima.map(({ position }) => named("local minimum ", position)),
    ];
    /** Those that the gallery knows. @type {Minimum[]} */
    this.known = known;
    this.saddles = objective.saddles.map(({ position }) => position);
    const ends = cells.axes.map((axis) => [axis[0], axis[axis.length - 1]]);
    this.corners = ends.length > 1 ? ends[0].flatMap((x) => ends[1].map((y) => [x, y])) : ends[0].map((x) => [x]);
  }

  /**
   * How far the surroundings of each minimum go: to the farthest start, or to the nearest other stationary point.
   * @param {number[][]} minima
   */
  rooms(minima) {
    const everything = [...minima, ...this.saddles];
    return minima.map((point, row) => {
      const gaps = everything.map((other, index) => (index === row ? Infinity : distance(other, point)));
      const farthest = Math.max(...this.corners.map((corner) => distance(corner, point)));
      const reach = Math.min(...gaps, farthest);
      return reach > 0 ? reach : 1;
    });
  }

  /**
   * Which of the minima each cell reached, -1 where it reached none; it pauses now and then.
   * @param {Minimum[]} minima
   * @param {ArrayLike<number>} [among] the cells that are asked about; all of them if they are left out
   * @returns {Generator<void, Int16Array>} by the order of the cells
   */
  *reached(minima, among) {
    const { ending, position } = this.cells;
    const { count } = this;
    const positions = minima.map((each) => each.position);
    const squares = this.rooms(positions).map((room) => room ** 2);
    const [first, second] = [0, count - 1].map((axis) => Float64Array.from(positions, (each) => each[axis]));
    const size = among ? among.length : ending.length;
    const found = new Int16Array(size).fill(-1);
    const block = Math.max(256, Math.floor(COMPARED / (1 + minima.length)));
    for (let k = 0; k < size; k++) {
      if (k % block === block - 1) yield;
      const cell = among ? among[k] : k;
      if (ending[cell] > STEP_LIMIT) continue;
      const share = (ending[cell] === CONVERGED ? ARRIVED : ON_THE_WAY) ** 2;
      const [x, y] = [position[cell * count], position[cell * count + count - 1]];
      let best = Infinity;
      for (let index = 0; index < squares.length; index++) {
        const across = (x - first[index]) ** 2;
        const gap = count > 1 ? across + (y - second[index]) ** 2 : across;
        if (gap < best && gap <= share * squares[index]) {
          found[k] = index;
          best = gap;
        }
      }
    }
    return found;
  }

  /**
   * All minima, the gallery's first, then those that are found, the lowest first; it pauses now and then.
   * @returns {Generator<void, Minimum[]>}
   */
  *all() {
    const { known } = this;
    const found = yield* this.among(known.map(({ position }) => position));
    const values = new Map(found.map((point) => [point, this.valueAt(point)]));
    const order = (/** @type {number[]} */ a, /** @type {number[]} */ b) =>
      compared(Number(values.get(a)), Number(values.get(b))) || compared(a[0], b[0]) || compared(a[1] ?? 0, b[1] ?? 0);
    return [...known, ...found.sort(order).map((point) => named("found ", point))];
  }

  /**
   * The minima that are not known yet, found in rounds, each from ends that no minimum explains.
   * @param {number[][]} known
   * @returns {Generator<void, number[][]>}
   */
  *among(known) {
    const { ending, value } = this.cells;
    /** @type {number[][]} */
    const found = [];
    let flat = 0;
    let left = [...ending.keys()];
    let explained = -1; // how many minima were known when the cells that are left were looked for
    for (let round = 0; round < ROUNDS; round++) {
      const minima = [...known, ...found];
      if (minima.length !== explained) {
        const reached = yield* this.reached(
          minima.map((position) => ({ name: "", position })),
          left,
        );
        left = left.filter((cell, k) => ending[cell] <= STEP_LIMIT && reached[k] < 0);
        explained = minima.length;
      }
      const converged = left.filter((cell) => ending[cell] === CONVERGED);
      const tried = new Set(spread(converged, SAMPLE, round));
      if (round === 0) {
        const going = left.filter((cell) => ending[cell] === STEP_LIMIT);
        for (const cell of [...spread(going, SAMPLE, 0), ...least(going, value, SAMPLE)]) tried.add(cell);
      }
      if (!tried.size) break;
      const before = found.length;
      const polished = [];
      for (const [k, cell] of [...tried].sort((a, b) => a - b).entries()) {
        const point = this.polished([...this.cells.position.subarray(cell * this.count, (cell + 1) * this.count)]);
        if (point) polished.push(point);
        if (k % PAUSE === PAUSE - 1) yield;
      }
      flat += polished.filter((point) => point.flat).length;
      for (const { position, flat: isFlat } of polished) {
        if (isFlat && flat > MOST_FLAT) continue; // a valley: its floor is one minimum, which has no position
        const size = SAME * Math.max(1, ...position.map(Math.abs));
        const near = (/** @type {number[]} */ other) => other.every((part, i) => Math.abs(part - position[i]) <= size);
        if (![...known, ...found].some(near)) found.push(position);
      }
      if (found.length === before && converged.length <= SAMPLE) break;
      if (found.length + known.length > MOST) break;
    }
    return found;
  }

  /** @param {number[]} point */
  valueAt(point) {
    this.evaluate(point);
    return this.machine.registers[this.machine.tape.outputs.f[0]];
  }

  /**
   * The gradient and the Hessian at a point, row by row.
   * @param {number[]} point
   */
  evaluate(point) {
    const { registers, tape } = this.machine;
    for (let i = 0; i < this.count; i++) registers[i] = point[i];
    this.machine.execute();
    const at = (/** @type {number} */ slot) => registers[slot];
    return { gradient: tape.outputs.g.map(at), hessian: tape.outputs.H.map(at) };
  }

  /**
   * Where Newton's method arrives from a start, if that is a minimum close by; and whether it is flat in some direction.
   * @param {number[]} start
   * @returns {{position: number[], flat: boolean} | null}
   */
  polished(start) {
    let point = start;
    for (let k = 0; k < NEWTON; k++) {
      const step = newtonStep(this.evaluate(point));
      if (!step?.every(Number.isFinite)) break;
      if (!(Math.max(...step.map(Math.abs)) > 4e-16 * Math.max(...point.map(Math.abs)))) break;
      point = point.map((part, i) => part + step[i]);
    }
    point = this.rounded(point);
    const { gradient, hessian } = this.evaluate(point);
    if (![...point, ...gradient, ...hessian].every(Number.isFinite)) return null;
    const curvatures = spectrum(hessian).values;
    const around = this.evaluate(start).hessian.map((part) => (Number.isFinite(part) ? Math.abs(part) : 0));
    const scale = Math.max(...around);
    const largest = Math.max(...curvatures.map(Math.abs), FLAT * scale);
    const reach = Math.max(...this.corners.map((corner) => distance(corner, start)));
    const size = 1e-3 * (1 + Math.max(...start.map(Math.abs)));
    const still = Math.max(...gradient.map(Math.abs)) <= 1e-9 * Math.max(largest, scale) * Math.max(size, reach);
    const up = curvatures[0] >= -FLAT * largest && largest > 0;
    const close = distance(point, start) <= ARRIVED * Math.max(reach, size);
    return still && up && close ? { position: point, flat: curvatures[0] <= FLAT * largest } : null;
  }

  /**
   * A point with fewer digits where the slope is no larger: without curvature the last digits are noise.
   * @param {number[]} point
   */
  rounded(point) {
    const largest = Math.max(1e-3, ...this.corners.flat().map(Math.abs));
    const unit = 10 ** (Math.floor(Math.log10(largest)) - 5);
    const coarse = point.map((part) => Math.round(part / unit) * unit + 0);
    const slope = (/** @type {number[]} */ at) => Math.max(...this.evaluate(at).gradient.map(Math.abs));
    return slope(coarse) <= slope(point) ? coarse : point;
  }
}

/**
 * The step to where the gradient would vanish, the shortest one where the Hessian is singular; null where there is none.
 * @param {{gradient: number[], hessian: number[]}} derivatives
 */
function newtonStep({ gradient, hessian }) {
  if (![...gradient, ...hessian].every(Number.isFinite)) return null;
  const { values, vectors } = spectrum(hessian);
  const least = UNIT * Math.max(...values.map(Math.abs));
  const step = gradient.map(() => 0);
  for (const [k, vector] of vectors.entries()) {
    if (!(Math.abs(values[k]) > least)) continue;
    const along = vector.reduce((sum, part, i) => sum + part * gradient[i], 0) / values[k];
    for (let i = 0; i < step.length; i++) step[i] -= along * vector[i];
  }
  return step;
}

/**
 * @param {string} kind
 * @param {number[]} position
 * @returns {Minimum}
 */
function named(kind, position) {
  return { name: `${kind}(${position.map((part) => general(part + 0, 6)).join(", ")})`, position };
}

/**
 * At most so many of the cells, evenly spread.
 * @param {number[]} cells
 * @param {number} most
 * @param {number} shift
 */
function spread(cells, most, shift) {
  if (cells.length <= most) return cells;
  const begin = Math.floor((shift * cells.length) / ROUNDS);
  return Array.from({ length: most }, (_, k) => cells[Math.floor((k * cells.length + begin) / most)]);
}

/**
 * The first of the cells with the least values.
 * @param {number[]} cells
 * @param {Float64Array} value
 * @param {number} most
 */
function least(cells, value, most) {
  if (cells.length <= most) return cells;
  const bound = Float64Array.from(cells, (cell) => value[cell]).sort()[most];
  return cells.filter((cell) => value[cell] <= bound).slice(0, most);
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function distance(a, b) {
  return Math.sqrt(a.reduce((sum, part, i) => sum + (part - b[i]) ** 2, 0));
}

/**
 * @param {number} a
 * @param {number} b
 */
function compared(a, b) {
  return a < b ? -1 : Number(a > b);
}
