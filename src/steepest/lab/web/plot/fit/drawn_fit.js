// @ts-check
/** A fit as its picture asks for it: everything in the table's own units. */

/** @typedef {import("../../model/data/fit/fit.js").Fit} Fit */
/** @typedef {import("../../model/data/batches.js").Batches} Batches */

export class DrawnFit {
  /**
   * @param {Fit} fit
   * @param {Batches | null} batches null where a step takes all rows
   * @param {import("../../model/data/fit/exact.js").Exact} exact the answer that is shown
   */
  constructor(fit, batches, exact) {
    this.fit = fit;
    this.exact = exact;
    this.batches = batches;
    const { target, inputs, table } = fit;
    this.target = target;
    this.columns = inputs;
    this.rows = table.rows;
  }

  /** The names of the two classes, the lower one first; empty without classes. */
  get classNames() {
    const { labels } = this.fit;
    return labels ? [labels.low ?? "other", labels.high].map(String) : [];
  }

  /**
   * The value of a class as the table has it, by its number.
   * @param {number} value
   * @returns {number | string}
   */
  classValue(value) {
    const { labels } = this.fit;
    if (!labels) return value;
    const [, high] = labels.codes;
    return value === high ? labels.high : (labels.low ?? this.otherClass);
  }

  /** A value of the table that is not of the higher class. */
  get otherClass() {
    const { labels, settings } = this.fit;
    const values = /** @type {(number | string)[]} */ ([...settings.table.get(this.target)]);
    return values.find((value) => value !== labels?.high) ?? 0;
  }

  /** The parameters of the exact answer, where there is one. */
  get best() {
    return this.exact.position;
  }

  /** @param {string} name @returns {Float64Array} */
  column(name) {
    return this.fit.unscaled.get(name);
  }

  /**
   * The predictions in rows of numbers of the columns; in all rows of the table without them.
   * @param {ArrayLike<number>} position
   * @param {Float64Array[]} [given] for each column
   * @returns {Float64Array}
   */
  predict(position, given) {
    const { fit } = this;
    if (!given) return fit.predict(position);
    const scaled = fit.inputs.map((name, i) => fit.scaling.scaled(name, given[i]));
    return fit.predictions(position, scaled, given[0].length);
  }

  /**
   * The rows of a step, from 1; null if it takes all.
   * @param {number} step
   * @returns {ArrayLike<number> | null}
   */
  batchRows(step) {
    return this.batches?.at(step) ?? null;
  }

  /**
   * The parameters for the table's own units; null where the model has none.
   * @param {ArrayLike<number>} position
   */
  inUnits(position) {
    const found = this.fit.coefficients(position);
    return found && Object.values(found);
  }
}
