// @ts-check
/** The rows of a fit: as points, those of the higher class filled, or where there are many as their density. */
import { MOST_POINTS } from "./fit_view.js";

/** @typedef {import("../plot_area.js").PlotArea} PlotArea */
/** @typedef {import("../run_style.js").Theme} Theme */
/** @typedef {import("./fit_view.js").Points} Points */

const FEW = 300; // rows that are drawn larger

/** @param {number} rows */
export function dotSize(rows) {
  return rows > FEW ? 2.4 : 3.8;
}

/**
 * @param {any} context
 * @param {PlotArea} area
 * @param {Points} points
 * @param {Theme} theme
 * @param {import("./density.js").Density} density
 */
export function drawRows(context, area, points, theme, density) {
  const { x, y, high } = points;
  if (x.length > MOST_POINTS) {
    density.draw(context, area, x, y, [theme.quiet, theme.ink]);
    return;
  }
  const size = dotSize(x.length);
  for (const filled of [false, true]) {
    context.beginPath();
    for (let row = 0; row < x.length; row++) {
      if (high !== null ? Boolean(high[row]) !== filled : !filled) continue;
      const [px, py] = [area.toX(x[row]), area.toY(y[row])];
      context.moveTo(px + size, py);
      context.arc(px, py, size, 0, 2 * Math.PI);
    }
    drawDots(context, theme, filled);
  }
}

/**
 * The dots of the current path: filled, or as rings.
 * @param {any} context
 * @param {Theme} theme
 * @param {boolean} filled
 */
export function drawDots(context, theme, filled) {
  context.fillStyle = filled ? theme.quiet : theme.paper;
  context.strokeStyle = filled ? theme.paper : theme.quiet;
  context.lineWidth = filled ? 0.9 : 1.5;
  context.fill();
  context.stroke();
}

/**
 * Rings around the rows of a batch.
 * @param {any} context
 * @param {PlotArea} area
 * @param {Points} points
 * @param {ArrayLike<number>} rows
 * @param {string} color
 */
export function markRows(context, area, { x, y }, rows, color) {
  if (rows.length > MOST_POINTS) return;
  const size = dotSize(x.length) + 1.6;
  context.beginPath();
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k];
    const [px, py] = [area.toX(x[row]), area.toY(y[row])];
    context.moveTo(px + size, py);
    context.arc(px, py, size, 0, 2 * Math.PI);
  }
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.stroke();
}
