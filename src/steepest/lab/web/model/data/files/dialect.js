// @ts-check
/** How a text writes its table, found in the lines that it begins with: the port of `steepest.data.files.dialect`. */

import { InputError } from "../../language/errors.js";
import { isSpace, stripped } from "../../language/tokens/characters.js";
import { DIALECT } from "../tables.js";
import { counted, listed } from "../words.js";
import { isGrouped, isMissing, isNumber, isOneGroup, isValue } from "./cells.js";
import { RecordError, records } from "./records.js";

const { COUNTED, LOOKED_AT, MOST_CELLS, MOST_NAMED, MOST_TEXT } = DIALECT;
const DELIMITERS = new Map(Object.entries(DIALECT.DELIMITERS));

/**
 * The sign between cells (empty for one column), the decimal sign and whether it is beyond doubt, the columns' names,
 * the number of lines before the first row, and sentences for the user.
 * @typedef {{delimiter: string, decimal: string, sure: boolean, names: string[], skipped: number, notes: string[]}}
 *   Dialect
 */

/**
 * @param {string} text
 * @param {string} source for errors
 * @returns {Dialect}
 */
export function sniff(text, source) {
  const hint = /^sep=(.)(?=[\r\n])/i.exec(text); // a spreadsheet's
  const sample = [...text].length > MOST_TEXT ? wholeLines(text) : text;
  const body = hint ? sample.slice(sample.indexOf("\n") + 1) : sample;
  const delimiter = hint?.[1] ?? delimiterOf(body);
  const { ends, rows } = firstRecords(body, delimiter, LOOKED_AT);
  if (!rows.length) throw new InputError(`${source}: the first row cannot be read: is a closing quote missing?`);
  const hasHeader = isHeader(rows);
  const { decimal, sure } = decimalOf(hasHeader ? rows.slice(1) : rows);
  const { names, told } = namesOf(rows[0], hasHeader);
  const skipped = Number(Boolean(hint)) + (hasHeader ? ends[0] : 0);
  const notes = [summary(delimiter, decimal, sure, hasHeader, names.length), ...told];
  return { delimiter, decimal, sure, names, skipped, notes };
}

/** The lines that are looked at. @param {string} text */
function wholeLines(text) {
  const first = [...text.slice(0, 2 * MOST_TEXT)].slice(0, MOST_TEXT).join("");
  const end = first.lastIndexOf("\n");
  return end < 0 ? text : text.slice(0, end + 1);
}

/**
 * Whether a line has no row on it: it is empty, or has nothing but blanks where a row has several cells.
 * @param {string[]} row
 * @param {string} delimiter
 */
export function isBlank(row, delimiter) {
  return !row.length || (row.length === 1 && delimiter !== "" && !stripped(row[0]));
}

/**
 * The last lines of the first rows, and the rows; what is wrong is told when all are read.
 * @param {string} text
 * @param {string} delimiter
 * @param {number} most
 */
function firstRecords(text, delimiter, most) {
  /** @type {number[]} */
  const ends = [];
  /** @type {string[][]} */
  const rows = [];
  let count = 0;
  try {
    for (const { cells, end } of records(text, delimiter)) {
      if (!isBlank(cells, delimiter)) {
        ends.push(end);
        rows.push(cells);
        count += cells.length;
      }
      if (rows.length >= most || count >= MOST_CELLS) break;
    }
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
  }
  return { ends, rows };
}

/**
 * The delimiter that gives the most rows as many cells as the first one has, at least two; empty if none does so in half.
 * @param {string} text
 */
function delimiterOf(text) {
  let best = "";
  let most = 0;
  for (const delimiter of DELIMITERS.keys()) {
    const { rows } = firstRecords(text, delimiter, COUNTED);
    const width = rows[0]?.length ?? 0;
    const share = width > 1 ? rows.filter((row) => row.length === width).length / rows.length : 0;
    if (share > most) [best, most] = [delimiter, share];
  }
  return most >= 0.5 ? best : "";
}

/**
 * The decimal sign, a point unless only commas are seen, and whether a number shows it beyond doubt.
 * @param {string[][]} rows
 */
function decimalOf(rows) {
  let [comma, point] = [false, false];
  for (const cell of rows.flat()) {
    const word = stripped(cell);
    if (cell.includes(",")) {
      comma ||= isNumber(word, ",") && !isOneGroup(word);
      point ||= isGrouped(word) && word.includes(".");
    } else if (!point && cell.includes(".")) {
      point = isNumber(word) && !isOneGroup(word.replaceAll(".", ","));
    }
  }
  return { decimal: comma && !point ? "," : ".", sure: comma !== point };
}

/**
 * Whether the first row names the columns: none of its cells is a value, or it has a text above a column of values.
 * @param {string[][]} rows
 */
function isHeader([first, ...rest]) {
  const words = [...first.keys()].filter((index) => !isMissing(first[index]) && !isValue(first[index]));
  if (!first.some(isValue)) return words.length > 0;
  return words.some((index) => {
    const cells = rest.map((row) => row[index]).filter((cell) => cell !== undefined && !isMissing(cell));
    return cells.length > 0 && cells.every(isValue);
  });
}

/**
 * The columns' names and what to tell about them.
 * @param {string[]} first
 * @param {boolean} hasHeader
 */
function namesOf(first, hasHeader) {
  if (!hasHeader) {
    const names = first.map((_, index) => `c${index + 1}`);
    const shown = names.length === 1 ? names[0] : `${names[0]} to ${names.at(-1)}`;
    return { names, told: [`no header: the first row is data, and the columns are called ${shown}`] };
  }
  const names = first.map((cell, index) => joined(cell) || `c${index + 1}`);
  const unnamed = first.flatMap((cell, index) => (stripped(cell) ? [] : [`c${index + 1}`]));
  const twice = [...new Set(names)].filter((name) => names.filter((each) => each === name).length > 1);
  const told = [];
  if (unnamed.length)
    told.push(`${counted(unnamed.length, "column")} without a name: called ${listed(unnamed, MOST_NAMED)}`);
  if (twice.length) told.push(`columns with the same name cannot be used: ${listed(twice, MOST_NAMED)}`);
  return { names, told };
}

/** A text with one blank between its words. @param {string} text */
function joined(text) {
  return [...text]
    .map((sign) => (isSpace(sign) ? " " : sign))
    .join("")
    .split(" ")
    .filter(Boolean)
    .join(" ");
}

/**
 * @param {string} delimiter
 * @param {string} decimal
 * @param {boolean} sure
 * @param {boolean} hasHeader
 * @param {number} width
 */
function summary(delimiter, decimal, sure, hasHeader, width) {
  const between = `${DELIMITERS.get(delimiter) ?? `'${delimiter}'`} between columns`;
  const sign = decimal === "," ? "decimal comma" : sure ? "decimal point" : "";
  const parts = [counted(width, "column"), width > 1 ? between : "", sign, hasHeader ? "with a header" : ""];
  return parts.filter(Boolean).join(", ");
}
