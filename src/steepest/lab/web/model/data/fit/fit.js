// @ts-check
/**
 * A fit: the loss of a model's predictions over the rows of a table.
 *
 * How views use it. `store.data` is what is fitted: the table and how (`DataSettings`), null without data; the text of
 * the objective is the model, `price ~ w*size + b`, or a formula over rows, `mean((price - (w*size + b))^2) + 0.1 w^2`.
 * `store.objective.table` is the table of the columns that it names, in their own units; `store.objective.fit` is the
 * `Fit` of a model and null for a formula over rows. Everything else (runs, grid, minima, verdicts) is as for any
 * objective. The store's methods throw a `Mistake` (message, text, place), and keep what changes for undo:
 *
 * - `store.dataChanges.open(table, text?, how?)` for a table that was pasted, dropped, opened or clicked together
 *   (`readTable(text, name)`, `readBytes(bytes, name)` and `clickedTable()` of `table.js`); without a text the model is
 *   `suggestedModel(table)`. `store.dataChanges.close()` goes back to the page's first function.
 * - `store.dataChanges.set({loss, scale, batch, order, one, dropMissing})`, any of them.
 * - `store.dataChanges.movePoint(row, {size: 1200, price: 310})`, `store.dataChanges.addPoint({size, price})`,
 *   `store.dataChanges.removePoint(row)`.
 *
 * `fit.inputs` are the columns of the model (the first is what a plot has as its x), `fit.target` is the predicted one.
 * `fit.points(input, most)` are the rows to draw. `fit.curve(position, input, [low, high], count)` is the prediction
 * along an input, the others at their means. `fit.residuals(position)`, `fit.predict(position)` are one number a row, in
 * the units of the target. `fit.coefficients(position)` are the parameters for the columns in their own units (null, and
 * `fit.units.reason` says why, where there are none). `fit.exact` is the exact answer, worked out when asked for;
 * `fit.exactFrom(start)` the one that runs from a start are compared with.
 * `fit.valueAt(position)` is the loss over all rows, where a run of batches records that of its batch.
 *
 * Over many rows `store.run()` only begins the runs: while `store.isRunning`, `store.goOn(milliseconds)` in every frame
 * goes on with them. `store.grid.told` says how a picture was found that is not exact at every point, and while
 * `store.grid.isCoarse`, `store.grid.refine(milliseconds)` tells whether there are better values to draw.
 * `missingInLink(state)` of `state.js` says what a link cannot carry. `objective.plain` is the model, `fit.minimized` the
 * formula that is minimized.
 */

import { column } from "../../language/expression.js";
import { plain } from "../../language/notation/notation.js";
import { natural } from "../../language/tokens/tokens.js";
import { hasReduction, rowTape } from "../../tape/row_lowering.js";
import { RowSums, valuesInRows } from "../../tape/row_machine.js";
import { Batches } from "../batches.js";
import { mean } from "../table.js";
import { exactAnswer, reduced } from "./exact.js";
import { originalOf, unitsOf } from "./units.js";

/** @typedef {import("../../language/expression.js").Expression} Expression */
/** @typedef {import("../../tape/builder.js").Tape} Tape */
/** @typedef {import("./exact.js").Exact} Exact */
/** @typedef {import("../labels.js").Labels} Labels */
/** @typedef {import("../losses.js").Loss} Loss */
/** @typedef {import("../scaling.js").Scaling} Scaling */
/** @typedef {import("../table.js").Table} Table */
/** @typedef {import("./units.js").Units} Units */
/**
 * What is fitted, and how: the whole table in its own units, the loss as text, how columns are scaled, the rows of a step
 * (null for all), in which order batches take them, the value of the target that counts as 1 (null to find it), and
 * whether rows in which a number is missing are left out.
 * @typedef {{table: Table, loss: string, scale: string, batch: number | null, order: string,
 *   one: string | number | null, dropMissing: boolean}} DataSettings
 */
/**
 * What a fit is made of.
 * @typedef {{model: Expression, named: Expression, names: string[], target: string, inputs: string[], loss: Loss,
 *   scaling: Scaling, labels: Labels | null, unscaled: Table, table: Table}} Parts
 */

/** What is fitted if nothing else is said. */
export const USUAL = { loss: "mse", scale: "none", batch: null, order: "shuffle", one: null, dropMissing: false };

const SAME = 1e-9; // the share of it by which two values of one minimum differ
const ROUNDING = 1e-15; // the same, of the value at the start

/** A model over a table, with its loss. */
export class Fit {
  /** @type {Exact | null} */
  #exact = null;
  /** The answer from the last start that was asked about. @type {{key: string, exact: Exact} | null} */
  #sought = null;
  /** @type {Units | null} */
  #units = null;
  /** @type {((position: ArrayLike<number>) => number) | null} */
  #loss = null;

  /**
   * @param {Parts} parts
   * @param {DataSettings} settings
   * @param {string} minimized the loss over all rows, as a formula
   * @param {() => Tape} second the tape of the loss with its Hessian
   * @param {() => Tape} bare the same without the constants that are added to the loss, in which its digits would be lost
   */
  constructor(parts, settings, minimized, second, bare) {
    const { model, named, names, target, inputs, loss, scaling, labels, unscaled, table } = parts;
    /** The prediction in one row, over the columns as they are scaled. */
    this.model = model;
    /** The same with the names of constants. */
    this.named = named;
    /** The parameters in order. */
    this.names = names;
    /** The column that is predicted. */
    this.target = target;
    /** The columns that the model names. */
    this.inputs = inputs;
    this.columns = inputs;
    this.loss = loss;
    this.scaling = scaling;
    this.labels = labels;
    /** The columns in the table's own units; classes as numbers. */
    this.unscaled = unscaled;
    /** The same with the inputs scaled. */
    this.table = table;
    this.settings = settings;
    this.minimized = minimized;
    this.second = second;
    this.bare = bare;
    const { batch, order } = settings;
    /** The rows of each step with seed 0; null for all. */
    this.batches = batch === null ? null : new Batches(table.rows, batch, order, 0);
    /** Whether the model itself takes a sum or mean over the rows, which changes with the position. */
    this.takesRows = hasReduction(model);
    this.tape = this.takesRows ? null : rowTape([model], names, inputs);
  }

  /**
   * The target and the model with the names of its constants: `price ~ w*size + b`; the parameters where their order is
   * not that of the names.
   */
  get written() {
    const { names, target, named } = this;
    const shown = plain(column(target, this.table));
    const ordered = [...names].sort(natural).join() === names.join();
    return `${ordered ? shown : `${shown}(${names.join(",")})`} ~ ${plain(named)}`;
  }

  /** What a user should know: how the table was read, its labels, its scaling, its batches. */
  get notes() {
    const { batches, table } = this;
    return batches ? [...table.notes, `batches of ${batches.sentence}`] : table.notes;
  }

  /** The exact answer, sought from 0 where it has to be sought. */
  get exact() {
    this.#exact ??= exactAnswer(
      this,
      this.names.map(() => 0),
    );
    return this.#exact;
  }

  /**
   * The exact answer, sought from where runs start if it has to be sought: the port of `steepest.runs.fit.Fit.exact`.
   * @param {number[]} start
   * @returns {Exact}
   */
  exactFrom(start) {
    const known = this.exact;
    if (known.unique || !start.some(Boolean)) return known;
    const key = start.join();
    if (this.#sought?.key === key) return this.#sought.exact;
    const found = exactAnswer(this, start);
    let exact = found.position || !known.position ? found : known;
    if (known.position && found.position) {
      const [low, other, first] = [known.position, found.position, start].map(lossOf(this.bare()));
      const margin = SAME * Math.max(Math.abs(low), Math.abs(other)) + ROUNDING * Math.abs(first);
      exact = low < other - margin ? known : found;
    }
    this.#sought = { key, exact };
    return exact;
  }

  /** How the parameters change with the units of the columns. */
  get units() {
    this.#units ??= unitsOf(this.model, this.names, this.scaling);
    return this.#units;
  }

  /**
   * The parameters for the columns in their own units; null where the model has none.
   * @param {ArrayLike<number>} position
   * @returns {Record<string, number> | null}
   */
  coefficients(position) {
    const found = originalOf(this.units, position);
    return found && Object.fromEntries(this.names.map((name, index) => [name, found[index]]));
  }

  /**
   * The loss over all rows.
   * @param {ArrayLike<number>} position
   */
  valueAt(position) {
    this.#loss ??= lossOf(this.second());
    return this.#loss(position);
  }

  /**
   * The predictions in every row.
   * @param {ArrayLike<number>} position
   */
  predict(position) {
    const { inputs, table } = this;
    return this.predictions(
      position,
      inputs.map((name) => table.get(name)),
      table.rows,
    ); // prettier-ignore
  }

  /**
   * Observed minus predicted in every row.
   * @param {ArrayLike<number>} position
   */
  residuals(position) {
    const observed = this.table.get(this.target);
    return this.predict(position).map((value, row) => observed[row] - value);
  }

  /**
   * The prediction along an input in its own units, the other inputs at their means.
   * @param {ArrayLike<number>} position
   * @param {string} input
   * @param {[number, number]} interval
   * @param {number} count
   * @returns {{x: Float64Array, y: Float64Array}}
   */
  curve(position, input, [low, high], count) {
    const x = Float64Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
    const columns = this.inputs.map((name) =>
      this.scaling.scaled(name, name === input ? x : new Float64Array(count).fill(mean(this.unscaled.get(name)))),
    );
    return { x, y: this.predictions(position, columns, count) };
  }

  /**
   * Rows to draw: their numbers in `store.data.table`, and where they are along an input and the target; evenly
   * chosen if there are more.
   * @param {string} input
   * @param {number} [most]
   * @returns {{rows: Int32Array, x: Float64Array, y: Float64Array, all: boolean}}
   */
  points(input, most = Infinity) {
    const [across, up] = [this.unscaled.get(input), this.unscaled.get(this.target)];
    const total = across.length;
    const count = Math.min(total, most);
    const rows = Int32Array.from({ length: count }, (_, k) => Math.floor((k * total) / count));
    const { origins } = this.unscaled;
    return {
      rows: origins ? rows.map((row) => origins[row]) : rows,
      x: Float64Array.from(rows, (row) => across[row]),
      y: Float64Array.from(rows, (row) => up[row]),
      all: count === total,
    };
  }

  /**
   * @param {ArrayLike<number>} position
   * @param {ArrayLike<number>[]} columns scaled
   * @param {number} count
   */
  predictions(position, columns, count) {
    const given = new Map(this.names.map((name, index) => [name, position[index]]));
    const tape = this.tape ?? rowTape([reduced(this.model, given)], this.names, this.inputs);
    return valuesInRows(tape, position, columns, count)[0];
  }
}

/**
 * The loss over all rows, as a function of the position.
 * @param {Tape} tape
 * @returns {(position: ArrayLike<number>) => number}
 */
function lossOf({ inputs, constants, operations, outputs, rows }) {
  const number = /** @type {number} */ (operations[outputs.f[0] - inputs.length - constants.length][1]);
  const sums = new RowSums(/** @type {import("../../tape/row_lowering.js").RowTapes} */ (rows), [number]);
  return (position) => sums.at(position, null)[number];
}
