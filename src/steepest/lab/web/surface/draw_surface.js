// @ts-check
/** Drawing the surface, with its contour lines, and its shadow on the floor. */
import { channels } from "./webgl.js";

/** @typedef {import("./renderer.js").SurfaceRenderer} SurfaceRenderer */
/** @typedef {import("./webgl.js").Resources} Resources */
/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {import("./webgl.js").Program} Program */

/**
 * The surface and its floor.
 * @param {SurfaceRenderer} renderer
 * @param {Resources} resources
 * @param {Surface} surface
 */
export function drawSurface(renderer, resources, surface) {
  const { gl, floor, mesh } = resources;
  const { colors } = renderer;
  const { first, count } = renderer.triangles[renderer.coarseTimer ? 1 : 0];
  gl.enable(gl.DEPTH_TEST);
  gl.disable(gl.BLEND);
  if (surface.defined) gl.enable(gl.SAMPLE_ALPHA_TO_COVERAGE);
  gl.bindVertexArray(mesh);
  const at = use(renderer, resources, surface.defined ? resources.holes : resources.surface, surface, 0.36);
  gl.uniform1i(at.columns, surface.columns);
  gl.uniform1i(at.rows, surface.rows);
  gl.drawElements(gl.TRIANGLES, count, gl.UNSIGNED_INT, 4 * first);
  gl.bindVertexArray(null);
  gl.disable(gl.SAMPLE_ALPHA_TO_COVERAGE);
  const under = use(renderer, resources, floor, surface, 0.34);
  gl.activeTexture(gl.TEXTURE1);
  gl.bindTexture(gl.TEXTURE_2D, resources.heights);
  gl.activeTexture(gl.TEXTURE0);
  gl.uniform1i(under.heights, 1);
  gl.uniform3f(under.paper, ...channels(colors.paper));
  gl.uniform3f(under.nowhere, ...channels(colors.nowhere));
  gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
}

/**
 * Use a program that draws the surface or its floor, with contour lines of this half width.
 * @param {SurfaceRenderer} renderer
 * @param {Resources} resources
 * @param {Program} chosen
 * @param {Surface} surface
 * @param {number} thick
 */
function use(renderer, { gl, shades }, { program, at }, surface, thick) {
  const { camera, width, height } = renderer.viewport;
  const frame = renderer.viewport.frame();
  gl.useProgram(program);
  gl.bindTexture(gl.TEXTURE_2D, shades);
  gl.uniform4f(at.turn, ...camera.right, ...camera.away);
  gl.uniform2f(at.tilt, camera.sine, camera.cosine);
  gl.uniform3f(at.frame, frame.scale, frame.x, frame.y);
  gl.uniform2f(at.size, width, height);
  gl.uniform2f(at.spread, ...surface.half);
  gl.uniform1f(at.bands, surface.bands);
  gl.uniform1f(at.thick, thick * renderer.density);
  return at;
}
