// @ts-check
/** Constants of a formula, which have a value and can have a slider: the port of `steepest.objectives.constants`. */
import { clipped, InputError } from "../language/errors.js";
import { name, names, number, postorder, rebuilt } from "../language/expression.js";
import { FUNCTIONS, CONSTANTS as LANGUAGE } from "../language/operations.js";
import { tokenize } from "../language/tokens/tokens.js";
import { CONSTANTS } from "../shared.js";

/** @typedef {import("../language/expression.js").Expression} Expression */
/** The values of constants by name. @typedef {Record<string, number>} Values */

const { LARGEST } = CONSTANTS;
const HEADER = /^\s*[\p{L}\p{N}_]+\s*\(([^()=]*)\)\s*=/u;

/**
 * Whether a text names its parameters in front of `=`.
 * @param {string} text
 */
export function hasHeader(text) {
  return HEADER.test(text);
}

/**
 * The values of constants that are none of the parameters that a text names in front of `=`.
 * @param {string} text
 * @param {Values} given
 * @returns {Map<string, Expression>}
 * @throws {InputError} for a name that no constant can have
 */
export function constantsOf(text, given) {
  for (const word of Object.keys(given)) {
    const isName = tokenize(word).map(({ kind }) => kind);
    if (isName.join() === "name,end" && !LANGUAGE.has(word) && !FUNCTIONS.has(word)) continue;
    throw new InputError(`a constant has a name of its own, such as k, not '${clipped(word)}'`);
  }
  const declared = new Set((HEADER.exec(text)?.[1] ?? "").split(",").map((word) => word.trim()));
  const others = Object.entries(given).filter(([word]) => !declared.has(word));
  return new Map(others.map(([word, value]) => [word, number(value)]));
}

/**
 * What the names of constants stand for where their values are left open.
 * @param {Map<string, Expression>} constants
 */
export function asNames(constants) {
  return new Map([...constants.keys()].map((word) => [word, name(word)]));
}

/**
 * A formula in which constants are names, as it is compiled; and the names of the constants that are inputs of what is
 * compiled. Those whose value decides which operations there are have their value in the formula: exponents, 0, and
 * enormous ones.
 * @param {Expression} formula
 * @param {Map<string, Expression>} constants
 * @returns {{opened: Expression, inputs: string[]}}
 */
export function asInputs(formula, constants) {
  const fixed = new Set(
    postorder(formula)
      .filter(({ operation }) => operation === "pow")
      .flatMap((node) => [...names(node.arguments[1])]),
  );
  for (const [word, { value }] of constants) if (!(Math.abs(value) > 0 && Math.abs(value) <= LARGEST)) fixed.add(word);
  const used = [...names(formula)].filter((word) => constants.has(word));
  return {
    opened: closed(formula, new Map([...constants].filter(([word]) => fixed.has(word)))),
    inputs: used.filter((word) => !fixed.has(word)).sort(),
  };
}

/**
 * A formula with the values of constants in the place of their names.
 * @param {Expression} formula
 * @param {Map<string, Expression>} constants
 */
export function closed(formula, constants) {
  return rebuilt(formula, new Map([...constants].map(([word, value]) => [name(word), value])));
}
