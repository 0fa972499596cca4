// @ts-check
/** A table without the rows in which a number is missing. */
import { isNumeric, Table } from "./table.js";
import { counted } from "./words.js";

/**
 * The rows in which some column of numbers has none.
 * @param {Table} table
 */
export function incompleteRows({ columns, rows }) {
  const numeric = columns.filter(isNumeric);
  return Array.from({ length: rows }, (_, row) => row).filter((row) =>
    numeric.some((column) => Number.isNaN(column[row])),
  );
}

/**
 * The table without those rows, which is told in its notes.
 * @param {Table} table
 */
export function completeRows(table) {
  const left = new Set(incompleteRows(table));
  const columns = table.columns.map((column) =>
    /** @type {any} */ (column).filter((/** @type {any} */ _, /** @type {number} */ row) => !left.has(row)),
  );
  const told = `left out ${counted(left.size, "row")} of ${counted(table.rows, "row")} in which a number is missing`;
  return new Table(table.names, columns, table.source, { notes: [...table.notes, told], decimal: table.decimal });
}
