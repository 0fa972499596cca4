// @ts-check
/** The factor per step of a sequence of errors: the port of `steepest.diagnosis.motion.rate`. */
import { RATE } from "./tables.js";

const { FEWEST, BENT, SWINGING, ROUGH, ROUNDING, ABRUPT } = RATE;

/**
 * The factor per step of the last errors, from the slope of their logarithm; null where no line fits them.
 * @param {number[]} errors
 */
export function fitted(errors) {
  const stop = errors.findIndex((error) => !(Number.isFinite(error) && error > 0));
  const end = stop < 0 ? errors.length : stop;
  const from = Math.max(0, Math.min(end >> 1, end - FEWEST));
  const tail = errors.slice(from, end);
  if (tail.length < FEWEST >> 1) return null;
  const at = peaks(tail);
  const logarithms = at.map((row) => Math.log(tail[row]));
  const half = at.length >> 1;
  const bent = at.length === tail.length ? BENT : SWINGING;
  const slope = slopeOf(at, logarithms);
  const halves = [
    slopeOf(at.slice(0, half), logarithms.slice(0, half)),
    slopeOf(at.slice(half), logarithms.slice(half)),
  ];
  const [middle, mean] = [average(at), average(logarithms)];
  const off = Math.max(...logarithms.map((value, k) => Math.abs(value - mean - slope * (at[k] - middle))));
  const rise = Math.abs(slope) * (Math.max(...at) - Math.min(...at));
  if (halves.some((part) => Math.abs(part - slope) > bent * Math.abs(slope) + ROUNDING)) return null;
  if (off > ROUGH * rise + ROUNDING) return null;
  const next = logarithms[at.length - 1] + slope * (Math.min(end, errors.length - 1) - from - at[at.length - 1]);
  if (end < errors.length && next > Math.log(5e-324 * ABRUPT)) return null;
  const factor = Number(Math.exp(slope).toPrecision(10));
  return factor > 0 && factor < Infinity ? factor : null;
}

/**
 * The rows that a line goes through: all, if the values only fall or only rise, else the highest around each.
 * @param {number[]} values
 */
function peaks(values) {
  const changes = values.slice(1).map((value, k) => value - values[k]);
  const all = values.map((_, k) => k);
  if (changes.every((change) => change <= 0) || changes.every((change) => change >= 0)) return all;
  const width = Math.max(1, Math.floor(values.length / 5));
  return all.slice(0, values.length - width + 1).map((from) => {
    let best = from;
    for (let k = from; k < from + width; k++) if (values[k] > values[best]) best = k;
    return best;
  });
}

/** @param {number[]} values */
function average(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The slope of the line through points, by least squares.
 * @param {number[]} steps
 * @param {number[]} logarithms
 */
function slopeOf(steps, logarithms) {
  const middle = average(steps);
  const across = steps.reduce((sum, step) => sum + (step - middle) ** 2, 0);
  return across ? steps.reduce((sum, step, k) => sum + (step - middle) * logarithms[k], 0) / across : 0;
}
