// @ts-check
/** Whether a run oscillates, and along which directions: the port of `steepest.diagnosis.motion.oscillation`. */
import { OSCILLATION } from "./tables.js";
import { dot, minus, size } from "./vectors.js";

/** @typedef {import("./sampling.js").Sampling} Sampling */
/** @typedef {{direction: number[], changes: number, first: number, last: number}} Oscillation */

const { VISIBLE, SIGNIFICANT, ALIGNED, ROUNDING } = OSCILLATION;

/**
 * The directions in which the slope changed its sign, the most frequent first.
 * @param {Sampling} sampling
 */
export function oscillations(sampling) {
  /** @type {Oscillation[]} */
  const found = [];
  for (const direction of crossed(sampling)) {
    if (found.some((other) => Math.abs(dot(direction, other.direction)) >= ALIGNED)) continue;
    const each = along(sampling, direction);
    if (each.changes) found.push(each);
  }
  return found.sort((a, b) => b.changes - a.changes);
}

/**
 * The eigenvectors along which the slope changed its sign, each where it last did, the most frequent first.
 * @param {Sampling} sampling
 */
function crossed({ steps, positions, gradients, spectra }) {
  const count = positions[0].length;
  const axes = Array.from({ length: count }, (_, i) => Array.from({ length: count }, (_, k) => Number(i === k)));
  const vectors = spectra.map((each) => each?.vectors ?? axes);
  const peak = new Array(count).fill(0);
  const turned = new Array(count).fill(1);
  const sides = new Array(count).fill(0);
  const counts = new Array(count).fill(0);
  /** @type {number[][]} */
  const last = [];
  for (let row = 0; row < steps.length; row++) {
    const most = size(gradients[row]);
    const slopes = vectors[row].map((vector) => dot(vector, gradients[row]));
    slopes.forEach((slope, j) => {
      peak[j] = Math.max(peak[j], Math.abs(slope) || 0);
    });
    const highest = Math.max(...peak);
    slopes.forEach((slope, j) => {
      const overlap = row ? dot(vectors[row][j], vectors[row - 1][j]) : 1;
      if (overlap < 0) turned[j] *= -1;
      const tiny = Math.abs(slope) <= SIGNIFICANT * peak[j] || Math.abs(slope) <= 1e-12 * highest;
      if (tiny) return;
      const side = Math.abs(slope) > VISIBLE * most ? Math.sign(slope) * turned[j] : 0;
      const next = row && steps[row] === steps[row - 1] + 1 && Math.abs(overlap) > ALIGNED;
      if (side * sides[j] < 0 && next && spectra[row]) {
        counts[j]++;
        last[j] = vectors[row][j];
      }
      sides[j] = side;
    });
  }
  return Array.from({ length: count }, (_, j) => j)
    .filter((j) => counts[j])
    .sort((a, b) => counts[b] - counts[a])
    .map((j) => last[j]);
}

/**
 * The oscillation along a fixed direction; changes of sign by no more than rounding do not count.
 * @param {Sampling} sampling
 * @param {number[]} direction
 * @returns {Oscillation}
 */
function along({ steps, positions, gradients, spectra }, direction) {
  let [side, changes, first, last] = [0, 0, 0, 0];
  for (let row = 0; row < steps.length; row++) {
    const slope = dot(gradients[row], direction);
    const bend = size(spectra[row]?.values ?? [0]);
    const reach = Math.max(size(positions[row]), row ? size(minus(positions[row], positions[row - 1])) : 0);
    if (!(Math.abs(slope) > ROUNDING * (size(gradients[row]) + bend * reach))) continue;
    if (side * slope < 0 && steps[row] === steps[row - 1] + 1) {
      changes++;
      last = steps[row];
      first ||= last;
    }
    side = Math.sign(slope);
  }
  return { direction, changes, first, last };
}
