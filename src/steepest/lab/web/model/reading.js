// @ts-check
/** Texts read, as often as something is typed; the latest are remembered. */
import { FormulaError, InputError } from "./language/errors.js";
import { objectiveData } from "./objectives/objective_data.js";
import { optimizerData } from "./optimizers/optimizer_data.js";
import { ZOO } from "./optimizers/tables.js";
import { asksForConstant, pageWording } from "./wording.js";

/** @typedef {import("./objectives/objective_data.js").Objective} Objective */
/** @typedef {import("./optimizers/optimizer_data.js").OptimizerData} OptimizerData */
/**
 * What is wrong with a text: a sentence, and for a text with a place that text and the position and length of the word
 * at fault, in code points; and the name that needs a value, if that is all that is wrong with it.
 * @typedef {{message: string, text: string | null, place: number | null, length: number, constant?: string}} Mistake
 */

const REMEMBERED = 128; // texts
const WORD = /^(?:[\p{L}\p{N}_.]+|.?)/su;

/** @type {Map<string, Objective>} */
const objectives = new Map();
/** @type {Map<string, OptimizerData>} */
const optimizers = new Map();

/**
 * A formula, or the name of a function of the gallery; over a table a fit or a formula over its rows.
 * @param {string} text
 * @param {Record<string, number>} [constants] the values of names that are no parameters
 * @param {import("./data/fit/fit.js").DataSettings | null} [data]
 * @throws {Mistake}
 */
export function readObjective(text, constants = {}, data = null) {
  if (data) return mended(() => objectiveData(text, constants, data));
  return remembered(objectives, JSON.stringify([text, constants]), () => objectiveData(text, constants));
}

/**
 * An optimizer of the zoo, or equations, for so many parameters. Of the settings of one of the zoo only the formulas are
 * read: numbers are inputs of its tape.
 * @param {string} text
 * @param {Record<string, number | string>} settings
 * @param {number} count
 * @throws {Mistake}
 */
export function readOptimizer(text, settings, count) {
  const isNamed = Object.hasOwn(ZOO, text);
  const read = Object.entries(settings).filter(([, value]) => !isNamed || typeof value === "string");
  const key = JSON.stringify([text, read, count]);
  return remembered(optimizers, key, () => optimizerData(text, count, Object.fromEntries(read)));
}

/**
 * What was read for a key, at the end of those that are remembered.
 * @template Read
 * @param {Map<string, Read>} known
 * @param {string} key
 * @param {() => Read} read
 */
function remembered(known, key, read) {
  const found = known.get(key) ?? mended(read);
  known.delete(key);
  known.set(key, found);
  if (known.size > REMEMBERED) known.delete(/** @type {string} */ (known.keys().next().value));
  return found;
}

/**
 * What a function returns; an error of the user, and no other, is told as a mistake.
 * @template Result
 * @param {() => Result} read
 */
export function mended(read) {
  try {
    return read();
  } catch (error) {
    throw error instanceof FormulaError || error instanceof InputError ? mistakeOf(error) : error;
  }
}

/**
 * An error as the page tells it.
 * @param {FormulaError | InputError} error
 * @returns {Mistake}
 */
function mistakeOf(error) {
  const message = pageWording(error.message);
  if (!(error instanceof FormulaError)) return { message, text: null, place: null, length: 0 };
  const { position, reason, text, where } = error;
  const [word = ""] = WORD.exec([...text].slice(position).join("")) ?? [];
  const length = Math.max(1, [...word].length);
  const told = pageWording(where ? `${where}: ${reason}` : reason);
  return { message: told, text, place: position, length, ...(asksForConstant(reason) ? { constant: word } : {}) };
}
