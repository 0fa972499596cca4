// @ts-check
/** The function under the paths: its curve or its contours, and its known points. */
import { drawLine } from "./axes.js";
import { levels, paint } from "./contour.js";
import { markerPath } from "./marker.js";

/** @typedef {import("./plane.js").Scene} Scene */
/** @typedef {import("./plot_area.js").PlotArea} PlotArea */
/** @typedef {import("../model/tape/grid.js").AnyGrid} Grid */

/** Pixels of a cell of the grid: at rest, in the first picture of a function, and while the view moves. */
export const CELLS = { fine: 2, first: 4, coarse: 8 };
const OUTLINE = "#1f2933";

/**
 * The value of a function of one parameter.
 * @param {Grid | null} grid
 * @param {number} x
 */
export function valueAt(grid, x) {
  return grid ? grid.evaluate(Float64Array.of(x), null)[0] : NaN;
}

/**
 * A curve at so many points of an interval.
 * @param {Grid | null} grid
 * @param {number[]} interval
 * @param {number} count
 */
export function sampleCurve(grid, [low, high], count) {
  const x = Float64Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
  return { x, values: grid ? grid.evaluate(x, null) : new Float64Array(count) };
}

/**
 * @param {any} context
 * @param {PlotArea} area
 * @param {Scene} scene
 */
export function drawCurve(context, area, { theme, grid }) {
  const { x, values } = sampleCurve(grid, area.box[0], Math.max(200, Math.round(area.plotWidth)));
  const zero = area.toY(0);
  context.strokeStyle = theme.faint;
  context.lineWidth = 1;
  drawLine(context, [
    [area.left, zero],
    [area.right, zero],
  ]);
  context.strokeStyle = theme.curve;
  context.lineWidth = 2.4;
  context.lineJoin = "round";
  context.beginPath();
  const large = 0.3 * (area.box[1][1] - area.box[1][0]);
  for (let k = 0; k < x.length; k++) {
    const [before, value] = [values[k - 1], values[k]];
    const middle = Math.abs(value - before) > large ? valueAt(grid, (x[k - 1] + x[k]) / 2) : value;
    // The value at least doubles halfway to a simple pole.
    const pole = !(Math.abs(middle) < 1.9 * Math.abs(middle * value > 0 ? value : before)) && middle !== value;
    if (!k || pole || !Number.isFinite(before)) context.moveTo(area.toX(x[k]), area.toY(value));
    else if (Number.isFinite(value)) context.lineTo(area.toX(x[k]), area.toY(value));
  }
  context.stroke();
}

/**
 * Known minima as stars, saddles as crosses.
 * @param {any} context
 * @param {PlotArea} area
 * @param {Scene} scene
 */
export function drawKnownPoints(context, area, { objective, theme }) {
  const flat = objective.names.length === 1;
  for (const { position, value } of objective.saddles) {
    for (const [color, width] of /** @type {[string, number][]} */ ([
      [theme.paper, 4],
      [theme.saddle, 1.8],
    ])) {
      context.strokeStyle = color;
      context.lineWidth = width;
      markerPath(context, "x", area.toX(position[0]), area.toY(flat ? value : position[1]), 4.5);
      context.stroke();
    }
  }
  for (const { position, value } of objective.minima) {
    markerPath(context, "*", area.toX(position[0]), area.toY(flat ? value : position[1]), 8);
    context.fillStyle = theme.minimum;
    context.fill();
    context.strokeStyle = OUTLINE;
    context.lineWidth = 1.1;
    context.stroke();
  }
}

/** The contours, cached until the view, the function, the theme or the grid changes. */
export class ContourLayer {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.key = "";
    /** @type {Scene["objective"] | null} */
    this.objective = null;
    /** @type {Float64Array | undefined} */
    this.values = undefined;
    /** The borders of the bands. @type {Float64Array | null} */
    this.levels = null;
  }

  /**
   * The borders of the bands, of the function that is drawn.
   * @param {{names: string[]}} objective
   */
  levelsOf(objective) {
    return objective === this.objective && objective.names.length === 2 ? this.levels : null;
  }

  /**
   * @param {any} context
   * @param {PlotArea} area
   * @param {Scene} scene
   * @param {number} ratio
   * @param {number} cell pixels of a cell of the grid
   */
  draw(context, area, scene, ratio, cell) {
    const bare = Boolean(scene.basins);
    const key = [area.box, area.plotWidth, area.plotHeight, ratio, cell, scene.theme.paper, bare].join();
    if (key !== this.key || this.objective !== scene.objective) {
      this.key = key;
      this.objective = scene.objective;
      this.paint(area, scene, cell, cell === CELLS.coarse ? Math.min(ratio, 1) : ratio);
    }
    context.imageSmoothingEnabled = true;
    context.drawImage(this.canvas, area.left, area.top, area.plotWidth, area.plotHeight);
  }

  /**
   * @param {PlotArea} area
   * @param {Scene} scene
   * @param {number} cell
   * @param {number} ratio
   */
  paint(area, { objective, grid, theme, basins }, cell, ratio) {
    const [[left, right], [low, high]] = area.box;
    const columns = Math.max(2, Math.round(area.plotWidth / cell) + 1);
    const rows = Math.max(2, Math.round(area.plotHeight / cell) + 1);
    const x = Float64Array.from({ length: columns }, (_, k) => left + ((right - left) * k) / (columns - 1));
    const y = Float64Array.from({ length: rows }, (_, k) => low + ((high - low) * k) / (rows - 1));
    this.values = /** @type {Grid} */ (grid).evaluate(x, y, this.values);
    const inside = objective.minima.filter(({ position: [a, b] }) => a >= left && a <= right && b >= low && b <= high);
    const lowest = Math.min(Infinity, ...inside.map(({ value }) => value));
    const { canvas } = this;
    canvas.width = Math.round(area.plotWidth * ratio);
    canvas.height = Math.round(area.plotHeight * ratio);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const image = context.createImageData(canvas.width, canvas.height);
    this.levels = levels(this.values, lowest).levels;
    paint(image, this.values, columns, rows, this.levels, theme, ratio, Boolean(basins));
    context.putImageData(image, 0, 0);
  }
}
