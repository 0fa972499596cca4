// @ts-check
/** What the texts of a table's cells mean: the port of `steepest.data.files.cells`. */

import { clipped } from "../../language/errors.js";
import { general } from "../../language/numbers.js";
import { stripped } from "../../language/tokens/characters.js";
import { CELLS } from "../tables.js";

const { LARGEST_EXACT } = CELLS;
const MISSING = new Set(["", ...CELLS.MISSING.split(" ")]);
const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)$/i;
const WHOLE = /^[+-]?\d+$/;
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/; // 1,234,567.8
const ONE_GROUP = /^[+-]?[1-9]\d{0,2},\d{3}$/; // 1,234: a thousand and more, or 1.234
const DATE = /^(?:\d{1,4}([-/.])\d{1,2}\1\d{1,4}([ T].*)?|\d{1,2}:\d\d(:\d\d(\.\d*)?)?)$/;
/** @type {Map<string, number>} */
const TRUTH = new Map([
  ["true", 1],
  ["false", 0],
]);

/** @param {string} cell */
export function isMissing(cell) {
  return MISSING.has(stripped(cell).toLowerCase());
}

/**
 * Whether a cell is a number, written as in C.
 * @param {string} cell
 * @param {string} [decimal] the decimal sign
 */
export function isNumber(cell, decimal = ".") {
  return NUMBER.test(withPoint(stripped(cell), decimal));
}

/** Whether a word has commas between thousands. @param {string} word */
export function isGrouped(word) {
  return GROUPED.test(word);
}

/** Whether a word may be a thousand and more, or a decimal. @param {string} word */
export function isOneGroup(word) {
  return ONE_GROUP.test(word);
}

/**
 * Whether a cell is rather a value than a name: a number, a share, a truth value, a date.
 * @param {string} cell
 */
export function isValue(cell) {
  const word = stripped(cell);
  const number = stripped(word.replace(/%$/, ""));
  return (
    isNumber(number) ||
    isNumber(number, ",") ||
    GROUPED.test(number) ||
    DATE.test(word) ||
    TRUTH.has(word.toLowerCase())
  );
}

/**
 * The cell with `.` for the decimal sign, and `,` for a point.
 * @param {string} cell
 * @param {string} decimal
 */
function withPoint(cell, decimal) {
  return decimal === "." ? cell : cell.replace(/[.,]/g, (sign) => (sign === "." ? "," : "."));
}

/**
 * Cells as numbers, NaN where one is missing; null if one is neither.
 * @param {string[]} cells
 * @param {string} decimal
 */
export function numbers(cells, decimal) {
  const found = new Float64Array(cells.length);
  for (const [row, cell] of cells.entries()) {
    const word = withPoint(stripped(cell), decimal);
    if (NUMBER.test(word)) found[row] = numberOf(word);
    else if (MISSING.has(word.toLowerCase())) found[row] = NaN;
    else return null;
  }
  return found;
}

/** @param {string} word that `NUMBER` takes */
function numberOf(word) {
  if (/[a-df-z]/i.test(word)) return word.startsWith("-") ? -Infinity : Infinity;
  return Number(word);
}

/**
 * Whether a cell is a whole number that no float64 is equal to.
 * @param {string} cell
 * @param {number} value
 */
export function isRounded(cell, value) {
  if (!(Math.abs(value) >= LARGEST_EXACT && Number.isFinite(value))) return false;
  const word = stripped(cell);
  return word.length < 400 && WHOLE.test(word) && BigInt(word.replace("+", "")) !== BigInt(value);
}

/**
 * A column of texts as numbers if all of them are numbers or truth values, otherwise as it is; and what to tell.
 * @param {string} name
 * @param {string[]} cells
 * @param {string} decimal
 * @param {boolean} sure whether the other sign can only separate thousands
 * @returns {{values: Float64Array | string[], note: string}}
 */
export function meaning(name, cells, decimal, sure) {
  const shown = clipped(name);
  const plain = numbers(cells, decimal);
  if (plain) return { values: plain, note: "" };
  const words = cells.map(stripped);
  const present = words.filter((word) => !MISSING.has(word.toLowerCase()));
  if (present.every((word) => TRUTH.has(word.toLowerCase()))) {
    const values = Float64Array.from(words, (word) => TRUTH.get(word.toLowerCase()) ?? NaN);
    return { values, note: `${shown}: ${present[0]} counts as ${TRUTH.get(present[0].toLowerCase())}` };
  }
  const other = decimal === "." ? "," : ".";
  const found = hasGroups(present, decimal, sure)
    ? numbers(
        words.map((word) => word.replaceAll(other, "")),
        decimal,
      )
    : null;
  return found ? { values: found, note: `${shown}: '${other}' separates thousands` } : { values: cells, note: "" };
}

/**
 * Whether thousands are separated in every long number, and the sign cannot be meant as a decimal sign.
 * @param {string[]} words
 * @param {string} decimal
 * @param {boolean} sure
 */
function hasGroups(words, decimal, sure) {
  const written = words.map((word) => withPoint(word, decimal));
  const grouped = written.filter((word) => !NUMBER.test(word));
  if (!grouped.every((word) => GROUPED.test(word))) return false;
  return sure || written.some((word) => word.includes(".")) || grouped.some((word) => word.split(",").length > 2);
}

/**
 * What to do about a cell that is asked for as a number; empty if it is one, or missing.
 * @param {string} cell
 * @param {string} decimal
 */
export function whyNoNumber(cell, decimal) {
  const word = stripped(cell);
  if (isMissing(word) || isNumber(word, decimal)) return "";
  const written = withPoint(word, decimal);
  const other = decimal === "." ? "," : ".";
  if (word.endsWith("%") && isNumber(word.slice(0, -1), decimal)) {
    const value = numberOf(withPoint(stripped(word.slice(0, -1)), decimal));
    const text = (/** @type {number} */ each) => (Number.isFinite(each) ? general(each, 6) : each > 0 ? "inf" : "-inf");
    return `write ${word} as ${text(value / 100)} or as ${text(value)}`;
  }
  if (ONE_GROUP.test(written)) {
    const plain = word.replaceAll(other, "");
    return `it may be ${plain} or ${word.replaceAll(other, decimal)}: set the decimal sign to '${decimal}' or '${other}'`;
  }
  if (GROUPED.test(written)) return `write it without the signs between thousands: ${word.replaceAll(other, "")}`;
  if (isNumber(word, other))
    return `the decimal sign is '${decimal}' elsewhere: set it to '${other}', or write ${word.replaceAll(other, decimal)}`;
  if (word.includes("_") && isNumber(word.replaceAll("_", ""), decimal)) return `write ${word.replaceAll("_", "")}`;
  if (DATE.test(word)) return "dates are text: add a column with a number of days or years";
  if (TRUTH.has(word.toLowerCase())) return "write 1 for true and 0 for false";
  return "leave the column out, or replace its texts by numbers";
}
