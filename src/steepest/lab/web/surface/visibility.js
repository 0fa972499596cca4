// @ts-check
/** What the surface hides: along a line away from the camera, whatever lies beyond a higher point. */
import { SURFACE, VISIBILITY } from "../model/shared.js";
import { interpolated } from "./surface.js";

/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./surface.js").Surface} Surface */

const { RISE } = SURFACE;
const { SAMPLES, NEAR, TOLERANCE } = VISIBILITY;

/**
 * Where a line away from the camera enters and leaves the surface; the first is not less where it misses it.
 * @param {Surface} surface
 * @param {Camera} camera
 * @param {number} across
 * @returns {[number, number]}
 */
export function crossed(surface, camera, across) {
  let near = -Infinity;
  let far = Infinity;
  for (let axis = 0; axis < 2; axis++) {
    const side = surface.half[axis];
    const beside = across * camera.right[axis];
    const away = camera.away[axis];
    if (Math.abs(away) < 1e-9) {
      if (Math.abs(beside) > side) near = Infinity;
      continue;
    }
    const one = (-side - beside) / away;
    const other = (side - beside) / away;
    near = Math.max(near, Math.min(one, other));
    far = Math.min(far, Math.max(one, other));
  }
  return [near, far];
}

/**
 * The surface's height in the picture along a line away from the camera, at `count` of SAMPLES point: its running
 * maximum, which hides what lies farther and lower, is written to `upper`; the answer is its least and its greatest
 * value and the first one.
 * @param {Surface} surface
 * @param {Camera} camera
 * @param {number} across
 * @param {number} near
 * @param {number} far
 * @param {number} count
 * @param {Float32Array} [upper]
 * @param {number} [at]
 * @returns {[number, number, number]}
 */
export function horizon(surface, camera, across, near, far, count, upper, at = 0) {
  const { grid, columns, rows, half } = surface;
  const spacing = (far - near) / (SAMPLES - 1);
  const wide = (columns - 1) / (2 * half[0]);
  const tall = (rows - 1) / (2 * half[1]);
  const x0 = (across * camera.right[0] + near * camera.away[0] + half[0]) * wide;
  const dx = spacing * camera.away[0] * wide;
  const y0 = (across * camera.right[1] + near * camera.away[1] + half[1]) * tall;
  const dy = spacing * camera.away[1] * tall;
  const rise = RISE * camera.cosine;
  const mostX = columns - 1.001;
  const mostY = rows - 1.001;
  let low = Infinity;
  let high = -Infinity;
  let start = 0;
  for (let sample = 0; sample < count; sample++) {
    const x = Math.min(Math.max(x0 + sample * dx, 0), mostX);
    const y = Math.min(Math.max(y0 + sample * dy, 0), mostY);
    const column = x | 0;
    const row = y | 0;
    const height =
      rise * interpolated(grid, row * columns + column, columns, x - column, y - row) +
      camera.sine * (near + sample * spacing);
    if (!sample) start = height;
    if (height < low) low = height;
    if (height > high) high = height;
    if (upper) upper[at + sample] = high;
  }
  return [low, high, start];
}

/**
 * Whether a point on the surface is in front of everything else, in a picture in which a unit has `scale` pixels.
 * @param {Surface} surface
 * @param {Camera} camera
 * @param {number} scale
 * @param {number} x
 * @param {number} y
 * @param {number} z
 */
export function sees(surface, camera, scale, x, y, z) {
  const [across, height] = camera.project(x, y, z);
  const [near, far] = crossed(surface, camera, across);
  if (!(near < far)) return true;
  const sample = ((x * camera.away[0] + y * camera.away[1] - near) / (far - near)) * (SAMPLES - 1) - NEAR;
  const count = Math.min(Math.max(Math.floor(sample), 0), SAMPLES - 1) + 1;
  return height + TOLERANCE / scale >= horizon(surface, camera, across, near, far, count)[1];
}
