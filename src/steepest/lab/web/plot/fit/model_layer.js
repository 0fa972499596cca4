// @ts-check
/** What the models of a fit say at a step: curves, residuals, the boundary between classes, predictions of all rows. */
import { mix } from "../color.js";
import { borderLines } from "./border.js";
import { positionAt } from "./fit_view.js";

/** @typedef {import("../plot_area.js").PlotArea} PlotArea */
/** @typedef {import("../../model/store.js").SceneRun} SceneRun */
/** @typedef {import("./fit_plot.js").FitScene} FitScene */
/** @typedef {import("./fit_view.js").Points} Points */

const GRID = 241; // points of a curve
const CELL = 8; // pixels of a cell in which a boundary is sought
const MOST_RESIDUALS = 200;
const SHADE = 0.34; // how much of a color the higher class's side has

/**
 * A model's curve over the plot.
 * @param {any} context
 * @param {PlotArea} area
 * @param {FitScene} scene
 * @param {ArrayLike<number>} position
 */
export function traceCurve(context, area, { fit }, position) {
  const [left, right] = area.box[0];
  const xs = Float64Array.from({ length: GRID }, (_, k) => left + ((right - left) * k) / (GRID - 1));
  const ys = fit.predict(position, [xs]);
  context.beginPath();
  let interrupted = true;
  for (let k = 0; k < GRID; k++) {
    if (!Number.isFinite(ys[k])) interrupted = true;
    else if (interrupted) {
      context.moveTo(area.toX(xs[k]), nearby(area, ys[k]));
      interrupted = false;
    } else context.lineTo(area.toX(xs[k]), nearby(area, ys[k]));
  }
}

/**
 * The pixel of a height, no farther from the plot than a line between two points needs.
 * @param {PlotArea} area
 * @param {number} value
 */
function nearby(area, value) {
  return Math.max(-20_000, Math.min(20_000, area.toY(value)));
}

/**
 * The line that was traced last, in a run's color with a halo of paper.
 * @param {any} context
 * @param {SceneRun} sceneRun
 * @param {string} paper
 */
export function strokeModel(context, { style }, paper) {
  context.lineJoin = "round";
  context.strokeStyle = paper;
  context.lineWidth = 5;
  context.globalAlpha = 0.75;
  context.stroke();
  context.globalAlpha = 1;
  context.strokeStyle = style.color;
  context.lineWidth = 2.4;
  context.setLineDash(style.dash.map((part) => part * 2.4));
  context.stroke();
  context.setLineDash([]);
}

/**
 * The exact answer's curve or boundary, which was traced last.
 * @param {any} context
 * @param {import("../run_style.js").Theme} theme
 */
export function strokeBest(context, theme) {
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.3;
  context.setLineDash([6, 3]);
  context.stroke();
  context.setLineDash([]);
}

/**
 * A segment from each row to the chosen run's prediction.
 * @param {any} context
 * @param {PlotArea} area
 * @param {FitScene} scene
 * @param {Points} points
 */
export function drawResiduals(context, area, { fit, sceneRuns, chosen, time }, { x, y, high }) {
  if (x.length > MOST_RESIDUALS || high) return;
  const { run, style } = sceneRuns[chosen];
  const predicted = fit.predict(positionAt(run, time));
  context.strokeStyle = style.color;
  context.lineWidth = 1.2;
  context.globalAlpha = 0.6;
  context.beginPath();
  for (let row = 0; row < x.length; row++) {
    if (!Number.isFinite(predicted[row])) continue;
    context.moveTo(area.toX(x[row]), area.toY(y[row]));
    context.lineTo(area.toX(x[row]), nearby(area, predicted[row]));
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** The predictions of a model of two columns over the plot, on a grid that is used again. */
export class Plateau {
  columns = 0;
  lines = 0;

  constructor() {
    this.canvas = document.createElement("canvas");
    /** @type {Float64Array[]} */
    this.grid = [];
    this.key = "";
  }

  /**
   * The grid's points, from the upper left.
   * @param {PlotArea} area
   */
  lay(area) {
    this.columns = Math.max(2, Math.round(area.plotWidth / CELL) + 1);
    this.lines = Math.max(2, Math.round(area.plotHeight / CELL) + 1);
    const key = [area.box, this.columns, this.lines].join();
    if (key === this.key) return;
    this.key = key;
    const { columns, lines } = this;
    const [[left, right], [low, high]] = area.box;
    const [xs, ys] = [new Float64Array(columns * lines), new Float64Array(columns * lines)];
    for (let line = 0; line < lines; line++) {
      for (let column = 0; column < columns; column++) {
        xs[line * columns + column] = left + ((right - left) * column) / (columns - 1);
        ys[line * columns + column] = high - ((high - low) * line) / (lines - 1);
      }
    }
    this.grid = [xs, ys];
  }

  /**
   * Shade the plot by how sure the chosen run's model is of the higher class.
   * @param {any} context
   * @param {PlotArea} area
   * @param {FitScene} scene
   * @param {ArrayLike<number>} position
   * @param {number[]} ends the observed numbers of the classes
   */
  shade(context, area, { fit, theme }, position, [low, high]) {
    this.lay(area);
    const { canvas, columns, lines } = this;
    const predicted = fit.predict(position, this.grid);
    [canvas.width, canvas.height] = [columns, lines];
    const layer = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const image = layer.createImageData(columns, lines);
    const pixels = new Uint32Array(image.data.buffer);
    const shades = Array.from({ length: 65 }, (_, k) => {
      const [red, green, blue] = mix(theme.paper, theme.curve, (SHADE * k) / 64);
      return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    });
    for (let cell = 0; cell < pixels.length; cell++) {
      const share = (predicted[cell] - low) / (high - low);
      if (Number.isFinite(predicted[cell])) pixels[cell] = shades[Math.round(64 * Math.max(0, Math.min(1, share)))];
    }
    layer.putImageData(image, 0, 0);
    const [dx, dy] = [area.plotWidth / (columns - 1) / 2, area.plotHeight / (lines - 1) / 2];
    context.drawImage(canvas, area.left - dx, area.top - dy, area.plotWidth + 2 * dx, area.plotHeight + 2 * dy);
  }

  /**
   * The line between the classes as the current path.
   * @param {any} context
   * @param {PlotArea} area
   * @param {FitScene} scene
   * @param {ArrayLike<number>} position
   * @param {number} border the prediction between the classes
   */
  trace(context, area, { fit }, position, border) {
    this.lay(area);
    const { columns, lines } = this;
    const values = fit.predict(position, this.grid);
    const [wide, tall] = [area.plotWidth / (columns - 1), area.plotHeight / (lines - 1)];
    context.beginPath();
    for (const line of borderLines(values, columns, lines, border)) {
      context.moveTo(area.left + line[0] * wide, area.top + line[1] * tall);
      for (let k = 2; k < line.length; k += 2)
        context.lineTo(area.left + line[k] * wide, area.top + line[k + 1] * tall);
    }
  }
}
