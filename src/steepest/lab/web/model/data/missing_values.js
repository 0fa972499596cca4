// @ts-check
/** What stands in columns that a formula names and is no finite number: the port of `steepest.data.missing_values`. */
import { clipped, grouped, InputError } from "../language/errors.js";
import { whyNoNumber } from "./files/cells.js";
import { CELLS, FINDINGS } from "./tables.js";
import { counted, listed } from "./words.js";

const { FIRST_SHOWN } = CELLS;

/**
 * What was found in one column: the first row that has a text, the text, and why it is no number; the first row whose
 * number is infinite; how many numbers are missing, and the first rows without one.
 * @typedef {{text: [number, string, string] | null, infinite: number | null, missing: number, first: number[]}} Finding
 */

/**
 * @param {(Float64Array | string[])[]} columns
 * @param {string} decimal
 * @returns {Finding[]}
 */
export function look(columns, decimal) {
  return columns.map((values) => {
    /** @type {Finding} */
    const found = { text: null, infinite: null, missing: 0, first: [] };
    if (!(values instanceof Float64Array)) return { ...found, text: firstText(values, decimal) };
    for (let row = 0; row < values.length; row++) {
      const value = values[row];
      if (value - value === 0) continue;
      if (!Number.isNaN(value)) found.infinite ??= row;
      else if (found.missing++ < FIRST_SHOWN) found.first.push(row);
    }
    return found;
  });
}

/**
 * The first row whose text is no number; the first row where all are.
 * @param {string[]} cells
 * @param {string} decimal
 * @returns {[number, string, string]}
 */
function firstText(cells, decimal) {
  for (const [row, cell] of cells.entries()) {
    const reason = whyNoNumber(cell, decimal);
    if (reason) return [row, cell, reason];
  }
  return [0, cells[0], ""];
}

/**
 * What to tell about rows that are left out; empty if none is. Refuses text, an infinite number, and missing numbers
 * unless they are left out, with the lines.
 * @param {Finding[]} found in the columns of these names
 * @param {string[]} names
 * @param {string} source
 * @param {(row: number) => string} place
 * @param {{rows: number, complete: number} | null} dropped how many rows there are, and how many are complete, if others
 *   are to be left out
 */
export function accepted(found, names, source, place, dropped) {
  for (const [index, { text, infinite }] of found.entries()) {
    const name = clipped(names[index]);
    if (text) {
      const [row, cell, reason] = text;
      const why = reason || "the column is text";
      throw new InputError(`${source}, ${place(row)}: '${name}' is '${clipped(cell)}', no number: ${why}`);
    }
    if (infinite !== null) {
      const told = `'${name}' is infinite, or beyond 1.8e308: leave the row out or change its unit`;
      throw new InputError(`${source}, ${place(infinite)}: ${told}`);
    }
  }
  const count = found.reduce((sum, { missing }) => sum + missing, 0);
  if (!count) return "";
  if (!dropped) {
    const what = count === 1 ? "1 missing number" : `${grouped(count)} missing numbers`;
    const where = whereMissing(found, names, place);
    throw new InputError(`${source} has ${what}: ${where}: fill them in, or leave these rows out`);
  }
  const { rows, complete } = dropped;
  if (!complete) {
    const each = names.length > 1 ? "each of " : "";
    throw new InputError(`${source}: no row has a number in ${each}${listed(names, FINDINGS.MOST_NAMED)}`);
  }
  return `${grouped(rows - complete)} of ${counted(rows, "row")} are left out: ${whereMissing(found, names, place)}`;
}

/**
 * `size is missing in lines 3 and 7; price in line 4`.
 * @param {Finding[]} found
 * @param {string[]} names
 * @param {(row: number) => string} place
 */
function whereMissing(found, names, place) {
  /** @type {string[]} */
  const parts = [];
  for (const [index, { missing, first }] of found.entries()) {
    if (!missing) continue;
    if (parts.length === FIRST_SHOWN) return [...parts, "and other columns"].join("; ");
    const places = first.map(place);
    const [kind] = places[0].split(" ");
    const numbers = places.map((where) => where.slice(kind.length + 1));
    const where = `${kind}${missing > 1 ? "s" : ""} ${listed(numbers, FIRST_SHOWN, missing)}`;
    parts.push(`${clipped(names[index])} ${parts.length ? "" : "is missing "}in ${where}`);
  }
  return parts.join("; ");
}
