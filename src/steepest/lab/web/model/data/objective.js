// @ts-check
/** Text and table -> objective: a fit, or a formula over rows: the port of `steepest.objectives.fit` and `.data`. */
import { eigenvalues } from "../curvature.js";
import { withoutConstant } from "../language/algebra/added_constant.js";
import { gradient } from "../language/algebra/derivative.js";
import { clipped, FormulaError, InputError } from "../language/errors.js";
import { column, names as namesIn, reduction } from "../language/expression.js";
import { readFormula } from "../language/grammar.js";
import { plain } from "../language/notation/notation.js";
import { asNames, constantsOf } from "../objectives/constants.js";
import { Formula } from "../objectives/formula.js";
import { FORMULA } from "../objectives/tables.js";
import { objectiveTape } from "../tape/lowering.js";
import { columnsOf, hasReduction } from "../tape/row_lowering.js";
import { Machine } from "../tape/tape.js";
import { Batches } from "./batches.js";
import { Fit, USUAL } from "./fit/fit.js";
import { checkNames, writtenOut } from "./fit/many_columns.js";
import { asDefinition, checkPredictor, targetOf, tildeIn } from "./fit/model_text.js";
import { withLabels } from "./labels.js";
import { readLoss } from "./losses.js";
import { meaningsOf, readOver } from "./over_table.js";
import { fitScaling } from "./scaling.js";
import { Table } from "./table.js";
import { LOSS } from "./tables.js";

/** @typedef {import("../language/expression.js").Expression} Expression */
/** @typedef {import("../tape/builder.js").Tape} Tape */
/** @typedef {import("./fit/fit.js").DataSettings} DataSettings */
/** Tapes that were made, without and with the Hessian. @typedef {{first?: Tape, second?: Tape, bare?: Tape}} Tapes */

/** A formula over the rows of a table; of a fit with its parts. */
export class DataFormula extends Formula {
  /**
   * @param {Expression} named the formula with the names of constants
   * @param {string[]} names
   * @param {string} typed
   * @param {Map<string, Expression>} constants
   * @param {Table} table of the columns that it names, in their own units
   * @param {DataSettings} settings
   * @param {import("./fit/fit.js").Parts | null} parts
   * @param {Tapes} [tapes] those of the same formula over another table
   */
  constructor(named, names, typed, constants, table, settings, parts, tapes = {}) {
    super(named, names, null, typed, constants);
    this.compiled = { opened: this.expression, inputs: [] }; // programs over rows are quickly made anew
    this.given = constants;
    this.table = table;
    this.settings = settings;
    this.parts = parts;
    this.tapes = tapes;
    this.source = parts?.table ?? table;
    this.fit =
      parts &&
      new Fit(
        parts,
        settings,
        this.text,
        () => this.tape(true),
        () => this.bare,
      );
    const { batch, order } = settings;
    if (batch !== null && !parts)
      throw new InputError("batches are for a fit: write a model, such as price ~ w*size + b, or take all rows");
    /** The rows of each step; null for all. @type {((seed: number) => Batches) | null} */
    this.batches = batch === null ? null : (seed) => new Batches(table.rows, batch, order, seed);
  }

  /**
   * The tape over the rows of this table.
   * @param {boolean} second whether with the Hessian
   * @returns {Tape}
   */
  tape(second) {
    const { expression, names } = this;
    return this.#over(second ? "second" : "first", () => objectiveTape(expression, names, second));
  }

  /** The tape with the Hessian, without the constants that are added to the formula. */
  get bare() {
    const { expression, names } = this;
    return this.#over("bare", () => objectiveTape(withoutConstant(expression), names, true));
  }

  /**
   * A tape over the rows of this table.
   * @param {keyof Tapes} field
   * @param {() => Tape} make
   * @returns {Tape}
   */
  #over(field, make) {
    const made = this.tapes[field] ?? make();
    this.tapes[field] = made;
    return made.rows ? { ...made, rows: { ...made.rows, source: this.source } } : made;
  }

  /**
   * The same formula over a table with as many rows of the same columns, as while a point is dragged; null where that
   * changes more than the numbers in the rows.
   * @param {DataSettings} settings
   * @returns {DataFormula | null}
   */
  over(settings) {
    const { given, named, names, typed, table, parts, tapes } = this;
    const same = settings.table.rows === table.rows && !parts?.labels && !(parts && hasReduction(parts.model));
    if (!same || (parts && parts.loss.labels !== LOSS.ANY)) return null;
    const unscaled = settings.table.select(table.names); // a row more that lacks a number is refused
    if (!parts) return new DataFormula(named, names, typed, given, unscaled, settings, null, tapes);
    const scaling = fitScaling(unscaled, parts.scaling.names, settings.scale);
    const scaled = scaling.apply(unscaled);
    return new DataFormula(
      named,
      names,
      typed,
      given,
      unscaled,
      settings,
      { ...parts, scaling, unscaled, table: scaled },
      tapes,
    );
  }

  /** Text that reads back to the same objective. */
  get definition() {
    return this.fit?.written ?? super.definition;
  }

  /** The largest curvature at 0 over all rows; null if it is not positive and finite. */
  get curvature() {
    const machine = new Machine(this.tape(true));
    machine.execute();
    const matrix = machine.tape.outputs.H.map((slot) => machine.registers[slot]);
    if (!matrix.every(Number.isFinite)) return null;
    const largest = /** @type {number} */ (eigenvalues(matrix).at(-1));
    return largest > 0 && largest < Infinity ? largest : null;
  }

  /** Whether the Hessian is the same everywhere. */
  get isQuadratic() {
    const { expression, names } = this;
    const bends = gradient(expression, names).flatMap((slope) => gradient(slope, names));
    return !bends.some((bend) => names.some((name) => namesIn(bend).has(name)));
  }

  /** A learning rate for plain gradient descent, 1/L with the largest curvature L at 0, to one digit. */
  get hyperparameters() {
    const { curvature } = this;
    return { lr: curvature === null ? FORMULA.DEFAULT_LR : defaultRate(curvature), f_star: 0 };
  }

  get start() {
    return this.names.map(() => 0);
  }
}

/**
 * A learning rate for plain gradient descent: 1/L for the largest curvature L, to one digit, rounded down. Of L twelve
 * digits count, so that its last bit does not matter.
 * @param {number} curvature
 */
export function defaultRate(curvature) {
  const exact = 1 / Number(curvature.toExponential(11));
  if (!(exact > 0 && exact < Infinity)) return FORMULA.DEFAULT_LR;
  const [digits, power] = exact.toExponential(11).split("e");
  const rate = Number(`${digits[0]}e${power}`);
  return rate > 0 && rate < Infinity ? rate : FORMULA.DEFAULT_LR;
}

/**
 * The objective that a text describes over a table: a fit where it has a `~`, else a formula.
 * @param {string} text
 * @param {DataSettings} settings
 * @param {Record<string, number>} [given] the values of constants
 */
export function readOverData(text, settings, given = {}) {
  if (tildeIn(text) >= 0) return readFit(text, settings, given);
  const constants = constantsOf(text, given);
  const { table, names } = readOver(text, settings.table, constants, { dropMissing: settings.dropMissing });
  const named = readFormula(text, meaningsOf(table, table.names, asNames(constants))).expression;
  return new DataFormula(named, names, text, constants, table, settings, null);
}

/**
 * @param {string} model `price ~ w*size + b`
 * @param {DataSettings} settings
 * @param {Record<string, number>} given the values of constants
 */
function readFit(model, settings, given) {
  const written = writtenOut(model, settings.table, settings.dropMissing);
  if (!written) return readModel(model, settings, given);
  const { text, word, told } = written;
  const loss = word === "logistic" && settings.loss === USUAL.loss ? "log" : settings.loss;
  const table = settings.table.changed({}, ...told);
  try {
    return readModel(text, { ...settings, table, loss }, given);
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    throw new FormulaError(error.reason, model, 0); // of a formula that the user did not write
  }
}

/**
 * @param {string} model
 * @param {DataSettings} settings
 * @param {Record<string, number>} given
 */
function readModel(model, settings, given) {
  const { loss: asked, scale, one } = settings;
  const text = asDefinition(model);
  const loss = readLoss(asked);
  const constants = constantsOf(text, given);
  try {
    let whole = settings.table;
    const target = targetOf(text, model, whole);
    checkPredictor(model, whole);
    whole.position(target); // refuses a name that two columns have
    let labels = null;
    if (loss.labels === LOSS.CLASSES || loss.labels === LOSS.SIGNS)
      ({ table: whole, labels } = withLabels(whole, target, loss.labels, one));
    const { table: unscaled, expression } = readOver(text, whole, constants, {
      row: true,
      further: [target],
      dropMissing: settings.dropMissing,
    });
    const features = columnsOf([expression]);
    if (features.includes(target))
      throw new FormulaError(
        `'${clipped(target)}' is on both sides: the model predicts it from other columns`,
        text,
        0,
      );
    if (loss.labels === LOSS.COUNTS) checkCounts(unscaled, target, loss.name);
    const scaling = fitScaling(unscaled, features, scale);
    const scaled = scaling.apply(unscaled);
    const table = scaled === unscaled ? new Table(scaled.names, scaled.columns, scaled.source, scaled) : scaled;
    const over = (/** @type {Map<string, Expression>} */ others) =>
      readFormula(text, meaningsOf(table, table.names, others), true);
    const { expression: predicted, names } = over(constants);
    const named = over(asNames(constants)).expression;
    const minimized = reduction("mean", loss.ofRow(column(target, table), named), table);
    const inputs = columnsOf([predicted]);
    const parts = { model: predicted, named, names, target, inputs, loss, scaling, labels, unscaled, table };
    return new DataFormula(minimized, names, model, constants, unscaled, settings, parts);
  } catch (error) {
    if (!(error instanceof FormulaError) || error.text !== text) throw error;
    const signs = [...model];
    const front = signs.slice(0, error.position).join("");
    const misplaced = signs[error.position] === "~" && Boolean(front.trim()) && !model.includes("=");
    const asks = "in front of '~' stands a column, perhaps with the parameters, such as y(w, b)";
    throw new FormulaError(misplaced ? asks : error.reason, model, error.position);
  }
}

/**
 * Refuse a count that is negative.
 * @param {Table} table
 * @param {string} target
 * @param {string} loss
 */
function checkCounts(table, target, loss) {
  const row = table.get(target).findIndex((/** @type {number} */ value) => value < 0);
  if (row < 0) return;
  const told = `the loss ${loss} takes counts, and '${clipped(target)}' is negative in ${table.place(row)}`;
  throw new InputError(`${table.source}: ${told}`);
}

/**
 * A model to begin with: the last column of numbers along the first one.
 * @param {Table} table
 */
export function suggestedModel(table) {
  const names = table.numericNames.filter((name) => !name.includes("`")); // which no formula can name
  if (names.length < 2) {
    checkNames(table, table.numericNames);
    throw new InputError(
      `${table.source} has no two columns of numbers, of which a line could predict one from the other`,
    );
  }
  const [input, target] = [names[0], names[names.length - 1]].map((name) => plain(column(name, table)));
  const taken = new Set(names);
  const [slope, intercept] = ["w", "b"].map((word) => (taken.has(word) ? `${word}0` : word));
  return `${target} ~ ${slope}*${input} + ${intercept}`;
}
