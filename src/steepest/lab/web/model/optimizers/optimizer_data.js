// @ts-check
/** An optimizer as the page shows it: its tape, its notation and its hyperparameters. */
import { equation, symbol } from "../language/notation/mathml.js";
import { plain } from "../language/notation/notation.js";
import { optimizerTape } from "../tape/lowering.js";
import { OptimizerText } from "./optimizer.js";
import { momentum, order } from "./quantities.js";
import { readPageOptimizer } from "./reading.js";

const SQUARED = 2; // the power of the gradient that a second moment averages

/**
 * A hyperparameter: its default, which is null where the objective supplies it, and what the text or the user set.
 * @typedef {{name: string, default: number | null, value: number | null, schedule: string | null}} Hyperparameter
 */
/**
 * @typedef {object} OptimizerData
 * @property {string} name
 * @property {string} text its name in the zoo, or its equations
 * @property {string[]} equations
 * @property {string[]} mathml the same as `<math>` elements
 * @property {Record<string, string>} symbols each name of the equations in MathML
 * @property {string[]} assigned
 * @property {import("../tape/builder.js").Tape} tape
 * @property {string[]} state
 * @property {Hyperparameter[]} hyperparameters
 * @property {string[]} arrows the momentum, if it has one
 * @property {string[]} squares its second moments
 * @property {boolean} isCustom whether the equations are the user's own
 */

/**
 * An optimizer of the zoo, or equations, read for so many parameters.
 * @param {string} text
 * @param {number} count
 * @param {Record<string, number | string>} [settings] values of hyperparameters; those that are formulas in `t` and `T`
 *   are part of the tape, the others its inputs
 * @returns {OptimizerData}
 */
export function optimizerData(text, count, settings = {}) {
  const optimizer = readPageOptimizer(text, settings);
  const { assigned, equations, isCustom, name, state, words } = optimizer;
  const average = momentum(optimizer);
  const named = [...new Set([...words, ...assigned])].filter((word) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(word)).sort();
  return {
    name,
    text: isCustom ? optimizer.text : name,
    equations: equations.map(([target, expression]) => `${target} = ${plain(expression)}`),
    mathml: equations.map(([target, expression]) => equation(target, expression)),
    symbols: Object.fromEntries(named.map((word) => [word, symbol(word)])),
    assigned: equations.map(([target]) => target),
    tape: optimizerTape(new OptimizerText(name, equations), count, optimizer.schedules),
    state,
    hyperparameters: optimizer.hyperparameters.map((each) => hyperparameter(optimizer, each)),
    arrows: average ? [average] : [],
    squares: state.filter((each) => (order(optimizer, each) ?? 0) >= SQUARED),
    isCustom,
  };
}

/**
 * @param {import("./optimizer.js").OptimizerText} optimizer
 * @param {string} name
 * @returns {Hyperparameter}
 */
function hyperparameter({ defaults, settings }, name) {
  const setting = settings.get(name);
  const isNumber = setting?.operation === "number";
  return {
    name,
    default: defaults.get(name)?.value ?? null,
    value: setting && isNumber ? setting.value : null,
    schedule: setting && !isNumber ? plain(setting) : null,
  };
}
