// @ts-check
/**
 * An optimizer as data: equations with values for their hyperparameters. In its equations `theta` is the position, `g`
 * and `f` are the gradient and the value there, `H` is the Hessian, and `t` counts steps from 1 to `T`. A name that is
 * read before it is assigned is state and starts at 0.
 */
import { names, postorder } from "../language/expression.js";
import { plain } from "../language/notation/notation.js";
import { natural } from "../language/tokens/tokens.js";
import { READING } from "./tables.js";

/** @typedef {import("../language/expression.js").Expression} Expression */

/** The names that every step gives to the equations. */
export const GIVEN = READING.GIVEN.split(" ");

/** Equations with values for their hyperparameters. */
export class OptimizerText {
  /**
   * @param {string} name its name in the zoo, or `custom`
   * @param {[string, Expression][]} equations pairs of a name and the expression assigned to it, in order
   * @param {Map<string, Expression>} [defaults] the zoo's values of hyperparameters
   * @param {Map<string, Expression>} [settings] the values that the user set
   * @param {string} [typed] the text it was read from, if that is in the notation of another library
   */
  constructor(name, equations, defaults = new Map(), settings = new Map(), typed = "") {
    this.name = name;
    this.equations = equations;
    this.defaults = defaults;
    this.settings = settings;
    this.typed = typed;
  }

  /**
   * The same optimizer with other settings, or read from another text.
   * @param {{settings?: Map<string, Expression>, typed?: string}} changes
   */
  with({ settings = this.settings, typed = this.typed }) {
    return new OptimizerText(this.name, this.equations, this.defaults, settings, typed);
  }

  /** The zoo's notation of an optimizer that was typed in another library's; null if it was typed in the zoo's. */
  get readAs() {
    if (!this.typed) return null;
    const settings = [...this.settings].map(([name, value]) => `${name}=${plain(value)}`).join(", ");
    return settings ? `${this.name}(${settings})` : this.name;
  }

  /** The equations as text that reads back. */
  get text() {
    return this.equations.map(([name, expression]) => `${name} = ${plain(expression)}`).join("; ");
  }

  /** Whether the equations are the user's own, not an entry of the zoo. */
  get isCustom() {
    return this.name === "custom";
  }

  /** The settings that are formulas in `t` and `T`. */
  get schedules() {
    return new Map([...this.settings].filter(([, value]) => value.operation !== "number"));
  }

  /** Every name and every function of the equations. */
  get words() {
    const nodes = this.equations.flatMap(([, expression]) => postorder(expression));
    return new Set(nodes.flatMap(({ name, operation }) => [name, operation]));
  }

  /**
   * Whether a name or a function occurs in the equations.
   * @param {string} name
   */
  uses(name) {
    return this.words.has(name);
  }

  /** The names that the equations assign, in order of their first assignment. */
  get assigned() {
    return [...new Set(this.equations.map(([name]) => name))];
  }

  /** The names that are read before they are assigned; they start at 0. */
  get state() {
    const { assigned } = this;
    /** @type {Set<string>} */
    const before = new Set();
    /** @type {Set<string>} */
    const state = new Set();
    for (const [name, expression] of this.equations) {
      const read = names(expression);
      for (const word of assigned) if (read.has(word) && !before.has(word)) state.add(word);
      before.add(name);
    }
    state.delete("theta");
    return [...state];
  }

  /** The names that need a value from outside, `lr` first. */
  get hyperparameters() {
    const read = new Set(this.equations.flatMap(([, expression]) => [...names(expression)]));
    for (const name of [...this.assigned, ...GIVEN]) read.delete(name);
    const order = [...this.defaults.keys(), ...this.settings.keys()];
    const place = (/** @type {string} */ name) => (order.includes(name) ? order.lastIndexOf(name) : order.length);
    return [...read].sort((a, b) => Number(a !== "lr") - Number(b !== "lr") || place(a) - place(b) || natural(a, b));
  }
}

/**
 * Why an expression misuses the Hessian, the only matrix of the language; empty if it does not.
 * @param {Expression[]} order the parts of the expression, the whole last
 */
export function hessianMistake(order) {
  for (const node of order) {
    const [first, ...others] = node.arguments.map((argument) => argument.name === "H");
    const solves = node.operation === "solve";
    if (others.includes(true) || (first && !solves)) return "the Hessian H stands only in solve(H, v)";
    if (solves && !first) return "solve takes the Hessian first: solve(H, g)";
  }
  return order.at(-1)?.name === "H" ? "the Hessian H stands only in solve(H, v)" : "";
}
