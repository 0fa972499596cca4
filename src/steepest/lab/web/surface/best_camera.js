// @ts-check
/** The camera that a surface is first seen from, chosen by the rules of Python's pictures. */
import { BEST_CAMERA, VISIBILITY } from "../model/shared.js";
import { Camera } from "./camera.js";
import { LINE } from "./surface_path.js";
import { crossed, horizon, sees } from "./visibility.js";

/** @typedef {import("./camera.js").Point} Point */
/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {import("./surface_path.js").SurfacePath} SurfacePath */

const { SAMPLES, NEAR, TOLERANCE } = VISIBILITY;
const { USUAL, STEP, ELEVATIONS, STEEP, CELLS, UNUSUAL, ALIGNED, SHARP } = BEST_CAMERA;
const SMALL = { width: 160, scale: 100, across: 80 };

/**
 * The lowest camera from which the starts, the paths, their ends and the minimum nearest to each are in front of the
 * surface; of several of one elevation, or of all where there is none, the one that sees most of the paths and of the
 * known points, near the usual angle.
 * @param {Surface} surface
 * @param {SurfacePath[]} surfacePaths
 * @param {Point[]} points
 * @param {Point[]} minima
 */
export function bestCamera(surface, surfacePaths, points, minima = points) {
  const wanted = surfacePaths.flatMap((path) => wantedPoints(path, minima));
  const paths = surfacePaths.map(thinned).filter((path) => path.length);
  const best = { camera: new Camera(USUAL, ELEVATIONS[0]), worth: -Infinity };
  for (const elevation of ELEVATIONS) {
    const seeing = { camera: best.camera, worth: -Infinity };
    for (let turn = -180; turn < 180; turn += STEP) {
      const camera = new Camera(USUAL + turn, elevation);
      const found = score(surface, camera, paths, points, wanted);
      if (found.worth > best.worth) Object.assign(best, { camera, worth: found.worth });
      if (found.seesAll && found.worth > seeing.worth) Object.assign(seeing, { camera, worth: found.worth });
    }
    if (seeing.worth > -Infinity) return seeing.camera;
  }
  return best.camera;
}

/**
 * What a camera should see of a path: a point in every cell, its start, its end, and the minimum nearest to it.
 * @param {SurfacePath} path
 * @param {Point[]} minima
 */
function wantedPoints(path, minima) {
  const { line, count } = path;
  const rows = /** @type {Point[]} */ ([]);
  for (let row = 0; row < LINE * count; row += LINE) {
    if (line[row + 5] >= 0) rows.push([line[row], line[row + 1], line[row + 2]]);
  }
  if (!rows.length) return [];
  const end = rows[rows.length - 1];
  const away = (/** @type {Point} */ [x, y]) => Math.hypot(x - end[0], y - end[1]);
  const nearest = minima.length ? [minima.reduce((one, other) => (away(other) < away(one) ? other : one))] : [];
  return [...thinned(path), rows[0], end, ...nearest];
}

/**
 * One point of a path in every cell of the surface that it crosses, so that a zigzag counts no more than a line.
 * @param {SurfacePath} surfacePath
 */
function thinned({ line, count }) {
  const cells = new Map();
  for (let row = 0; row < LINE * count; row += LINE) {
    const key = `${Math.floor(line[row] * CELLS)} ${Math.floor(line[row + 1] * CELLS)}`;
    if (line[row + 5] >= 0 && !cells.has(key)) cells.set(key, [line[row], line[row + 1], line[row + 2]]);
  }
  return /** @type {Point[]} */ ([...cells.values()]);
}

/**
 * The share of the paths in front of the surface, half as much for the points, less what is unfamiliar or an underside;
 * and whether all that is wanted is seen.
 * @param {Surface} surface
 * @param {Camera} camera
 * @param {Point[][]} paths
 * @param {Point[]} points
 * @param {Point[]} wanted
 */
function score(surface, camera, paths, points, wanted) {
  const { width, scale, across: middle } = SMALL;
  const upper = new Float32Array(width * SAMPLES);
  const lines = Array.from({ length: width }, (_, column) => crossed(surface, camera, (column + 0.5 - middle) / scale));
  let below = 0;
  let above = 0;
  lines.forEach(([near, far], column) => {
    if (!(near < far)) return;
    const [low, high, start] = horizon(
      surface,
      camera,
      (column + 0.5 - middle) / scale,
      near,
      far,
      SAMPLES,
      upper,
      column * SAMPLES,
    );
    below += start - low;
    above += high - start;
  });
  /** @param {Point} point */
  const seen = ([x, y, z]) => {
    const [across, height] = camera.project(x, y, z);
    const column = Math.min(Math.max(Math.ceil(across * scale + middle - 0.5), 0), width - 1);
    const [near, far] = lines[column];
    const sample = ((x * camera.away[0] + y * camera.away[1] - near) / (far - near)) * (SAMPLES - 1) - NEAR;
    return (
      !(near < far) ||
      height + TOLERANCE / scale >= upper[column * SAMPLES + Math.floor(Math.min(Math.max(sample, 0), SAMPLES - 1))]
    );
  };
  /** @param {Point[]} some */
  const part = (some) => some.filter(seen).length / some.length;
  const path = paths.length ? paths.map(part).reduce((sum, each) => sum + each) / paths.length : 0;
  const turned = ((((camera.azimuth - USUAL + 180) % 360) + 360) % 360) - 180;
  const aligned = camera.azimuth % 90 === 0 ? ALIGNED : 0; // two sides of the surface seen are better than one
  const steep = STEEP * ELEVATIONS.indexOf(camera.elevation);
  const worth =
    path +
    (points.length ? 0.5 * part(points) : 0) -
    (UNUSUAL * Math.abs(turned)) / 90 -
    below / (below + above + 1e-9) -
    aligned -
    steep;
  return { worth, seesAll: wanted.every(([x, y, z]) => sees(surface, camera, SHARP, x, y, z)) };
}
