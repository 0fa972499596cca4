// @ts-check
/**
 * A learning rate that does better, tried out: the part of `steepest.diagnosis.advice` that changes only `lr` and takes
 * no more steps than the run itself, so that what is told of it is what the page shows with it.
 */

import { observe } from "./observation.js";
import { derivatives } from "./sampling.js";
import { ADVICE } from "./tables.js";
import { largest, least, minus, norm, size } from "./vectors.js";

/** @typedef {import("../runs/program.js").Run} Run */
/** @typedef {import("./observation.js").Observation} Observation */
/** @typedef {import("./observation.js").Subject} Subject */
/**
 * A trial with another learning rate: whether it converged, after how many steps, at which value, and whether a lower
 * value is known.
 * @typedef {{lr: number, converged: boolean, steps: number, value: number, local: boolean}} Advice
 */
/**
 * What is kept of a run.
 * @typedef {{kind: string, steps: number, first: number, lowest: number, reached: number}} Outcome
 */

const { FEWER, LOWER, SAME, LEVEL, ROUNDING, REST, STEEP, FACTORS, SHRINKS, MOST_ROWS } = ADVICE;
const SMALLER = [2, 10, 100, 1000]; // how many times, where the function is not defined farther out
const SHARES = [0.5, 0.1, 0.02]; // of the bound, of equations with a state

/**
 * The best of some learning rates, or null.
 * @param {Run} run
 * @param {Subject} subject
 * @param {Observation} found
 * @returns {Generator<undefined, Advice | null>}
 */
export function* advise(run, subject, found) {
  const values = subject.optimizer.values();
  const { words } = found;
  const elsewhere = ["saddle", "maximum", "plateau", "noisy", "kink"].some((word) => words.has(word));
  if (typeof values.lr !== "number" || !run.steps || elsewhere || isLong(subject)) return null;
  const before = outcome(run);
  const lost = words.has("diverging") || words.has("left_domain");
  /** @type {{lr: number, result: Outcome}[]} */
  const trials = [];
  for (const lr of candidates(run, subject, found, values)) {
    if (lr === values.lr || trials.some((trial) => trial.lr === lr)) continue;
    const result = outcome(subject.optimizer.spare.run(subject.start, { ...values, lr }, subject.limits));
    if (helps(before, result, found.lower !== null)) trials.push({ lr, result });
    yield;
  }
  while (trials.length) {
    const { lr, result } = best(trials, before);
    const trial = subject.optimizer.spare.run(subject.start, { ...values, lr }, subject.limits);
    const local = endsWell(before, lost, trial, yield* observe(trial, subject, { ...values, lr }));
    const { kind, steps } = result;
    if (local !== null) return { lr, converged: kind === "converged", steps, value: trial.values[trial.steps], local };
    trials.splice(
      trials.findIndex((each) => each.lr === lr),
      1,
    );
    yield;
  }
  return null;
}

/**
 * Whether a trial takes more rows than one may, each as often as there are steps.
 * @param {Subject} subject
 */
function isLong({ objective: { fit, table }, limits: { steps } }) {
  return steps * (fit?.settings.batch ?? table?.rows ?? 1) > MOST_ROWS;
}

/**
 * Learning rates worth a trial: by the curvature where there is a bound, else multiples.
 * @param {Run} run
 * @param {Subject} subject
 * @param {Observation} found
 * @param {Record<string, any>} values
 */
function candidates(run, { optimizer, objective }, { at, sampling, words }, values) {
  const { lr } = values;
  const rate = lr > 0 ? lr : (optimizer.base.lr ?? 0.1);
  /** @type {number[]} */
  const rates = [];
  if (run.ending.kind === "undefined") rates.push(...SMALLER.map((share) => rate / share));
  const bound = optimizer.stability.limit(1, values);
  if (bound === null || !optimizer.stability.inverse) rates.push(...FACTORS.map((factor) => rate * factor));
  else {
    const { spectra } = sampling;
    const end = words.has("diverging") ? null : spectra[spectra.length - 1];
    const spectrum =
      (at?.kind === "minimum" ? at.spectrum : knownMinimum(objective, optimizer, sampling)) ?? end ?? spectra[0];
    const [mu, L] = spectrum ? [spectrum.values[0], spectrum.values[spectrum.values.length - 1]] : [NaN, NaN];
    const stateless = !optimizer.data.state.length;
    rates.push(...(stateless ? [bound / (mu > 0 ? mu + L : 2 * L)] : SHARES.map((share) => (share * bound) / L)));
    const steepest = largest(
      spectra.map((each, row) => (each && sampling.values[row] <= sampling.values[0] ? largest(each.values) : NaN)),
    );
    rates.push(...(stateless ? [0.5] : SHARES).map((share) => (share * bound) / steepest));
  }
  return rates.filter((each) => each > 0 && each < Infinity).map(roundedDown);
}

/**
 * The curvatures at the known minimum that is nearest to the start.
 * @param {any} objective
 * @param {import("../optimizer.js").Optimizer} optimizer
 * @param {import("./sampling.js").Sampling} sampling
 */
function knownMinimum({ minima }, { program }, { positions: [start] }) {
  const away = minima.map((/** @type {any} */ { position }) => size(minus(position, start)));
  const nearest = minima[away.indexOf(Math.min(...away))];
  return nearest ? derivatives(program.objective, nearest.position).spectrum : null;
}

/**
 * A learning rate with four digits, never above the value.
 * @param {number} value
 */
export function roundedDown(value) {
  const [mantissa, exponent] = value.toExponential(11).split("e");
  return Number(`${mantissa.slice(0, 5)}e${exponent}`);
}

/** @param {Run} run @returns {Outcome} */
function outcome({ values, steps, ending: { kind } }) {
  const from = kind === "converged" ? steps : steps - Math.floor((steps + 1) / 4);
  const late = values.subarray(from, steps + 1);
  const reached = late.some((value) => !Number.isFinite(value)) ? NaN : largest(late);
  return { kind, steps, first: values[0], lowest: least(values.subarray(0, steps + 1)), reached };
}

/**
 * Whether a trial ends no higher than the lowest value of the run, and has converged where, or sooner than, it did.
 * @param {Outcome} before
 * @param {Outcome} trial
 * @param {boolean} trapped whether a lower value than that of the run's minimum is known
 */
function helps(before, { kind, steps, reached }, trapped) {
  const { first, lowest } = before;
  if (kind !== "converged" && kind !== "step_limit") return false;
  const fall = first - lowest;
  if (!(reached < first) || !(reached <= lowest + SAME * fall + ROUNDING * Math.abs(lowest))) return false;
  if (trapped && !(reached < lowest - LEVEL * (1 + Math.abs(lowest)))) return false;
  const deeper = lowest - reached > LEVEL * fall;
  return before.kind !== "converged" || deeper || (kind === "converged" && steps <= FEWER * before.steps);
}

/**
 * The trial with the lowest value, then with the fewest steps.
 * @param {{lr: number, result: Outcome}[]} trials
 * @param {Outcome} before
 */
function best(trials, { first }) {
  const low = Math.min(...trials.map(({ result }) => result.reached));
  const level = trials.filter(({ result }) => result.reached <= low + LEVEL * (first - low));
  const rank = (/** @type {Outcome} */ { kind, steps, reached }) => [Number(kind !== "converged"), steps, reached];
  return level.reduce((one, other) => {
    const [a, b] = [rank(one.result), rank(other.result)];
    const k = a.findIndex((value, i) => value !== b[i]);
    return k >= 0 && b[k] < a[k] ? other : one;
  });
}

/**
 * Of a trial that ends at a minimum or approaches one, whether a lower value is known; null for any other.
 * @param {Outcome} before
 * @param {boolean} lost whether the run without advice diverges or leaves the domain
 * @param {Run} trial
 * @param {Observation} found
 */
function endsWell(before, lost, trial, { words, at, lower, sampling }) {
  const bad = ["diverging", "plateau", "cycling", "saddle", "maximum", "kink"].some((word) => words.has(word));
  if (bad) return null;
  if (lost && words.has("underway")) return false;
  if (at?.kind !== "minimum") return null;
  const { reached } = outcome(trial);
  if (trial.ending.kind === "converged") {
    const slopes = [sampling.gradients[0], sampling.gradients[sampling.gradients.length - 1]].map(norm);
    const close =
      at.arrived && reached - at.value <= REST * (before.first - at.value) && slopes[1] <= STEEP * slopes[0];
    return close ? lower !== null : null;
  }
  const nearer = lost || reached - at.value <= LOWER * (before.lowest - at.value);
  return nearer && settles(trial, at.value) ? lower !== null : null;
}

/**
 * Whether the highest value above the minimum shrinks from quarter to quarter of a run.
 * @param {Run} run
 * @param {number} low
 */
function settles({ values, steps }, low) {
  const quarter = Math.ceil(steps / 4);
  const highest = [1, 2, 3].map(
    (k) => largest(values.subarray(1 + k * quarter, 1 + Math.min(steps, (k + 1) * quarter))) - low,
  );
  return highest.every((value, k) => value >= 0 && (!k || value <= SHRINKS * highest[k - 1]));
}
