// @ts-check
/** A path laid on the surface. */
import { SURFACE_PATH } from "../model/shared.js";
import { clip } from "../plot/canvas/clip.js";

/** @typedef {import("./surface.js").Surface} Surface */
/**
 * A path on the surface. `places` has the point of every step, NaN outside; `line` has rows of LINE numbers: the point,
 * the slopes along x and y, the step. A row whose step is -1 ends a stroke.
 * @typedef {{unit: Float64Array, places: Float64Array, line: Float32Array, count: number}} SurfacePath
 */

export const LINE = 6;
const { OUTSIDE, SHORT, PIECES, MOST_PIECES } = SURFACE_PATH;

/**
 * The path through `points`, `x, y` of every step, laid on the surface that it crosses.
 * @param {Surface} surface
 * @param {import("./surface.js").NumberArray} points
 * @returns {SurfacePath}
 */
export function surfacePath(surface, points) {
  const steps = points.length >> 1;
  const unit = new Float64Array(2 * steps);
  const places = new Float64Array(3 * steps).fill(NaN);
  const [[left, right], [low, high]] = surface.view;
  const wide = right - left;
  const tall = high - low;
  for (let step = 0; step < steps; step++) {
    const u = (points[2 * step] - left) / wide;
    const v = (points[2 * step + 1] - low) / tall;
    unit[2 * step] = Math.min(Math.max(u, -OUTSIDE), OUTSIDE);
    unit[2 * step + 1] = Math.min(Math.max(v, -OUTSIDE), OUTSIDE);
    surface.interpolate(u, v, places, 3 * step, false);
  }
  const kept = moves(unit);
  const whole = [0, 1];
  const shown = (/** @type {number} */ from, /** @type {number} */ to) =>
    clip(unit[2 * from], unit[2 * from + 1], unit[2 * to], unit[2 * to + 1], whole, whole);
  let length = 0;
  let most = 2;
  for (let index = 1; index < kept.length; index++) {
    const part = shown(kept[index - 1], kept[index]);
    length += part ? lengthOf(unit, kept[index - 1], kept[index], part) : 0;
  }
  const fine = PIECES * Math.min(1, MOST_PIECES / Math.max(PIECES * length, 1));
  most += Math.ceil(fine * length) + 4 * kept.length;
  const line = new Float32Array(LINE * most);
  let count = 0;
  /** @type {boolean} */
  let drawing = false;
  const endStroke = () => {
    if (drawing) line[LINE * count++ + 5] = -1;
    drawing = false;
  };
  for (let index = 1; index < kept.length; index++) {
    const from = kept[index - 1];
    const to = kept[index];
    const part = shown(from, to);
    if (!part || part[0] > 0) endStroke();
    if (!part) continue;
    const pieces = Math.max(1, Math.ceil(fine * lengthOf(unit, from, to, part)));
    for (let piece = drawing ? 1 : 0; piece <= pieces; piece++) {
      const along = part[0] + ((part[1] - part[0]) * piece) / pieces;
      const u = unit[2 * from] + along * (unit[2 * to] - unit[2 * from]);
      const v = unit[2 * from + 1] + along * (unit[2 * to + 1] - unit[2 * from + 1]);
      const laid = surface.interpolate(bounded(u), bounded(v), line, LINE * count, true);
      if (!laid) endStroke();
      else line[LINE * count++ + 5] = from + along * (to - from);
      drawing = laid;
    }
    if (part[1] < 1) endStroke();
  }
  return { unit, places, line, count };
}

/**
 * Without the rounding that puts a point on the border outside.
 * @param {number} share
 */
const bounded = (share) => (share < 0 && share > -1e-9 ? 0 : share > 1 && share < 1 + 1e-9 ? 1 : share);

/**
 * How long a part of a move is.
 * @param {Float64Array} unit
 * @param {number} from
 * @param {number} to
 * @param {[number, number]} part
 */
function lengthOf(unit, from, to, [first, last]) {
  return (last - first) * Math.hypot(unit[2 * to] - unit[2 * from], unit[2 * to + 1] - unit[2 * from + 1]);
}

/**
 * The steps that are far enough from the one before to be seen; the first and the last always.
 * @param {Float64Array} unit
 */
function moves(unit) {
  const last = (unit.length >> 1) - 1;
  const kept = last >= 0 ? [0] : [];
  for (let step = 1; step <= last; step++) {
    const seen =
      step === last || [0, 1].some((axis) => cell(unit[2 * step + axis]) !== cell(unit[2 * step - 2 + axis]));
    if (seen) kept.push(step);
  }
  return kept;
}

/** @param {number} share */
const cell = (share) => Math.round((!Number.isNaN(share) ? share : -OUTSIDE) / SHORT);
