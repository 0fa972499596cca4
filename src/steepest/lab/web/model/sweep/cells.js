// @ts-check
/** The runs from the cells of a grid of starts, of which only the ends are kept: some first, the others after them. */
import { Endings, INTERRUPTED } from "./endings.js";

/** @typedef {import("../runs/program.js").Program} Program */
/** @typedef {import("../runs/program.js").Limits} Limits */

export const STRIDES = [8, 4, 1]; // every so many-th cell in each direction is run first
const WORK = 40_000; // steps between two pauses

/**
 * Cells of a grid of starts, the last axis fastest, as in `steepest.sweep`. Those that are not run yet are `interrupted`.
 */
export class Cells {
  /** @param {Float64Array[]} axes the coordinates of the starts */
  constructor(axes) {
    this.axes = axes;
    this.shape = axes.map(({ length }) => length);
    this.size = this.shape.reduce((product, length) => product * length, 1);
    this.ending = new Uint8Array(this.size).fill(INTERRUPTED);
    this.steps = new Int32Array(this.size);
    this.value = new Float64Array(this.size).fill(NaN);
    this.position = new Float64Array(this.size * axes.length).fill(NaN);
    /** Every so many-th cell in each direction is run, at least. */
    this.stride = Infinity;
  }

  /**
   * The start of a cell.
   * @param {number} cell
   */
  start(cell) {
    const { axes, shape } = this;
    return axes.length > 1 ? [axes[0][Math.floor(cell / shape[1])], axes[1][cell % shape[1]]] : [axes[0][cell]];
  }

  /**
   * The cell that stands for those around it when every so many-th is run: the middle one.
   * @param {number} i
   * @param {number} j
   * @param {number} stride
   */
  among(i, j, stride) {
    const [columns, rows = 1] = this.shape;
    const middle = (/** @type {number} */ k, /** @type {number} */ count) =>
      Math.min(k - (k % stride) + (stride >> 1), count - 1);
    return middle(i, columns) * rows + middle(j, rows);
  }

  /**
   * Run all cells, and pause now and then.
   * @param {Program} program
   * @param {Record<string, number>} hyperparameters
   * @param {Limits} limits
   * @returns {Generator<boolean, void>} whether all cells of a stride are done, just now
   */
  *run(program, hyperparameters, limits) {
    const { shape } = this;
    const endings = new Endings(program);
    const block = 2 * Math.max(1, Math.floor(WORK / (2 * program.cost * Math.max(1, limits.steps))));
    for (const stride of STRIDES) {
      /** @type {number[]} */
      let waiting = [];
      for (let i = 0; i < shape[0]; i += stride) {
        for (let j = 0; j < (shape[1] ?? 1); j += stride) {
          const cell = this.among(i, j, stride);
          if (this.ending[cell] !== INTERRUPTED) continue;
          waiting.push(cell);
          if (waiting.length < block) continue;
          this.take(waiting, program, hyperparameters, limits, endings);
          waiting = [];
          yield false;
        }
      }
      if (waiting.length) this.take(waiting, program, hyperparameters, limits, endings);
      this.stride = stride;
      yield true;
    }
  }

  /**
   * @param {number[]} cells
   * @param {Program} program
   * @param {Record<string, number>} hyperparameters
   * @param {Limits} limits
   * @param {Endings} endings
   */
  take(cells, program, hyperparameters, limits, endings) {
    const count = this.axes.length;
    const runs = program.runMany(Float64Array.from(cells.flatMap((cell) => this.start(cell))), hyperparameters, limits);
    for (const [k, cell] of cells.entries()) {
      this.ending[cell] = endings.of(runs, k);
      this.steps[cell] = runs.steps[k];
      this.value[cell] = runs.values[k];
      for (let i = 0; i < count; i++) this.position[cell * count + i] = runs.positions[k * count + i];
    }
  }
}
