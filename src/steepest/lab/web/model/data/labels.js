// @ts-check
/** Two classes as numbers: a column with two values becomes 0 and 1, or -1 and 1: the port of `steepest.data.labels`. */
import { clipped, InputError } from "../language/errors.js";
import { general } from "../language/numbers.js";
import { nearest } from "../language/similarity.js";
import { isMissing } from "./files/cells.js";
import { LABELS } from "./tables.js";
import { counted, listed } from "./words.js";

/** @typedef {import("./table.js").Table} Table */
/** @typedef {string | number} Value */
/**
 * How the values of a column stand for two classes: the value that becomes the lower code (null for all others), the one
 * that becomes the higher, and the codes.
 * @typedef {{name: string, low: Value | null, high: Value, codes: number[], sentence: string}} Labels
 */

const CODES = /** @type {Record<string, number[]>} */ (LABELS.CODES);

/**
 * The table with a column of two values as labels, and which value is which. Numbers keep their order, texts that of
 * the alphabet: the greater becomes 1.
 * @param {Table} table
 * @param {string} name
 * @param {string} kind `0/1` or `-1/1`
 * @param {Value | null} [one] the value that becomes 1; every other one becomes the other label then
 * @returns {{table: Table, labels: Labels}}
 */
export function withLabels(table, name, kind, one = null) {
  const column = table.get(name);
  const codes = CODES[kind];
  const [low, high] = chosen(table, name, distinct(column), codes, one);
  const told = low === null ? "every other value" : written(low);
  const sentence = `${clipped(name)}: ${told} counts as ${codes[0]}, ${written(high)} as ${codes[1]}`;
  const coded = (/** @type {Float64Array | string[]} */ values) =>
    Float64Array.from(/** @type {ArrayLike<Value>} */ (values), (value) => {
      if (typeof value === "string" ? isMissing(value) : Number.isNaN(value)) return NaN;
      return value === high ? codes[1] : codes[0];
    });
  const unchanged = low === codes[0] && high === codes[1];
  const notes = unchanged ? [] : [sentence];
  return { table: table.changed({ [name]: coded }, ...notes), labels: { name, low, high, codes, sentence } };
}

/**
 * The values of a column in order, without missing ones.
 * @param {Float64Array | string[]} column
 * @returns {Value[]}
 */
function distinct(column) {
  if (column instanceof Float64Array)
    return [...new Set(column)].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return [...new Set(column)].filter((value) => !isMissing(value)).sort(byCodePoints);
}

/**
 * Python's order of texts.
 * @param {string} a
 * @param {string} b
 */
function byCodePoints(a, b) {
  const [left, right] = [[...a], [...b]].map((signs) => signs.map((sign) => Number(sign.codePointAt(0))));
  const at = left.findIndex((code, index) => code !== right[index]);
  return at < 0 ? left.length - right.length : left[at] - (right[at] ?? -1);
}

/**
 * Which of the values found becomes which label.
 * @param {Table} table
 * @param {string} name
 * @param {Value[]} found
 * @param {number[]} codes
 * @param {Value | null} one
 * @returns {[Value | null, Value]}
 */
function chosen({ source }, name, found, codes, one) {
  const shown = clipped(name);
  if (one !== null) {
    const matching = found.find((value) => value === one || written(value) === String(one));
    if (matching === undefined) {
      const near = nearest(String(one), found.slice(0, 1000).map(written));
      const hint = near ? `did you mean ${near}?` : `it has ${values(found)}`;
      throw new InputError(`${source}: '${shown}' has no value '${clipped(String(one))}': ${hint}`);
    }
    const others = found.filter((value) => value !== matching);
    if (!others.length) throw new InputError(alone(source, shown, found[0]));
    return [others.length === 1 ? others[0] : null, matching];
  }
  if (found.length === 2) return [found[0], found[1]];
  if (found.length === 1 && !codes.includes(/** @type {number} */ (found[0])))
    throw new InputError(alone(source, shown, found[0]));
  if (found.length === 1) return [codes[0], codes[1]];
  if (!found.length) throw new InputError(`${source}: '${shown}' has no value at all`);
  const what = `${counted(found.length, "value")} (${values(found)})`;
  const way = `choose the one that counts as 1, such as ${written(/** @type {Value} */ (found.at(-1)))}`;
  throw new InputError(`${source}: '${shown}' has ${what} and a loss of two classes needs 2: ${way}`);
}

/**
 * @param {string} source
 * @param {string} name
 * @param {Value} value
 */
function alone(source, name, value) {
  return `${source}: '${name}' is ${written(value)} in every row, and a loss of classes needs two`;
}

/** @param {Value[]} found */
function values(found) {
  return listed(found.slice(0, LABELS.MOST_NAMED).map(written), LABELS.MOST_NAMED, found.length);
}

/** @param {Value} value */
function written(value) {
  return typeof value === "number" ? general(value, 6) : value;
}
