// @ts-check
/** What changes the data of the page, and how they are fitted; each change can be undone. */
import { USUAL } from "../data/fit/fit.js";
import { suggestedModel } from "../data/objective.js";
import { overTable } from "../objectives/objective_data.js";
import { mended, readObjective } from "../reading.js";

/** @typedef {import("../data/fit/fit.js").DataSettings} DataSettings */
/** @typedef {import("../data/table.js").Table} Table */
/** @typedef {import("../objectives/objective_data.js").Objective} Objective */
/** @typedef {import("../store.js").Store} Store */

export class DataChanges {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /**
   * Fit a table that was pasted, opened or clicked together; throws what is wrong with the model.
   * @param {Table} table
   * @param {string} [text] the model, or a formula over the rows
   * @param {Partial<DataSettings>} [how] if not as usual
   */
  open(table, text, how = {}) {
    const data = { ...USUAL, ...how, table };
    const objective = readObjective(text ?? mended(() => suggestedModel(table)), {}, data);
    this.store.forgetRates(); // they are as large as the curvature allows
    this.use(data, objective, true, {});
    this.store.keep("table opened", "", false);
  }

  /** Go back to what the page is without data. */
  close() {
    const { store } = this;
    this.use(null, readObjective(store.given ? "parabola" : store.first), true, {});
    store.keep("table closed", "", false);
  }

  /**
   * Another loss, scaling, batch, order or class that counts as 1; throws what cannot be used.
   * @param {Partial<DataSettings>} change
   */
  set(change) {
    const { store } = this;
    if (!store.data) return;
    const data = { ...store.data, ...change };
    const [field] = Object.keys(change);
    this.use(data, readObjective(store.objective.text, store.state.let, data), false);
    store.keep(`${field} changed`, store.history.gesture(`data ${field}`), false);
  }

  /**
   * Other numbers in a row, as while a point is dragged; throws what cannot be fitted then.
   * @param {number} row from 0
   * @param {Record<string, number>} values by column
   */
  movePoint(row, values) {
    this.changeTable((table) => table.withRow(row, values), "point moved", `point ${row}`);
  }

  /**
   * A row more; a column that is not given has its mean in it.
   * @param {Record<string, number | string>} values by column
   */
  addPoint(values) {
    this.changeTable((table) => table.withNewRow(values), "point added");
  }

  /** @param {number} row from 0 */
  removePoint(row) {
    this.changeTable((table) => table.withoutRow(row), "point removed");
  }

  /**
   * @param {(table: Table) => Table} changed the table with other rows of the same columns
   * @param {string} label
   * @param {string} [gesture]
   */
  changeTable(changed, label, gesture = "") {
    const { store } = this;
    if (!store.data) return;
    const data = { ...store.data, table: changed(store.data.table) };
    const before = store.objective;
    const objective = mended(() => overTable(before, data)) ?? readObjective(before.text, store.state.let, data);
    store.state = { ...store.state, data };
    store.readWith = data;
    store.setObjective(objective);
    for (const optimizer of store.optimizers) optimizer.link(objective);
    const [was, is] = [before, objective].map(({ hyperparameters }) => JSON.stringify(hyperparameters));
    if (was !== is) store.listeners.onOptimizers();
    store.keep(label, gesture && store.history.gesture(gesture));
  }

  /**
   * @param {DataSettings | null} data
   * @param {Objective} objective read with it
   * @param {boolean} fresh whether to begin at its own start
   * @param {Record<string, number>} [constants] with which it was read, if they are others
   */
  use(data, objective, fresh, constants = this.store.state.let) {
    const { store } = this;
    store.state = { ...store.state, data, let: constants };
    store.readWith = data;
    store.useObjective(objective, fresh);
  }
}
