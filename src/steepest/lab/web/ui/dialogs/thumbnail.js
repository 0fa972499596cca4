// @ts-check
/** Small pictures of functions, for menus. */

import { gridOf } from "../../model/tape/grid.js";
import { levels, paint } from "../../plot/contour.js";

/**
 * A small picture of a function.
 * @param {HTMLCanvasElement} canvas
 * @param {import("../../model/objectives/objective_data.js").Objective} objective
 * @param {import("../../plot/run_style.js").Theme} theme
 */
export function thumbnail(canvas, objective, theme) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const { width, height } = canvas;
  if (objective.names.length > 2) return;
  const grid = gridOf(objective);
  const [[left, right]] = objective.view;
  const line = (/** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ count) =>
    Float64Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
  if (objective.names.length === 2) {
    const columns = 57;
    const rows = 36;
    const values = grid.evaluate(line(left, right, columns), line(objective.view[1][0], objective.view[1][1], rows));
    const image = context.createImageData(width, height);
    paint(
      image,
      values,
      columns,
      rows,
      levels(values, Math.min(Infinity, ...objective.minima.map((/** @type {any} */ point) => point.value))).levels,
      theme,
      1.4,
    );
    context.putImageData(image, 0, 0);
    return;
  }
  const values = grid.evaluate(line(left, right, width), null);
  const sorted = values.filter(Number.isFinite).sort();
  const low = sorted[0];
  const high = sorted[Math.floor(0.95 * (sorted.length - 1))];
  const y = (/** @type {number} */ value) => height - 16 - ((value - low) / (high - low || 1)) * (height - 32);
  context.strokeStyle = theme.curve;
  context.lineWidth = 4;
  context.beginPath();
  for (let x = 0; x < width; x++) {
    if (x) context.lineTo(x, y(values[x]));
    else context.moveTo(x, y(values[x]));
  }
  context.stroke();
}
