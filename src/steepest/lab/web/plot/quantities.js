// @ts-check
/**
 * Arrows and squares for what the equations hold at this step, each relative to its largest of the run; the update is
 * drawn as it is.
 */
import { pretty } from "../model/format.js";
import { quantityAt } from "../model/runs/program.js";
import { drawLine, drawText } from "./axes.js";
import { pixelAt } from "./paths/path.js";

const SHORTEST = 16; // pixels of an arrow of next to no length
const LONGEST = 90;
const SQUARE = 34; // half the side of the largest

/** @typedef {import("./plane.js").Scene} Scene */
/** @typedef {import("./plot_area.js").PlotArea} PlotArea */
/** @typedef {import("../model/runs/program.js").Quantity} Quantity */
/** @typedef {import("../model/runs/program.js").Run} Run */
/** @typedef {import("../model/store.js").SceneRun} SceneRun */

/**
 * @param {any} context
 * @param {PlotArea} area
 * @param {Scene} scene
 * @param {SceneRun} sceneRun
 */
export function drawQuantities(context, area, scene, sceneRun) {
  const { show, theme, objective } = scene;
  const { run, style, squares, arrows } = sceneRun;
  const count = objective.names.length;
  const k = Math.min(Math.floor(scene.time), run.steps);
  const pixel = pixelAt(area, scene, run, scene.time);
  if (k > 0) {
    for (const quantity of run.quantities) {
      const { name, width } = quantity;
      if (width !== count) continue;
      const now = quantityAt(run, quantity, k);
      if (show.includes("moments") && squares.has(name)) {
        drawRectangle(context, pixel, now, largestQuantity(run, quantity), style.color);
      }
    }
    for (const quantity of run.quantities) {
      const { name, width } = quantity;
      if (!show.includes("momentum") || !arrows.has(name) || width !== count) continue;
      const largest = largestQuantity(run, quantity);
      const colors = { color: style.color, paper: theme.paper };
      drawArrow(context, area, pixel, quantityAt(run, quantity, k), largest, pretty(name), colors);
    }
  }
  if (show.includes("update") && k < run.steps) {
    const ahead = pixelAt(area, scene, run, k + 1);
    const from = pixelAt(area, scene, run, k);
    const to = count > 1 ? ahead : [ahead[0], from[1]];
    drawArrowTo(context, from, to, "Δθ", { color: style.color, paper: theme.paper });
  }
  if (show.includes("gradient") && sceneRun === scene.sceneRuns[scene.chosen]) {
    const gradient = run.gradients.subarray(k * count, (k + 1) * count);
    const largest = largestValue(run.gradients, (run.steps + 1) * count);
    drawArrow(context, area, pixel, gradient, largest, "∇f", { color: theme.ink, paper: theme.paper });
  }
}

/**
 * A rectangle whose sides are square roots of a second moment.
 * @param {any} context
 * @param {number[]} pixel
 * @param {Float64Array} values
 * @param {number} largest
 * @param {string} color
 */
function drawRectangle(context, [x, y], values, largest, color) {
  const count = values.length;
  const [a, b] = [0, count - 1].map((i) => SQUARE * Math.sqrt(Math.abs(values[i]) / largest));
  context.strokeStyle = color;
  context.fillStyle = color;
  context.globalAlpha = 0.16;
  context.beginPath();
  context.rect(x - a, y - (count > 1 ? b : 5), 2 * a, count > 1 ? 2 * b : 10);
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.2;
  context.stroke();
}

/**
 * An arrow in a vector's direction in the picture; its length grows with the square root.
 * @param {any} context
 * @param {PlotArea} area
 * @param {number[]} pixel
 * @param {ArrayLike<number>} vector
 * @param {number} largest
 * @param {string} label
 * @param {{color: string, paper: string}} colors
 */
function drawArrow(context, area, [x, y], vector, largest, label, { color, paper }) {
  const [[left, right], [low, high]] = area.box;
  const dx = (vector[0] / (right - left)) * area.plotWidth;
  const dy = vector.length > 1 ? (-vector[1] / (high - low)) * area.plotHeight : 0;
  const size = Math.hypot(dx, dy);
  const strength = Math.hypot(...Array.from(vector)) / largest;
  if (!(size > 0)) return;
  const length = SHORTEST + (LONGEST - SHORTEST) * Math.sqrt(Math.min(1, strength));
  drawArrowTo(context, [x, y], [x + (dx / size) * length, y + (dy / size) * length], label, { color, paper });
}

/**
 * @param {any} context
 * @param {number[]} from
 * @param {number[]} to
 * @param {string} label
 * @param {{color: string, paper: string}} colors
 */
function drawArrowTo(context, [x, y], [endX, endY], label, { color, paper }) {
  const size = Math.hypot(endX - x, endY - y);
  if (!(size > 1)) return;
  const [dx, dy] = [(endX - x) / size, (endY - y) / size];
  for (const [stroke, width] of /** @type {[string, number][]} */ ([
    [paper, 5],
    [color, 2.2],
  ])) {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    drawLine(context, [
      [x, y],
      [endX, endY],
    ]);
    drawLine(context, [
      [endX - 8 * dx - 5 * dy, endY - 8 * dy + 5 * dx],
      [endX, endY],
      [endX - 8 * dx + 5 * dy, endY - 8 * dy - 5 * dx],
    ]);
  }
  drawText(context, label, endX + dx * 12 - 6, endY + dy * 12 + 4, color, paper);
}

/**
 * The size of what is shown of a run, now and at most; null where the run has no such quantity.
 * @param {SceneRun} sceneRun
 * @param {string} name `gradient`, `momentum` or `moments`
 * @param {number} k the step
 * @returns {{symbol: string, now: number, most: number}[]}
 */
export function sizes({ run, arrows, squares }, name, k) {
  const { count } = run;
  if (name === "gradient") {
    const now = Math.hypot(...run.gradients.subarray(k * count, (k + 1) * count));
    return [{ symbol: "|∇f|", now, most: largestValue(run.gradients, (run.steps + 1) * count) }];
  }
  const names = name === "momentum" ? arrows : squares;
  return run.quantities
    .filter((each) => names.has(each.name) && each.width === count)
    .map((each) => ({
      symbol: pretty(each.name),
      now: k ? largestValue(quantityAt(run, each, k), count, 0) : 0,
      most: largestQuantity(run, each),
    }));
}

/**
 * @param {Float64Array} rows
 * @param {number} count
 * @param {number} [otherwise] where all are 0
 */
function largestValue(rows, count, otherwise = 1) {
  let most = 0;
  for (let i = 0; i < count; i++) if (Number.isFinite(rows[i])) most = Math.max(most, Math.abs(rows[i]));
  return most || otherwise;
}

/**
 * The largest size of a quantity's parts in a run.
 * @param {Run} run
 * @param {Quantity} quantity
 */
function largestQuantity(run, quantity) {
  let most = 0;
  for (let k = 1; k <= run.steps; k++) {
    for (const value of quantityAt(run, quantity, k)) most = Math.max(most, Math.abs(value) || 0);
  }
  return most || 1;
}
