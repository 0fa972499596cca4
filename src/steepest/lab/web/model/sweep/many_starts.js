// @ts-check
/** Many starts that go at once: the runs from a grid of starts in a box, with every step. */
import { linear } from "./axis.js";

/** @typedef {import("../runs/program.js").Run} Run */
/** @typedef {Pick<Run, "count" | "steps" | "positions" | "values">} Path */

const SIDE = 7; // starts along each side of a box, and along a line
const LINE = 15;
const MOST_STEPS = 1_000_000; // of all runs together
// The same for which a drawing waits, over a table: one for each step that WebAssembly takes meanwhile.
const AT_ONCE = 20_000_000;

/**
 * The starts of a box, a row each: those of a grid within the ellipse that touches its sides, or all along a line.
 * @param {number[][]} box
 * @param {number} most
 */
export function startsIn(box, most) {
  if (box.length === 1) {
    const count = Math.max(2, Math.min(LINE, most));
    return [...linear(box[0][0], box[0][1], count)].map((x) => [x]);
  }
  const side = Math.max(2, Math.min(SIDE, Math.floor(Math.sqrt(most))));
  const shares = [...linear(-1, 1, side)];
  const middle = box.map(([low, high]) => (low + high) / 2);
  const half = box.map(([low, high]) => (high - low) / 2);
  const inside = shares
    .flatMap((a) => shares.map((b) => [a, b]))
    .filter(([a, b]) => Math.hypot(a, b) < 1.2 || side < 4);
  return inside.map((at) => at.map((share, axis) => middle[axis] + share * half[axis]));
}

/**
 * Whether so many runs can be made at once: over a long table they take too long.
 * @param {import("../optimizer.js").Optimizer} optimizer
 * @param {number} steps
 */
export function canRunMany({ program }, steps) {
  return program.cost === 1 || SIDE ** 2 * steps * program.cost <= AT_ONCE;
}

/**
 * The runs from them.
 * @param {import("../optimizer.js").Optimizer} optimizer
 * @param {number[][]} box
 * @param {import("../runs/program.js").Limits} limits
 * @returns {Path[]}
 */
export function manyRuns(optimizer, box, limits) {
  const values = /** @type {Record<string, number>} */ (optimizer.values());
  return startsIn(box, Math.floor(MOST_STEPS / Math.max(1, limits.steps))).map((start) => {
    const { count, steps, positions, values: heights } = optimizer.spare.run(start, values, limits);
    return { count, steps, positions: positions.slice(0, (steps + 1) * count), values: heights.slice(0, steps + 1) };
  });
}
