// @ts-check
/** Text -> hyperparameters: names with numbers, or with formulas in `t` and `T`. */

import { clipped, FormulaError, grouped, InputError } from "../language/errors.js";
import { number } from "../language/expression.js";
import { readExpression } from "../language/grammar.js";
import { repr } from "../language/numbers.js";
import { isSpace, stripped } from "../language/tokens/characters.js";
import { FRAMEWORKS, READING } from "./tables.js";

const PARAMETERS = new Set(FRAMEWORKS.PARAMETERS.split(" "));
const NUMBER = /^[0-9.]{1,40}(?:[eE][-+]?[0-9]{1,4})?$/;
const IDENTIFIER = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;

/**
 * `lr=0.05, beta1=0.8` as names and texts; a lone number in front is the learning rate, as in other libraries.
 * @param {string} text
 */
export function readArguments(text) {
  /** @type {Map<string, string>} */
  const settings = new Map();
  const parts = splitArguments(text);
  if (parts.length > READING.MOST_SETTINGS)
    throw new InputError(
      `the optimizer has ${grouped(parts.length)} hyperparameters and may have ${READING.MOST_SETTINGS}`,
    );
  for (const part of parts) {
    const equals = part.indexOf("=");
    const first = equals < 0 && !settings.size;
    let name = stripped(equals < 0 ? part : part.slice(0, equals));
    let value = equals < 0 ? undefined : stripped(part.slice(equals + 1));
    if (first && PARAMETERS.has(name)) continue;
    if (first && NUMBER.test(name)) [name, value] = ["lr", name];
    if (value === undefined || !IDENTIFIER.test(name))
      throw new InputError(`a hyperparameter is set as name=value, such as lr=0.1, not '${clipped(stripped(part))}'`);
    if (settings.has(name)) throw new InputError(`the hyperparameter '${clipped(name)}' is set twice`);
    settings.set(name, value);
  }
  return settings;
}

/**
 * The parts between commas outside brackets; blank parts are left out.
 * @param {string} text
 */
function splitArguments(text) {
  const parts = [];
  let [depth, start] = [0, 0];
  for (let index = 0; index < text.length; index++) {
    const sign = text[index];
    if (sign === "(" || sign === "[") depth++;
    else if (sign === ")" || sign === "]") depth--;
    else if (sign === "," && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)].filter((part) => [...part].some((sign) => !isSpace(sign)));
}

/**
 * The value of a hyperparameter: a finite number, or a formula in `t` and `T`.
 * @param {string} name of the hyperparameter, for errors
 * @param {number | string} value
 */
export function readSetting(name, value) {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new InputError(`${name} is a finite number, not ${repr(value)}`);
    return number(value);
  }
  if (!stripped(value)) throw new InputError(`${name} has no value: write a number or a formula in t and T`);
  try {
    return readExpression(value, ["t", "T"]);
  } catch (error) {
    throw error instanceof FormulaError ? error.within(name) : error;
  }
}
