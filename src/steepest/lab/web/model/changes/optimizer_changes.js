// @ts-check
/** What changes the optimizers; each change can be undone. */
import { pretty } from "../format.js";
import { Optimizer } from "../optimizer.js";
import { readOptimizer } from "../reading.js";

/** @typedef {import("../store.js").Store} Store */

export const MOST_OPTIMIZERS = 12;
const SUGGESTED = ["momentum", "adam", "rmsprop", "nesterov", "adagrad", "lion"];

export class OptimizerChanges {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /** Another optimizer; whether there was room. */
  add() {
    const { store } = this;
    if (store.optimizers.length >= MOST_OPTIMIZERS) return false;
    const taken = new Set(store.optimizers.map(({ data }) => data.name));
    const name = SUGGESTED.find((each) => !taken.has(each)) ?? "gd";
    store.optimizers = [...store.optimizers, store.readOptimizer(name, {})];
    store.chosen = store.optimizers.length - 1;
    this.keep(`${name} added`);
    return true;
  }

  /** @param {number} index */
  copy(index) {
    const { store } = this;
    if (store.optimizers.length >= MOST_OPTIMIZERS) return false;
    const { data, settings, name } = store.optimizers[index];
    const copy = new Optimizer(data, { ...settings }, store.objective, store.identity++);
    store.optimizers.splice(index + 1, 0, copy);
    store.chosen = index + 1;
    this.keep(`${name} duplicated`);
    return true;
  }

  /** @param {number} index */
  remove(index) {
    const { store } = this;
    if (store.optimizers.length === 1 && !store.shownRecordings.length) {
      store.listeners.onMessage("one optimizer stays");
      return false;
    }
    const [{ name }] = store.optimizers.splice(index, 1);
    const last = store.optimizers.length + store.shownRecordings.length - 1;
    store.chosen = Math.min(store.chosen > index ? store.chosen - 1 : store.chosen, last);
    this.keep(`${name} removed`);
    return true;
  }

  /**
   * Keep the optimizers, all of whose cards are made anew.
   * @param {string} label what changed
   */
  keep(label) {
    const { store } = this;
    store.listeners.onOptimizers();
    store.keep(label);
  }

  /**
   * A name of the zoo, or equations, one a line; equations keep the hyperparameters that they mention. Throws what is
   * wrong with the text.
   * @param {number} index
   * @param {string} text
   * @param {boolean} named
   */
  setText(index, text, named) {
    const { store } = this;
    const optimizer = store.optimizers[index];
    const gesture = store.history.gesture(`equations ${optimizer.identity}`);
    const values = Object.entries(optimizer.values()).filter(([name]) => !named && mentions(text, name));
    const lines = text.split("\n").filter((line) => line.trim());
    const given = named ? text : lines.join("; ");
    const made = store.readOptimizer(given, Object.fromEntries(values), optimizer.identity);
    const known = new Set(made.data.hyperparameters.map((/** @type {any} */ part) => part.name));
    for (const name of Object.keys(made.settings)) if (!known.has(name)) delete made.settings[name];
    store.optimizers = store.optimizers.map((each) => (each === optimizer ? made : each));
    if (named) this.keep(`${text} chosen`);
    else {
      store.listeners.onOptimizers(index, text);
      store.keep("equations changed", gesture);
    }
  }

  /**
   * A hyperparameter: a number, or a formula in t and T; throws what is wrong with the formula.
   * @param {number} index
   * @param {string} name
   * @param {number | string} value
   * @returns {boolean} whether the optimizer was read anew
   */
  set(index, name, value) {
    const { store } = this;
    const optimizer = store.optimizers[index];
    const label = `${name} of ${optimizer.name} changed`;
    if (typeof value === "number" && typeof optimizer.value(name) === "number") {
      optimizer.settings[name] = value;
      store.keep(label, store.history.gesture(`${name} ${optimizer.identity}`));
      return false;
    }
    const settings = { ...optimizer.settings, [name]: value };
    const data = readOptimizer(optimizer.data.text, settings, store.objective.names.length);
    Object.assign(optimizer, { data, settings });
    optimizer.link(store.objective);
    store.listeners.onOptimizers(index);
    store.keep(label);
    return true;
  }

  /**
   * Several hyperparameters that are numbers, and stay numbers, at once.
   * @param {number} index
   * @param {Record<string, number>} values
   */
  setAll(index, values) {
    const { store } = this;
    const optimizer = store.optimizers[index];
    const names = Object.keys(values).join(" and ");
    Object.assign(optimizer.settings, values);
    store.keep(`${names} of ${optimizer.name} changed`, store.history.gesture(`${names} ${optimizer.identity}`));
  }
}

/**
 * Whether equations read a name, also by its Greek letter.
 * @param {string} text
 * @param {string} name
 */
function mentions(text, name) {
  return new RegExp(`\\b${name}\\b`).test(text) || (pretty(name) !== name && text.includes(pretty(name)));
}
