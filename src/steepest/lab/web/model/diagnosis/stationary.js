// @ts-check
/** The stationary point near the end of a run: the port of `steepest.diagnosis.stationary`. */
import { derivatives } from "./sampling.js";
import { STATIONARY } from "./tables.js";
import { dot, extent, largest, minus, norm, size } from "./vectors.js";

/** @typedef {import("../runs/program.js").Run} Run */
/** @typedef {import("../tape/tape.js").Machine} Machine */
/** @typedef {import("./sampling.js").Sampling} Sampling */
/** @typedef {import("./sampling.js").Spectrum} Spectrum */
/**
 * `kind` is `minimum`, `saddle`, `maximum` or `flat`.
 * @typedef {{kind: string, position: number[], value: number, spectrum: Spectrum, arrived: boolean}} StationaryPoint
 */

const { MOST_STEPS, NEAR, NEAR_FLAT, CLOSE, SMALL, SHORT, NOTHING, MOSTLY, RECENT } = STATIONARY;
const { FLAT, FADED, DIRECTIONS, LOWER, RESTING, PATIENCE, RUNAWAY } = STATIONARY;
const LOST = ["diverged", "undefined"];
const STRICTER = 3; // than Python, whose samples of the view are others

/**
 * The stationary point to which Newton's method converges from the end of a run, if that is near.
 * @param {Run} run
 * @param {Sampling} sampling
 * @param {Machine} objective
 * @returns {StationaryPoint | null}
 */
export function stationaryPoint(run, sampling, objective) {
  const { positions, gradients, spectra, values } = sampling;
  const end = positions.length - 1;
  const last = positions[end];
  if (LOST.includes(run.ending.kind) || !last.every(Number.isFinite) || !spectra[end]) return null;
  const span = largest(positions.map((position) => size(minus(position, last))));
  const scale = 1 + size(last);
  const convex = spectra[end].values[0] > 0;
  const reach = 3 * span + (convex ? 10 : 1e-3) * scale;
  const position = newton(objective, last, reach, largest(positions.map(size)));
  if (!position) return null;
  const { value, gradient, spectrum } = derivatives(objective, position);
  if (!spectrum) return null;
  const still = end > 0 && run.ending.kind === "step_limit" && !size(minus(last, positions[end - 1]));
  if (still && size(gradient) && !size(minus(position, last))) return null;
  const first = size(gradients[0]);
  const steepest = Math.min(largest(gradients.map(size)), first ? RUNAWAY * first : Infinity);
  const [slope, bend] = [size(gradient), size(spectrum.values)];
  if (!(slope <= 1e-9 * Math.max(steepest, 1e-3 * bend)) || slope > 1e-7 * bend * Math.max(span, scale)) return null;
  const around = Math.max(bend, ...spectra.map((each) => (each ? size(each.values) : 0)));
  const kind = kindOf(objective, position, value, spectrum, around);
  const distance = size(minus(position, last));
  if (distance > 3 * span && !(kind === "minimum" && value <= values[end])) return null;
  const flat = Math.abs(spectrum.values[0]) <= FLAT * around && fades(objective, position, spectrum, distance);
  return { kind, position, value, spectrum, arrived: hasArrived(run, sampling, position, flat) };
}

/**
 * Newton's method: where it converges within reach; a coordinate that is rounding next to the span is 0.
 * @param {Machine} objective
 * @param {ArrayLike<number>} start
 * @param {number} reach
 * @param {number} span
 */
function newton(objective, start, reach, span) {
  let position = Array.from(start);
  for (let round = 0; round < MOST_STEPS; round++) {
    const { gradient, spectrum } = derivatives(objective, position);
    if (!spectrum || !gradient.every(Number.isFinite)) return null;
    const bend = size(spectrum.values);
    const parts = spectrum.values.map((value, j) =>
      Math.abs(value) > 1e-12 * bend ? dot(spectrum.vectors[j], gradient) / value : 0,
    );
    const step = position.map((_, i) => -spectrum.vectors.reduce((sum, vector, j) => sum + parts[j] * vector[i], 0));
    const next = position.map((value, i) => value + step[i]);
    if (!(size(minus(next, start)) <= reach)) return null;
    position = next;
    if (size(step) <= 1e-15 * (1e-3 + size(position))) break;
  }
  return position.map((value) => (Math.abs(value) <= 1e-15 * span ? 0 : value));
}

/**
 * By the curvatures, and by the values around where one of them vanishes.
 * @param {Machine} objective
 * @param {number[]} position
 * @param {number} value
 * @param {Spectrum} spectrum
 * @param {number} around the largest curvature of the run
 */
function kindOf(objective, position, value, { values, vectors }, around) {
  const flat = values.map((each) => !around || Math.abs(each) <= FLAT * around);
  const end = values.length - 1;
  if (values[0] < 0 && !flat[0]) return values[end] < 0 && !flat[end] ? "maximum" : "saddle";
  if (!flat.some(Boolean)) return "minimum";
  const [lower, higher] = neighbors(objective, position, value, vectors);
  return lower ? (higher ? "saddle" : "maximum") : higher ? "minimum" : "flat";
}

/**
 * Whether there are lower and higher values close to a position.
 * @param {Machine} objective
 * @param {number[]} position
 * @param {number} value
 * @param {number[][]} directions
 */
function neighbors(objective, position, value, directions) {
  const count = position.length;
  const random = Array.from({ length: DIRECTIONS }, (_, row) => {
    const offset = position.map((_, i) => Math.cos((row * count + i + 1) ** 1.5));
    return offset.map((part) => part / norm(offset));
  });
  const offsets = [...random, ...directions, ...directions.map((each) => each.map((part) => -part))];
  let [lower, higher] = [false, false];
  for (const radius of [1e-3, 1e-2]) {
    const reach = radius * (1 + size(position));
    const around = offsets.map((offset) => valueAt(objective, beside(position, offset, reach)));
    const rounding = 1e-14 * (Math.min(1, Math.max(0, largest(around.map(Math.abs)))) + Math.abs(value));
    lower ||= around.some((each) => each < value - rounding);
    higher ||= around.some((each) => each > value + rounding);
  }
  return [lower, higher];
}

/**
 * Whether the least curvature vanishes at a position: it is 0, or tiny compared with that at a distance from it.
 * @param {Machine} objective
 * @param {number[]} position
 * @param {Spectrum} spectrum
 * @param {number} distance
 */
function fades(objective, position, { values: [least, ...others], vectors: [direction] }, distance) {
  if (!(Math.abs(least) > 1e-12 * size([least, ...others]))) return true;
  const reach = Math.max(distance, 1e-3 * (1 + size(position)));
  const near = [reach, -reach].map((far) => {
    const { spectrum } = derivatives(objective, beside(position, direction, far));
    return spectrum
      ? Math.abs(spectrum.values.reduce((sum, v, j) => sum + v * dot(spectrum.vectors[j], direction) ** 2, 0))
      : NaN;
  });
  return Math.abs(least) <= FADED * Math.max(...near);
}

/**
 * Whether the last positions are at a point, and slopes and steps there are small against those of the run.
 * @param {Run} run
 * @param {Sampling} sampling
 * @param {number[]} position
 * @param {boolean} flat
 */
function hasArrived({ ending, steps }, sampling, position, flat) {
  const { positions, gradients } = sampling;
  const recent =
    ending.kind === "converged" ? 1 : Math.min(Math.max(RECENT, Math.floor(steps / 20)), Math.floor(steps / 2) + 1);
  const rows = sampling.steps.flatMap((step, row) => (step >= steps - recent + 1 ? [row] : []));
  const away = positions.map((each) => size(minus(each, position)));
  const left = largest(rows.map((row) => away[row]));
  if (left <= CLOSE * size(positions[positions.length - 1]) || left === 0) return true;
  if (left <= NOTHING * largest(away)) return true;
  const slopes = gradients.map(norm);
  const slope = largest(rows.map((row) => slopes[row]));
  const moves = rows.slice(1).map((row) => norm(minus(positions[row], positions[row - 1])));
  const needed = Math.max(Math.max(0, ...moves) / SHORT, left / (flat ? NEAR_FLAT : NEAR));
  return [
    [slopes[0], away[0]],
    [quantile(slopes, MOSTLY), quantile(away, MOSTLY)],
  ].some(([steepest, farthest]) => slope <= SMALL * steepest && needed <= farthest);
}

/**
 * The lowest value known: of the run, and of the known minima or else of points all over the view.
 * @param {Sampling} sampling
 * @param {any} objective
 * @param {number[]} others values all over the view
 */
export function lowest({ values }, objective, others) {
  const known = objective.minima.map((/** @type {any} */ point) => point.value);
  return Math.min(...[...values, ...(known.length ? known : others)].filter(Number.isFinite));
}

/**
 * Whether a value is below that of a minimum by more than rounding.
 * @param {number} other
 * @param {number} value
 * @param {number[]} values of the run
 */
export function isLower(other, value, values) {
  const spread = largest(values.map((each) => Math.abs(each - value)));
  return other < value - LOWER * (Math.abs(value) + Math.abs(other)) - 1e-13 * Math.max(0, spread);
}

/**
 * Whether slope and curvature at the end are tiny compared with those in the view, and the run hardly moves there.
 * @param {Run} run
 * @param {Sampling} sampling
 * @param {number[][]} view
 * @param {() => ReturnType<typeof derivatives>[]} samples all over the view
 */
export function isPlateau({ steps }, sampling, view, samples) {
  const { positions, gradients, spectra } = sampling;
  const end = positions.length - 1;
  const late = positions.filter((_, row) => sampling.steps[row] >= Math.floor(steps / 2));
  const last = size(minus(positions[end], positions[end - 1]));
  const wide = Math.max(...view.map(([low, high]) => high - low));
  if (!(Math.max(extent(late), PATIENCE * last) <= RESTING * wide) || !spectra[end]) return false;
  const [slope, bend] = [size(gradients[end]), size(spectra[end].values)];
  if (!slope && !bend) return true;
  const around = samples();
  const usual = [
    around.flatMap(({ gradient }) => gradient.map(Math.abs)),
    around.flatMap(({ spectrum }) => (spectrum ? [size(spectrum.values)] : [])),
  ].map((numbers) => quantile(numbers, 0.5));
  return STRICTER * slope <= 1e-3 * usual[0] && STRICTER * bend <= 1e-2 * usual[1];
}

/**
 * @param {number[]} numbers
 * @param {number} share
 */
export function quantile(numbers, share) {
  const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

/**
 * @param {Machine} objective
 * @param {number[]} position
 */
export function valueAt(objective, position) {
  objective.registers.set(position);
  objective.execute();
  return objective.registers[objective.tape.outputs.f[0]];
}

/**
 * @param {number[]} position
 * @param {number[]} direction
 * @param {number} far
 */
function beside(position, direction, far) {
  return position.map((value, i) => value + far * direction[i]);
}
