// @ts-check
/** Why many runs are not made: they would take too long. */
import { counted } from "../../model/data/words.js";

/**
 * Why so many runs of an optimizer are not made; empty if they are.
 * @param {number} runs
 * @param {number} steps of each
 * @param {import("../../model/optimizer.js").Optimizer} optimizer
 * @param {number} mostWork steps of all runs together over a table, one for each that WebAssembly takes meanwhile
 * @param {number} [mostSteps] of one run
 */
export function tooLong(runs, steps, { program, objective: { table } }, mostWork, mostSteps = Infinity) {
  const told = `${counted(runs, "run")} of ${counted(steps, "step")}`;
  if (steps > mostSteps) return `${told} would take too long`;
  if (!table || runs * steps * program.cost <= mostWork) return "";
  return `${told} over ${counted(table.rows, "row")} would take too long`;
}
