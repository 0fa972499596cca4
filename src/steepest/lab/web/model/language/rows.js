// @ts-check
/** Rows of a table as a formula sees them, and the fixed order in which numbers of all rows are added. */
import { ROWS } from "./tables.js";

const { BLOCK, LANES } = ROWS;

/**
 * The rows of a table whose columns a formula names.
 * @typedef {object} Rows
 * @property {number} rows their number, at least 1
 * @property {(name: string) => any} get the numbers of a column, one for each row
 * @property {(row: number) => string} [place] where a row, counted from 0, stands in its source: `row 2` or `line 3`
 */

/**
 * The sum or the mean of the numbers of all rows, in the order of `steepest.language.rows`.
 * @param {string} operation `sum` or `mean`
 * @param {ArrayLike<number>} values one for each row
 */
export function reducedRows(operation, values) {
  let total = 0;
  const lanes = new Float64Array(LANES);
  for (let begin = 0; begin < values.length; begin += BLOCK) {
    const end = Math.min(begin + BLOCK, values.length);
    lanes.fill(0);
    for (let place = begin; place < end; place++) lanes[(place - begin) % LANES] += values[place];
    for (let half = LANES / 2; half >= 1; half /= 2)
      for (let lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
    total += lanes[0];
  }
  return operation === "mean" ? total / values.length : total;
}
