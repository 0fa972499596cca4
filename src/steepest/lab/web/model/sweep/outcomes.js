// @ts-check
/** What becomes of an optimizer with other values of a hyperparameter: many runs, of which only the outcome is kept. */
import { CHARACTER } from "../diagnosis/tables.js";

/** @typedef {import("../runs/program.js").Limits} Limits */
/** @typedef {import("../runs/program.js").Run} Run */
/**
 * What is kept of a run: the value reached, and whether it converged, oscillated, or left the finite numbers or rose.
 * @typedef {{value: number, converged: boolean, oscillates: boolean, lost: boolean}} Outcome
 */
/**
 * Neighbors that share a fate: `slow`, `fast`, `oscillates` or `unstable`.
 * @typedef {{kind: string, from: number, to: number}} Region
 */

export const RUNS = 200;
const FIRST = 16; // every so many-th run comes first, so that there is something to see at once
const FAST = 1e-3; // the share of the start's height that is left at most after a fast run
const DEEPEST = 8; // decades of height that are told apart

/**
 * The runs, coarsely first: after each, how many of its neighbors to the right have the same outcome for now.
 * @param {number[]} settings the values
 * @param {(value: number) => Run} run
 * @param {(Outcome | undefined)[]} into
 * @returns {Generator<number, void>} the distance of the runs that are known, whenever that halves; 0 in between
 */
export function* outcomes(settings, run, into) {
  for (let stride = FIRST; stride >= 1; stride /= 2) {
    for (let k = 0; k < settings.length; k += stride) {
      if (into[k]) continue;
      into[k] = outcomeOf(run(settings[k]));
      yield 0;
    }
    yield stride;
  }
}

/**
 * What is kept of a run.
 * @param {Run} run
 * @returns {Outcome}
 */
export function outcomeOf({ values, positions, steps, count, ending: { kind } }) {
  const value = values[steps];
  let turns = 0;
  for (let i = 0; i < count; i++) {
    let [way, found] = [0, 0];
    for (let k = 1; k <= steps; k++) {
      const move = positions[k * count + i] - positions[(k - 1) * count + i];
      if (!(Math.abs(move) > 1e-12 * Math.abs(positions[k * count + i]))) continue;
      const next = Math.sign(move);
      if (way && next !== way) found++;
      way = next;
    }
    turns = Math.max(turns, found);
  }
  return {
    value,
    converged: kind === "converged",
    oscillates: turns >= 3 && turns * CHARACTER.LASTING >= steps,
    lost: kind === "diverged" || kind === "undefined" || !(value <= values[0] + 1e-9 * Math.abs(values[0])),
  };
}

/**
 * How high each run ended: 1 is as high as the start, or higher, and 0 is eight decades lower.
 * @param {Outcome[]} found
 * @param {number} first the value at the start
 * @param {number | null} known the least value known
 */
export function heights(found, first, known) {
  const low = lowest(found, known);
  return found.map(({ value, lost }) => {
    const share = (value - low) / (first - low);
    return lost || !(share < 1) ? 1 : share > 0 ? Math.max(0, 1 + Math.log10(share) / DEEPEST) : 0;
  });
}

/**
 * What to call each run.
 * @param {Outcome[]} found
 * @param {number} first the value at the start
 * @param {number | null} known the least value known
 */
export function kinds(found, first, known) {
  const low = lowest(found, known);
  return found.map(({ value, converged, oscillates, lost }) => {
    if (lost) return "unstable";
    if (oscillates) return "oscillates";
    return (converged && value < first) || value - low <= FAST * (first - low) ? "fast" : "slow";
  });
}

/**
 * @param {string[]} names
 * @returns {Region[]}
 */
export function regions(names) {
  /** @type {Region[]} */
  const found = [];
  names.forEach((kind, k) => {
    const last = found[found.length - 1];
    if (last?.kind === kind) last.to = k + 1;
    else found.push({ kind, from: k, to: k + 1 });
  });
  return found;
}

/**
 * @param {Outcome[]} found
 * @param {number | null} known
 */
function lowest(found, known) {
  return found.reduce((low, { value }) => Math.min(low, Number.isFinite(value) ? value : Infinity), known ?? Infinity);
}
