// @ts-check
/** Where each start of a grid would end: the minimum that its run reaches, or how it ends otherwise. */
import { Cells } from "./cells.js";
import { MinimaSearch } from "./minima.js";

/** @typedef {import("./minima.js").Minimum} Minimum */

/**
 * What is known of a grid of starts: its cells, the minima that are known, and which of them each cell reached.
 * @typedef {{cells: Cells, minima: Minimum[], reached: Int16Array, complete: boolean}} Basins
 */

/**
 * The basins of a grid of starts: coarse ones first, with the minima that were known before.
 * @param {import("../objectives/objective_data.js").Objective} objective
 * @param {import("../runs/program.js").Program} program
 * @param {Float64Array[]} axes the coordinates of the starts
 * @param {Record<string, number>} hyperparameters
 * @param {import("../runs/program.js").Limits} limits
 * @param {Minimum[]} before minima that were found with other starts or hyperparameters
 * @returns {Generator<Basins | null, void>} what is known, whenever that is more; null in between
 */
export function* basins(objective, program, axes, hyperparameters, limits, before = []) {
  const cells = new Cells(axes);
  const search = new MinimaSearch(objective, cells);
  const known = before.length ? before : search.known;
  for (const whole of cells.run(program, hyperparameters, limits)) {
    if (whole) yield { cells, minima: known, reached: yield* paused(search.reached(known)), complete: false };
    else yield null;
  }
  const minima = yield* paused(search.all());
  yield { cells, minima, reached: yield* paused(search.reached(minima)), complete: true };
}

/**
 * What a generator returns, with its pauses.
 * @template Result
 * @param {Generator<void, Result>} work
 * @returns {Generator<null, Result>}
 */
function* paused(work) {
  let next = work.next();
  for (; !next.done; next = work.next()) yield null;
  return next.value;
}

/**
 * How many cells reached each minimum, and how many of those that reached none ended in each way.
 * @param {Basins} found
 */
export function counts({ cells, minima, reached }) {
  const reaching = minima.map(() => 0);
  const others = [0, 0, 0, 0, 0];
  for (let cell = 0; cell < reached.length; cell++) {
    if (reached[cell] >= 0) reaching[reached[cell]]++;
    else others[cells.ending[cell]]++;
  }
  return { reaching, others };
}
