// @ts-check
/** The path of a run: its line, its steps, its head, and on a curve its tangent. */
import { drawLine } from "../axes.js";
import { markerPath } from "../marker.js";
import { valueAt } from "../objective_layer.js";

/** @typedef {import("../plane.js").Scene} Scene */
/** @typedef {import("../plot_area.js").PlotArea} PlotArea */
/** @typedef {import("../../model/runs/program.js").Run} Run */
/** @typedef {import("../../model/store.js").SceneRun} SceneRun */

const SAME = 0.5; // pixels: a step that is shorter is not drawn
const SHORTEST_ARROW = 14; // pixels: a shorter one is under the head

/**
 * The pixel of a run at a step, or between two.
 * @param {PlotArea} area
 * @param {Scene} scene
 * @param {Run} run
 * @param {number} time
 */
export function pixelAt(area, { grid }, run, time) {
  const { count, positions, values } = run;
  const k = Math.min(Math.floor(time), run.steps);
  const part = k < run.steps ? time - k : 0;
  const between = (/** @type {number} */ at) =>
    positions[at] + (part ? part * (positions[at + count] - positions[at]) : 0);
  const x = between(k * count);
  if (count > 1) return [area.toX(x), area.toY(between(k * count + 1))];
  return [area.toX(x), area.toY(part ? valueAt(grid, x) : values[k])];
}

/**
 * All steps of a run, faint: those that are taken are drawn over them.
 * @param {any} context
 * @param {PlotArea} area
 * @param {Scene} scene
 * @param {SceneRun} sceneRun
 */
export function drawFuture(context, area, scene, { run, style }) {
  context.globalAlpha = 0.42;
  context.strokeStyle = style.color;
  context.lineWidth = 1.5;
  trace(context, area, scene, run, 0, run.steps);
  context.globalAlpha = 1;
}

/**
 * The line through the steps of a run, as far as it is in the picture and without points that coincide with the one
 * before them.
 * @param {any} context
 * @param {PlotArea} area
 * @param {Scene} scene
 * @param {Run} run
 * @param {number} from
 * @param {number} until
 */
export function trace(context, area, scene, run, from, until) {
  let [ax, ay] = pixelAt(area, scene, run, from);
  let interrupted = true;
  context.beginPath();
  for (let k = from; k < until; ) {
    k = Math.min(k + 1, until);
    const [bx, by] = pixelAt(area, scene, run, k);
    if (Math.abs(bx - ax) + Math.abs(by - ay) < SAME && k < until) continue;
    const part = area.clipped(ax, ay, bx, by);
    if (part) {
      if (interrupted) context.moveTo(part[0], part[1]);
      context.lineTo(part[2], part[3]);
    }
    interrupted = !part || part[2] !== bx || part[3] !== by;
    [ax, ay] = [bx, by];
  }
  context.stroke();
}

/**
 * The part of the present step that is taken, between two steps.
 * @param {any} context
 * @param {PlotArea} area
 * @param {Scene} scene
 * @param {SceneRun} sceneRun
 */
export function drawPart(context, area, scene, { run, style }) {
  const k = Math.floor(scene.time);
  if (k === scene.time || k >= run.steps) return;
  context.strokeStyle = style.color;
  context.lineWidth = run.count === 1 ? 1.3 : 2;
  trace(context, area, scene, run, k, scene.time);
}

/**
 * The tangent at the chosen run's present step, and the step it leads to.
 * @param {any} context
 * @param {PlotArea} area
 * @param {Scene} scene
 */
export function drawTangent(context, area, scene) {
  const chosen = scene.sceneRuns[scene.chosen];
  if (!chosen) return;
  const { run, style } = chosen;
  const k = Math.min(Math.floor(scene.time), run.steps);
  const [x, slope, value] = [run.positions[k], run.gradients[k], run.values[k]];
  const reach = 0.17 * (area.box[0][1] - area.box[0][0]);
  context.strokeStyle = style.color;
  context.lineWidth = 1.4;
  drawLine(context, [
    [area.toX(x - reach), area.toY(value - slope * reach)],
    [area.toX(x + reach), area.toY(value + slope * reach)],
  ]);
  if (k >= run.steps) return;
  const [nextX, nextY] = pixelAt(area, scene, run, k + 1);
  const y = area.toY(value);
  context.setLineDash([3, 3]);
  context.lineWidth = 1.2;
  drawLine(context, [
    [area.toX(x), y],
    [nextX, y],
    [nextX, nextY],
  ]);
  context.setLineDash([]);
}

/**
 * The chosen run's next step on contours: an arrow to where it leads.
 * @param {any} context
 * @param {PlotArea} area
 * @param {Scene} scene
 */
export function drawNextStep(context, area, scene) {
  const chosen = scene.sceneRuns[scene.chosen];
  const k = Math.floor(scene.time);
  if (!chosen || k >= chosen.run.steps) return;
  const { run, style } = chosen;
  const [fromX, fromY] = pixelAt(area, scene, run, scene.time);
  const [toX, toY] = pixelAt(area, scene, run, k + 1);
  const length = Math.hypot(toX - fromX, toY - fromY);
  const part = area.clipped(fromX, fromY, toX, toY);
  if (length < SHORTEST_ARROW || !part) return;
  const [dx, dy] = [(toX - fromX) / length, (toY - fromY) / length];
  for (const [color, width] of /** @type {[string, number][]} */ ([
    [scene.theme.paper, 5],
    [style.color, 2.2],
  ])) {
    context.strokeStyle = color;
    context.lineWidth = width;
    drawLine(context, [
      [part[0], part[1]],
      [part[2], part[3]],
    ]);
    drawLine(context, [
      [toX - 8 * dx - 5 * dy, toY - 8 * dy + 5 * dx],
      [toX, toY],
      [toX - 8 * dx + 5 * dy, toY - 8 * dy - 5 * dx],
    ]);
  }
}

/**
 * A run's present position.
 * @param {any} context
 * @param {PlotArea} area
 * @param {Scene} scene
 * @param {SceneRun} sceneRun
 */
export function drawHead(context, area, scene, { run, style }) {
  const [x, y] = pixelAt(area, scene, run, Math.min(scene.time, run.steps));
  markerPath(context, style.marker, x, y, 7);
  context.fillStyle = style.color;
  context.strokeStyle = scene.theme.paper;
  context.lineWidth = 4;
  context.stroke();
  context.fill();
}
