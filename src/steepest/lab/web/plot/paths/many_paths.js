// @ts-check
/** The runs from many starts: faint paths as far as time has come, and a dot with its last steps. */
import { pixelAt, trace } from "./path.js";

/** @typedef {import("../plane.js").Scene} Scene */
/** @typedef {import("../plot_area.js").PlotArea} PlotArea */

const DOT = 3; // pixels
const TAIL = 6; // the last steps, which are drawn more strongly

/**
 * @param {any} context
 * @param {PlotArea} area
 * @param {Scene} scene
 */
export function drawManyPaths(context, area, scene) {
  const { many = [], time, theme, sceneRuns, chosen } = scene;
  const color = sceneRuns[chosen]?.style.color ?? theme.ink;
  for (const path of many) {
    const run = /** @type {import("../../model/runs/program.js").Run} */ (path);
    const until = Math.min(time, run.steps);
    const tail = Math.max(0, Math.floor(time) - TAIL);
    for (const [from, stroke, width, alpha] of /** @type {[number, string, number, number][]} */ ([
      [0, color, 0.8, 0.3],
      [tail, theme.paper, 2.8, 0.7],
      [tail, color, 1.3, 1],
    ])) {
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.globalAlpha = alpha;
      if (from < until) trace(context, area, scene, run, from, until);
    }
  }
  context.globalAlpha = 1;
  for (const path of many) {
    const run = /** @type {import("../../model/runs/program.js").Run} */ (path);
    const [x, y] = pixelAt(area, scene, run, Math.min(time, run.steps));
    if (!area.contains(x, y)) continue;
    context.beginPath();
    context.arc(x, y, DOT, 0, 2 * Math.PI);
    context.fillStyle = color;
    context.strokeStyle = theme.paper;
    context.lineWidth = 1.5;
    context.stroke();
    context.fill();
  }
}
