// @ts-check
/** Drawing lines over the surface: the box, the paths and their shadows, opaque in front and faint behind. */
import { SURFACE, SURFACE_AXES } from "../model/shared.js";
import { LINE } from "./surface_path.js";
import { channels, uploadStyles } from "./webgl.js";

/** @typedef {import("./renderer.js").SurfaceRenderer} SurfaceRenderer */
/** @typedef {import("./webgl.js").Resources} Resources */
/** @typedef {import("./camera.js").Camera} Camera */
/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {import("./surface_path.js").SurfacePath} SurfacePath */

const { RISE, FLOOR } = SURFACE;
const { HIDDEN, SHADOW } = SURFACE_AXES; // opacities of what the surface hides, and of a path's shadow on the floor
const POINT = 4 / 3; // pixels
const THIN = 0.9 * POINT; // lines: of the shadows and of the box

/**
 * The box, the paths' shadows, the halo around the paths, and the paths.
 * @param {SurfaceRenderer} renderer
 * @param {Resources} resources
 */
export function drawLines(renderer, resources) {
  const {
    gl,
    lines: { program, at },
  } = resources;
  const { colors, viewport } = renderer;
  const wide = (colors.path_width ?? 1.6) * POINT;
  const halo = (colors.halo ?? 1.8) * POINT;
  const own = renderer.surfaceRuns.map(({ run: { color, dash } }) => {
    return { color, thin: SHADOW, behind: HIDDEN, dash: (dash ?? []).map((part) => part * wide) };
  });
  uploadStyles(resources, [{ color: colors.faint, thin: 1, behind: 0, dash: [] }, ...own]);
  gl.useProgram(program);
  gl.bindVertexArray(resources.strip);
  [resources.depths, resources.styles].forEach((texture, unit) => {
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, texture);
  });
  gl.activeTexture(gl.TEXTURE0);
  gl.uniform1i(at.styles, 1);
  gl.uniform2f(at.size, viewport.width, viewport.height);
  gl.uniform1f(at.density, renderer.density);
  gl.uniform1f(at.head, Math.min(renderer.step, 3e38));
  gl.uniform3f(at.halo, ...channels(colors.paper));
  gl.viewport(0, 0, renderer.canvas.width, renderer.canvas.height);
  gl.disable(gl.DEPTH_TEST);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  renderer.lineRanges.forEach(({ first, count }, part) => {
    gl.uniform1i(at.thin, 1 - part);
    gl.uniform2f(at.widths, part ? wide + halo : THIN, part ? wide : THIN);
    // Of the paths two instances: the halo under all of them, then the paths.
    gl.drawElementsInstanced(gl.TRIANGLES, count, gl.UNSIGNED_INT, 4 * first, 1 + part);
  });
  gl.bindVertexArray(null);
}

/**
 * A path's shadow on the floor.
 * @param {SurfacePath} path
 */
export function shadow({ line, count }) {
  const fallen = line.slice(0, LINE * count);
  for (let row = 0; row < fallen.length; row += LINE) {
    fallen[row + 2] = FLOOR;
    fallen[row + 3] = fallen[row + 4] = 0;
  }
  return { line: fallen, count };
}

/**
 * The floor's border, and the upright edges but for the nearest one.
 * @param {Surface} surface
 * @param {Camera} camera
 */
export function box({ half: [x, y] }, camera) {
  const corners = [
    [-x, -y],
    [x, -y],
    [x, y],
    [-x, y],
  ];
  const away = corners.map((corner) => corner[0] * camera.away[0] + corner[1] * camera.away[1]);
  const nearest = away.indexOf(Math.min(...away));
  const rows = [...corners, corners[0]].map((corner) => [...corner, FLOOR, 0, 0, 0]);
  corners.forEach((corner, index) => {
    if (index === nearest) return;
    rows.push([0, 0, 0, 0, 0, -1], [...corner, FLOOR, 0, 0, 0], [...corner, RISE, 0, 0, 0]);
  });
  return { line: Float32Array.from(rows.flat()), count: rows.length };
}
