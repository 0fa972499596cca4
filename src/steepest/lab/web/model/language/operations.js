// @ts-check
/**
 * The operations of formulas by name: how many arguments each takes, and its derivatives as formulas in the arguments
 * `a`, `b` and the result `r`. What they compute stands in the tape's `operations.js`.
 */
import { DOMAINS as NEEDED } from "../shared.js";
import { apply, CODES } from "../tape/operations.js";
import {
  CONSTANTS as NAMED,
  VECTOR_FUNCTIONS as OF_VECTORS,
  REDUCTIONS as OVER_ROWS,
  OPERATIONS as TABLE,
  FUNCTIONS as WRITTEN,
} from "./tables.js";

/**
 * @typedef {object} Operation
 * @property {number} arity
 * @property {string[]} partials the derivative by each argument in textbook form
 * @property {string[]} computed the same in a form that does not lose digits or overflow; empty where the textbook's is
 *   that
 * @property {string} rate the derivative divided by the value, for functions that grow or shrink exponentially
 */

/** @type {Map<string, {arity: number, partials?: string, computed?: string, rate?: string}>} */
const entries = new Map(Object.entries(TABLE));

/** @param {string} [texts] */
const listed = (texts) => (texts ? texts.split("; ") : []);

/** @type {Map<string, Operation>} */
export const OPERATIONS = new Map(
  [...entries].map(([name, { arity, partials, computed, rate = "" }]) => [
    name,
    { arity, partials: listed(partials), computed: listed(computed), rate },
  ]),
);

/** Those that are written with their names and brackets. @type {Map<string, Operation>} */
export const FUNCTIONS = new Map(
  WRITTEN.split(" ").map((name) => [name, /** @type {Operation} */ (OPERATIONS.get(name))]),
);

/** What the arguments must be for a finite value, as the end of "log(x) needs ...". */
export const DOMAINS = new Map(Object.entries(NEEDED));

const NUMBERS = { pi: Math.PI, e: Math.E };

/** @type {Map<string, number>} */
export const CONSTANTS = new Map(NAMED.split(" ").map((name) => [name, NUMBERS[/** @type {"pi" | "e"} */ (name)]]));

/**
 * The functions that make one number of all rows of a table, with their numbers of arguments.
 * @type {Map<string, number>}
 */
export const REDUCTIONS = new Map(Object.entries(OVER_ROWS));

/** Further functions of an optimizer's equations, with their numbers of arguments. @type {Map<string, number>} */
export const VECTOR_FUNCTIONS = new Map(Object.entries(OF_VECTORS));

/**
 * The IEEE value of an operation.
 * @param {string} operation
 * @param {number[]} values
 */
export function value(operation, [a, b = 0, c = 0]) {
  return apply(/** @type {number} */ (CODES.get(operation)), a, b, c, 0);
}
