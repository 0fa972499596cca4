// @ts-check
/** What becomes of an optimizer with other values of two hyperparameters: a run for each pair, some first. */
import { hessianAt, spectrum } from "../curvature.js";
import { Stability } from "../stability.js";
import { Cells } from "./cells.js";
import { MinimaSearch } from "./minima.js";
import { outcomeOf } from "./outcomes.js";

/** @typedef {import("../optimizer.js").Optimizer} Optimizer */
/** @typedef {import("./outcomes.js").Outcome} Outcome */
/**
 * The outcome of a run, with how it ended and after how many steps.
 * @typedef {Outcome & {ending: string, steps: number}} Cell
 */

const STRIDES = [4, 1];

/**
 * The runs for all pairs of values, every so many-th first.
 * @param {Optimizer} optimizer
 * @param {Record<string, any>} values of the other hyperparameters
 * @param {Record<string, ArrayLike<number>>} axes two hyperparameters with their values
 * @param {number[]} start
 * @param {import("../runs/program.js").Limits} limits
 * @param {(Cell | undefined)[]} into the second axis goes fastest
 * @returns {Generator<number, void>} the stride whose cells are all known, just now; 0 in between
 */
export function* settingMap(optimizer, values, axes, start, limits, into) {
  const [[first, columns], [second, rows]] = Object.entries(axes);
  for (const stride of STRIDES) {
    for (let i = 0; i < columns.length; i += stride) {
      for (let j = 0; j < rows.length; j += stride) {
        const at = i * rows.length + j;
        if (into[at]) continue;
        const run = optimizer.spare.run(start, { ...values, [first]: columns[i], [second]: rows[j] }, limits);
        into[at] = { ...outcomeOf(run), ending: run.ending.kind, steps: run.steps };
        yield 0;
      }
    }
    yield stride;
  }
}

/**
 * The minimum that theory is asked about: the known one nearest to where the run ended; else the one that Newton's method
 * finds close to there, or where the run converged to. Null where there is none.
 * @param {Optimizer} optimizer
 * @returns {number[] | null}
 */
export function minimumOf({ objective, latest }) {
  const { positions, steps, count, ending } = latest;
  const end = [...positions.subarray(steps * count, (steps + 1) * count)];
  const known = [...objective.minima, ...objective.localMinima].map(({ position }) => position);
  const gap = (/** @type {number[]} */ point) => Math.hypot(...point.map((part, i) => part - end[i]));
  if (known.length) return known.reduce((best, point) => (gap(point) < gap(best) ? point : best));
  if (ending.kind === "converged") return end;
  if (count > 2 || ending.kind !== "step_limit") return null;
  const start = new Cells(Array.from(positions.subarray(0, count), (part) => Float64Array.of(part)));
  return new MinimaSearch(objective, start).polished(end)?.position ?? null;
}

/**
 * The largest curvature at a position; NaN where there is none.
 * @param {Optimizer} optimizer
 * @param {number[]} position
 */
export function largestCurvature(optimizer, position) {
  const matrix = hessianAt(optimizer.spare.objective, position);
  return matrix?.every(Number.isFinite) ? Number(spectrum(matrix).values.at(-1)) : NaN;
}

/**
 * The learning rates up to which steps are stable where the curvature is this, for values of another hyperparameter; null
 * where theory has none: for batches, schedules, and equations that scale the gradient by its size.
 * @param {Optimizer} optimizer
 * @param {Record<string, any>} values
 * @param {string} other
 * @param {ArrayLike<number>} others
 * @param {number} curvature
 * @returns {Generator<void, (number | null)[]>}
 */
export function* stableBounds(optimizer, values, other, others, curvature) {
  const { batches, names } = optimizer.objective;
  const stability = new Stability(optimizer.data, names.length);
  /** @type {(number | null)[]} */
  const bounds = [];
  for (const value of Array.from(others)) {
    bounds.push(batches ? null : stability.limit(curvature, { ...values, [other]: value }));
    yield;
  }
  return bounds;
}
