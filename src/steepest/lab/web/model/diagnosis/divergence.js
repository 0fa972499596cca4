// @ts-check
/** Whether a run diverges: the port of `steepest.diagnosis.motion.divergence`. */
import { fitted } from "./rate.js";
import { DIVERGENCE } from "./tables.js";
import { largest, minus, size } from "./vectors.js";

/** @typedef {import("../runs/program.js").Run} Run */
/** @typedef {import("./sampling.js").Sampling} Sampling */

const { FAR, GROWING, FEW, LONGER, MOST_STEPS, MUCH } = DIVERGENCE;

/**
 * Whether a run that stayed finite grows, so that it has to be continued to know.
 * @param {Run} run
 * @param {Sampling} sampling
 * @param {boolean} lastUnstable
 */
export function grows(run, { values, positions, spectra, lengths }, lastUnstable) {
  const last = values.length - 1;
  const end = values[last];
  const growth = fitted(lengths);
  const rising = end > values[0];
  let [accelerating, uphill] = [false, false];
  if (growth === null) {
    const late = lengths.slice(-5);
    accelerating = lengths.length >= 3 && late.every((length, k) => !k || length > late[k - 1]);
    const few = run.steps < FEW && lastUnstable && values.slice(-3).every((value, k, row) => !k || value > row[k - 1]);
    uphill = rising && (few || (accelerating && end >= largest(values)));
  } else {
    accelerating = growth > GROWING;
    uphill = rising && accelerating && end >= 0.5 * largest(values);
  }
  const far = size(minus(positions[last], positions[0])) > FAR * (1 + size(positions[0]));
  const downhill = accelerating && far && (spectra[last]?.values[0] ?? 0) < 0;
  return uphill || downhill;
}

/**
 * How many steps a run that grows is continued to.
 * @param {Run} run
 */
export function continuedSteps({ steps }) {
  return Math.min(Math.max(LONGER, 2 * steps), MOST_STEPS);
}

/**
 * Whether a run that was continued still grows.
 * @param {Run} continued
 * @param {Sampling} sampling
 */
export function goesOn(continued, { values }) {
  if (continued.ending.kind === "diverged") return true;
  const far = Math.abs(continued.values[continued.steps] - values[0]);
  return continued.ending.kind === "step_limit" && far > MUCH * Math.abs(values[values.length - 1] - values[0]);
}
