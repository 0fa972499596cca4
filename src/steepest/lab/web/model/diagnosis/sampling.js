// @ts-check
/** The positions, slopes and curvatures of a run: the port of `steepest.diagnosis.sampling`. */
import { hessianAt, spectrum } from "../curvature.js";
import { minus, norm } from "./vectors.js";

/** @typedef {import("../runs/program.js").Run} Run */
/** @typedef {import("../tape/tape.js").Machine} Machine */
/** @typedef {{values: number[], vectors: number[][]}} Spectrum */
/**
 * One row for each sampled position; `spectra` has null where the curvature is unknown, `lengths` the lengths of the
 * last steps, from the row `tail` on, where every position was sampled.
 * @typedef {{steps: number[], positions: Float64Array[], gradients: Float64Array[], values: number[],
 *   spectra: (Spectrum | null)[], tail: number, lengths: number[]}} Sampling
 */

export const MOST = 1500; // positions: what a slice of idle time has room for

const FEWEST = 40; // positions over many rows
const MOST_WORK = 1e9; // operations on rows in all
const AT_ONCE = 1e5; // and in a slice

/**
 * The sampled steps: all, or the first and last fifths of `most` and others evenly between.
 * @param {number} steps
 * @param {number} most
 */
export function sampledSteps(steps, most) {
  const all = (/** @type {number} */ from, /** @type {number} */ to) =>
    Array.from({ length: to - from + 1 }, (_, k) => from + k);
  if (steps < most) return all(0, steps);
  const fifth = Math.floor(most / 5);
  const [from, to, parts] = [fifth - 1, steps - fifth + 1, most - 2 * fifth + 1];
  const between = all(0, parts).map((k) => Math.floor(from + ((to - from) * k) / parts));
  return [...new Set([...all(0, fifth - 1), ...between, ...all(to, steps)])];
}

/**
 * The samples of a run; of a run of batches values and slopes are those over all rows. Over many rows it is fewer, and
 * worked out one by one.
 * @param {Run} run
 * @param {Machine} objective
 * @returns {Generator<undefined, Sampling>}
 */
export function* sampling(run, objective) {
  const { count } = run;
  const { rows: data } = objective;
  const work = data?.work ?? 0;
  const steps = sampledSteps(run.steps, work ? Math.max(FEWEST, Math.min(MOST, Math.floor(MOST_WORK / work))) : MOST);
  const rows = (/** @type {Float64Array} */ numbers) => steps.map((k) => numbers.slice(k * count, (k + 1) * count));
  const positions = rows(run.positions);
  const tail = steps.findLastIndex((step, row) => row > 0 && step !== steps[row - 1] + 1);
  const from = Math.max(0, tail);
  const values = steps.map((k) => run.values[k]);
  const gradients = rows(run.gradients);
  /** @type {(Spectrum | null)[]} */
  const spectra = [];
  for (const [row, position] of positions.entries()) {
    if (data?.batches) {
      const { value, gradient, spectrum } = derivatives(objective, position);
      values[row] = value;
      gradients[row] = Float64Array.from(gradient);
      spectra.push(spectrum);
    } else spectra.push(spectrumAt(objective, position));
    if (work > AT_ONCE) yield;
  }
  return {
    steps,
    positions,
    gradients,
    values,
    spectra,
    tail: from,
    lengths: positions.slice(from + 1).map((position, k) => norm(minus(position, positions[from + k]))),
  };
}

/**
 * The eigenvalues and eigenvectors of the Hessian at a position; null where it is unknown.
 * @param {Machine} objective
 * @param {ArrayLike<number>} position
 */
function spectrumAt(objective, position) {
  const matrix = hessianAt(objective, position);
  return matrix?.every(Number.isFinite) ? spectrum(matrix) : null;
}

/**
 * The value, the gradient and the curvatures at a position.
 * @param {Machine} objective
 * @param {ArrayLike<number>} position
 */
export function derivatives(objective, position) {
  const { registers, tape } = objective;
  registers.set(position);
  objective.execute();
  const { f, g, H } = tape.outputs;
  const matrix = H?.map((slot) => registers[slot]);
  return {
    value: registers[f[0]],
    gradient: g.map((slot) => registers[slot]),
    spectrum: matrix?.every(Number.isFinite) ? spectrum(matrix) : null,
  };
}
