// @ts-check
/** Losses as formulas of one row in the observed `y` and the prediction `p`: the port of `steepest.data.losses`. */

import { clipped, FormulaError, grouped, InputError } from "../language/errors.js";
import { names, number, substitute } from "../language/expression.js";
import { readExpression } from "../language/grammar.js";
import { plain } from "../language/notation/notation.js";
import { general } from "../language/numbers.js";
import { nearest } from "../language/similarity.js";
import { stripped } from "../language/tokens/characters.js";
import { LOSS, LOSSES } from "./tables.js";

/** @typedef {import("../language/expression.js").Expression} Expression */
/**
 * @typedef {{formula: string, labels: string, description: string, link?: string, linked?: string,
 *   settings?: Record<string, number>, above?: number, below?: number}} Entry
 */

/** @type {Map<string, Entry>} */
const ENTRIES = new Map(Object.entries(LOSSES));

/** A loss of one row, of which the mean over the rows is taken. */
export class Loss {
  /**
   * @param {string} name of the table, or `custom`
   * @param {string} text the formula of one row in `y` and `p`, settings inserted
   * @param {Expression} expression
   * @param {Partial<Entry>} [entry] what the observed column must hold, and the function of the prediction that has a form
   *   of its own
   * @param {Expression | null} [linked] the loss of the prediction link(z), in `y` and `z`
   */
  constructor(name, text, expression, { labels = LOSS.ANY, link = "", description = "" } = {}, linked = null) {
    this.name = name;
    this.text = text;
    this.expression = expression;
    this.labels = labels;
    this.link = link;
    this.linked = linked;
    this.description = description;
  }

  /** The loss with its factor and the mean written out: `mean((y-p)^2/2)`. */
  get written() {
    return `mean(${this.text})`;
  }

  /**
   * The loss of one row in the columns and parameters; of a prediction link(z) its form in z, which does not overflow.
   * @param {Expression} observed for `y`
   * @param {Expression} prediction for `p`
   */
  ofRow(observed, prediction) {
    const meanings = (/** @type {string} */ name, /** @type {Expression} */ each) =>
      new Map([
        ["y", observed],
        [name, each],
      ]);
    if (this.linked && prediction.operation === this.link)
      return substitute(this.linked, meanings("z", prediction.arguments[0]));
    return substitute(this.expression, meanings("p", prediction));
  }
}

/**
 * The loss that a text describes: a name, perhaps with its setting as in `huber(delta=2)`, or a formula in `y` and `p`.
 * @param {string} text
 */
export function readLoss(text) {
  if (!stripped(text)) throw new InputError("a loss is a name such as mse, or a formula in y and p such as (y-p)^2");
  const count = [...text].length;
  if (count > LOSS.LONGEST)
    throw new InputError(`the loss has ${grouped(count)} characters and may have ${grouped(LOSS.LONGEST)}`);
  const word = stripped(text);
  const [typed] = word.split("(", 1);
  const rest = word.slice(typed.length + 1);
  const isCall = word.length > typed.length;
  const title = stripped(typed);
  const entry = ENTRIES.get(title);
  if (entry && (!isCall || (entry.settings && rest.endsWith(")"))))
    return namedLoss(title, entry, rest.replace(/\)$/, ""));
  if (/^[A-Za-z_][\p{L}\p{N}_]*(\/2)?$/u.test(word) && word !== "y" && word !== "p") {
    const near = nearest(word, ENTRIES.keys());
    const hint = near
      ? `did you mean ${near}?`
      : `there are ${[...ENTRIES.keys()].join(", ")}, or a formula in y and p`;
    throw new InputError(`there is no loss '${clipped(word)}': ${hint}`);
  }
  const expression = readExpression(word, ["y", "p"]);
  if (!names(expression).has("p"))
    throw new FormulaError("a loss compares the observed y with the prediction p, and p does not occur", word, 0);
  return new Loss("custom", word, expression);
}

/**
 * A loss of the table with its setting.
 * @param {string} title
 * @param {Entry} entry
 * @param {string} given
 */
function namedLoss(title, entry, given) {
  const settings = { ...entry.settings };
  if (stripped(given)) {
    const [key] = Object.keys(settings);
    settings[key] = readSetting(title, key, given, entry);
  }
  const values = new Map(Object.entries(settings).map(([key, value]) => [key, number(value)]));
  const known = ["y", "p", "z", ...values.keys()];
  const read = (/** @type {string} */ formula) => substitute(readExpression(formula, known), values);
  const expression = read(entry.formula);
  const text = values.size ? plain(expression) : entry.formula;
  return new Loss(title, text, expression, entry, entry.linked ? read(entry.linked) : null);
}

/**
 * The value of a loss's one setting, with or without its name in front.
 * @param {string} title
 * @param {string} key
 * @param {string} text
 * @param {Entry} entry
 */
function readSetting(title, key, text, { above = 0, below = Infinity }) {
  const at = text.lastIndexOf("=");
  const typed = stripped(text.slice(0, Math.max(at, 0)));
  const written = stripped(text.slice(at + 1));
  if (at >= 0 && typed !== key)
    throw new InputError(`the loss '${title}' has no setting '${clipped(typed)}': it has ${key}`);
  const infinite = /^\+?inf(inity)?$/i.test(written);
  const value = infinite
    ? Infinity
    : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written)
      ? Number(written)
      : Number.NaN;
  if (!(above < value && value < below)) {
    if (infinite && below === Infinity) throw new InputError(`${key} of the loss '${title}' is a finite number`);
    const bounds = below < Infinity ? `between ${general(above, 6)} and ${general(below, 6)}` : "greater than 0";
    throw new InputError(`${key} of the loss '${title}' is a number ${bounds}, not '${clipped(written)}'`);
  }
  return value;
}
