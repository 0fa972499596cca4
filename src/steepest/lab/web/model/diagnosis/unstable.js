// @ts-check
/**
 * The first step outside the region where the equations are stable: the part of `steepest.diagnosis.stability` for
 * equations whose bound is inverse to the curvature. Of all others this says nothing.
 */
import { UNSTABLE } from "./tables.js";
import { dot, minus, size } from "./vectors.js";

/** @typedef {import("./sampling.js").Sampling} Sampling */
/**
 * The first unstable step, from 1, with the curvature and `lr*lambda` there; the bound, which the product must stay
 * below; the product at each sampled position.
 * @typedef {{bound: number, products: number[], last: boolean,
 *   first: {step: number, direction: number[], curvature: number, product: number} | null}} Bounded
 */

const { NEXT, STILL } = UNSTABLE;
const DIGITS = 8; // of the bound, which is searched for by halving
const CERTAIN = 1e-7; // the share of it by which a step must be beyond it

/**
 * What the curvature allows, where the equations and a constant learning rate have a bound; null elsewhere.
 * @param {import("../runs/program.js").Run} run
 * @param {Sampling} sampling
 * @param {number | null} found the bound of the learning rate for a curvature of 1
 * @param {number} lr
 * @returns {Bounded | null}
 */
export function bounded({ steps }, sampling, found, lr) {
  if (found === null || !(lr > 0)) return null;
  const bound = Number(found.toPrecision(DIGITS));
  const { spectra, positions } = sampling;
  const moves = positions.slice(1).map((position, row) => minus(position, positions[row]));
  let first = null;
  let last = false;
  spectra.forEach((each, row) => {
    const step = sampling.steps[row];
    if (!each || step >= Math.max(steps, 1)) return;
    const j = each.values.findLastIndex(
      (value, k) => lr * value > bound * (1 + CERTAIN) && movesAlong(moves, row, each.vectors[k]),
    );
    if (j < 0) return;
    const curvature = each.values[j];
    first ??= { step: step + 1, direction: each.vectors[j], curvature, product: lr * curvature };
    last = step === steps - 1;
  });
  return {
    bound,
    products: spectra.map((each) => (each ? lr * each.values[each.values.length - 1] : NaN)),
    first,
    last,
  };
}

/**
 * Whether the run has a component along a direction within the next few steps, by more than rounding.
 * @param {number[][]} moves
 * @param {number} row
 * @param {number[]} direction
 */
function movesAlong(moves, row, direction) {
  return moves.slice(row, row + NEXT).some((move) => Math.abs(dot(move, direction)) > STILL * size(move));
}
