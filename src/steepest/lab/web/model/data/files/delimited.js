// @ts-check
/** CSV and its relatives as tables: the port of `steepest.data.files.delimited` for a text that is in memory. */

import { clipped, grouped, InputError } from "../../language/errors.js";
import { stripped } from "../../language/tokens/characters.js";
import { counted } from "../words.js";
import { checkCharacters } from "./bytes.js";
import { isRounded, meaning, numbers } from "./cells.js";
import { isBlank, sniff } from "./dialect.js";
import { RecordError, records } from "./records.js";

/** @typedef {import("./dialect.js").Dialect} Dialect */
/**
 * Names and columns, the line on which each row begins, the decimal sign, and sentences for the user.
 * @typedef {{names: string[], columns: (Float64Array | string[])[], lines: number[], decimal: string,
 *   notes: string[]}} Read
 */

/**
 * The table in a text; how it is written is found, and told in the notes.
 * @param {string} given
 * @param {string} source for sentences
 * @param {string} [writtenIn] the encoding, to be told
 * @returns {Read}
 */
export function readDelimited(given, source, writtenIn = "") {
  const start = given.startsWith("\ufeff") ? given.slice(1) : given;
  const returns = start.includes("\r") && !start.includes("\n");
  const text = returns ? start.replaceAll("\r", "\n") : start;
  if (/^[\0 \t\r\n]*$/.test(text))
    throw new InputError(`${source} ${text.includes("\0") ? "has nothing but bytes 0 in it" : "is empty"}`);
  checkCharacters(text, source);
  const dialect = sniff(text, source);
  const { rows, lines, blank } = rowsBelow(text, source, dialect);
  if (!rows.length) throw new InputError(`${source} has a header and no rows below it`);
  const { names, decimal, sure } = dialect;
  const written = writtenIn + (returns ? ", lines end with CR" : "");
  const notes = [`${source}: ${counted(rows.length, "row")}, ${dialect.notes[0]}${written}`, ...dialect.notes.slice(1)];
  if (blank) notes.push(`${counted(blank, "blank line")} between the rows ${blank === 1 ? "is" : "are"} left out`);
  /** @type {string[]} */
  const converted = [];
  const columns = names.map((name, index) => {
    const cells = rows.map((row) => row[index]);
    const values = numbers(cells, decimal);
    if (values) {
      const inexact = cells.flatMap((cell, row) => (isRounded(cell, values[row]) ? [row] : []));
      if (inexact.length) notes.push(roundedNote(name, inexact.length, cells[inexact[0]], lines[inexact[0]]));
      return values;
    }
    const found = meaning(name, cells.map(stripped), decimal, sure);
    if (found.note) converted.push(found.note);
    return found.values;
  });
  return { names, columns, lines, decimal, notes: [...notes, ...converted] };
}

/**
 * @param {string} name
 * @param {number} count
 * @param {string} cell
 * @param {number} line
 */
function roundedNote(name, count, cell, line) {
  const first = `the first ${clipped(stripped(cell))} in line ${grouped(line)}`;
  return `${clipped(name)}: ${counted(count, "whole number")} beyond 2^53 rounded to float64, ${first}`;
}

/**
 * The rows below the header, the line on which each begins, and the number of blank lines between them.
 * @param {string} text
 * @param {string} source
 * @param {Dialect} dialect
 */
function rowsBelow(text, source, dialect) {
  const { delimiter, names, skipped } = dialect;
  const body = withoutLines(text, skipped);
  const before = 1 + skipped;
  /** @type {string[][]} */
  const rows = [];
  /** @type {number[]} */
  const lines = [];
  let [blank, waiting, start] = [0, 0, before];
  const zero = body.indexOf("\0");
  if (zero >= 0) {
    const line = before + body.slice(0, zero).split("\n").length - 1;
    throw new InputError(`${source}, line ${grouped(line)}: there is a byte 0, which does not occur in texts`);
  }
  try {
    for (const { cells, end } of records(body, delimiter)) {
      if (cells.length !== names.length || (names.length === 1 && !cells.length)) {
        if (!isBlank(cells, delimiter))
          throw new InputError(`${source}, line ${grouped(start)}: ${ragged(cells, dialect)}`);
        waiting++;
      } else {
        blank += waiting;
        waiting = 0;
        rows.push(cells);
        lines.push(start);
      }
      start = before + end;
    }
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    throw new InputError(`${source}, line ${grouped(start)}: ${error.message}`);
  }
  return { rows, lines, blank };
}

/**
 * @param {string} text
 * @param {number} count
 */
function withoutLines(text, count) {
  let begin = 0;
  for (let left = count; left > 0; left--) {
    const end = text.indexOf("\n", begin);
    if (end < 0) return "";
    begin = end + 1;
  }
  return text.slice(begin);
}

/**
 * The sentence about a row with too few or too many cells.
 * @param {string[]} row
 * @param {Dialect} dialect
 */
function ragged(row, { delimiter, names }) {
  const expected = counted(names.length, "column");
  const sentence = `'${clipped(row.join(delimiter || ","))}' has ${counted(row.length, "cell")} and the table ${expected}`;
  if (delimiter === "," && row.length > names.length) return `${sentence}: write a cell with a comma in quotes`;
  return `${sentence}: fill in or take out what is missing or too much`;
}
