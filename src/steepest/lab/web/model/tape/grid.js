// @ts-check
/** An objective's value at many points. */
import { RowGrid } from "./row_grid.js";
import { Grid } from "./tape.js";

/** @typedef {Grid | RowGrid} AnyGrid */

/**
 * @param {import("../objectives/objective_data.js").Objective} objective of one or two parameters
 * @returns {AnyGrid}
 */
export function gridOf(objective) {
  return objective.tape.rows ? new RowGrid(objective) : new Grid(objective.tape);
}
