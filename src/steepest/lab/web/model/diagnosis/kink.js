// @ts-check
/** Whether a run hops over an edge, where the slope jumps: the port of `steepest.diagnosis.motion.kink`. */
import { KINK } from "./tables.js";
import { minus, norm, size } from "./vectors.js";

/** @typedef {ArrayLike<number>} Vector */

const { JUMP, LAST, PARTS, ZOOMS } = KINK;

/**
 * @param {import("./sampling.js").Sampling} sampling
 * @param {(position: Vector) => number[]} gradient
 */
export function kink({ positions, gradients, spectra, tail }, gradient) {
  let jumps = 0;
  for (let row = Math.max(tail, positions.length - LAST) + 1; row < positions.length; row++) {
    const change = norm(minus(gradients[row], gradients[row - 1]));
    const [before, after] = [spectra[row - 1], spectra[row]].map((each) => (each ? size(each.values) : NaN));
    const allowed = JUMP * Math.max(before, after) * norm(minus(positions[row], positions[row - 1]));
    if (change > allowed && change > 0.5 * norm(gradients[row]))
      jumps += Number(isEdge(positions[row - 1], positions[row], change, gradient));
  }
  return jumps >= 2;
}

/**
 * Whether half of the change of the gradient between two positions happens within a tiny interval.
 * @param {Vector} from
 * @param {Vector} to
 * @param {number} change
 * @param {(position: Vector) => number[]} gradient
 */
function isEdge(from, to, change, gradient) {
  let [one, other] = [Array.from(from), Array.from(to)];
  for (let zoom = 0; zoom < ZOOMS; zoom++) {
    const points = Array.from({ length: PARTS + 1 }, (_, k) =>
      one.map((value, i) => value + (k / PARTS) * (other[i] - value)),
    );
    const slopes = points.map(gradient);
    const parts = slopes.slice(1).map((slope, k) => norm(minus(slope, slopes[k])));
    if (!parts.every(Number.isFinite)) return false;
    const row = parts.indexOf(Math.max(...parts));
    if (parts[row] < 0.5 * change) return false;
    [one, other] = [points[row], points[row + 1]];
  }
  return true;
}
