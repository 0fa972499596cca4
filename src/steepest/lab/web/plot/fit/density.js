// @ts-check
/** Many rows as a picture of how many lie where. */
import { channels } from "../color.js";

/** @typedef {import("../plot_area.js").PlotArea} PlotArea */

const CELL = 2; // pixels
const SHADES = 64;
const FAINTEST = 0.3; // of a cell with one row

/** Counts rows in cells of the plot and paints them; what it allocates is used again. */
export class Density {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.counts = new Uint32Array();
  }

  /**
   * Draw the rows over the plot, from one color for one row to another for the most rows in a cell, by the logarithm.
   * @param {any} context
   * @param {PlotArea} area
   * @param {ArrayLike<number>} x
   * @param {ArrayLike<number>} y
   * @param {string[]} colors `#rrggbb`, for few and for many rows
   */
  draw(context, area, x, y, colors) {
    const columns = Math.max(1, Math.floor(area.plotWidth / CELL));
    const lines = Math.max(1, Math.floor(area.plotHeight / CELL));
    const most = this.count(area.box, columns, lines, x, y);
    if (!most) return;
    const { canvas, counts } = this;
    [canvas.width, canvas.height] = [columns, lines];
    const layer = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const image = layer.createImageData(columns, lines);
    const pixels = new Uint32Array(image.data.buffer);
    const shades = this.shades(colors);
    const scale = (shades.length - 1) / Math.log1p(most);
    for (let cell = 0; cell < pixels.length; cell++) {
      if (counts[cell]) pixels[cell] = shades[Math.round(scale * Math.log1p(counts[cell]))];
    }
    layer.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, area.left, area.top, columns * CELL, lines * CELL);
    context.imageSmoothingEnabled = true;
  }

  /**
   * Colors from few rows to many, as pixels.
   * @param {string[]} colors
   */
  shades(colors) {
    const [few, many] = colors.map(channels);
    return Uint32Array.from({ length: SHADES }, (_, k) => {
      const share = k / (SHADES - 1);
      const [red, green, blue] = few.map((value, i) => Math.round(value + share * (many[i] - value)));
      const alpha = Math.round(255 * (FAINTEST + (1 - FAINTEST) * share));
      return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    });
  }

  /**
   * Count the rows of each cell, from the upper left; the most that one has.
   * @param {import("../plot_area.js").Box} box
   * @param {number} columns
   * @param {number} lines
   * @param {ArrayLike<number>} x
   * @param {ArrayLike<number>} y
   */
  count([[left, right], [low, high]], columns, lines, x, y) {
    if (this.counts.length !== columns * lines) this.counts = new Uint32Array(columns * lines);
    const { counts } = this;
    counts.fill(0);
    const [perX, perY] = [columns / (right - left), lines / (high - low)];
    let most = 0;
    for (let row = 0; row < x.length; row++) {
      const column = Math.floor((x[row] - left) * perX);
      const line = Math.floor((high - y[row]) * perY);
      if (!(column >= 0 && column < columns && line >= 0 && line < lines)) continue;
      const count = ++counts[line * columns + column];
      if (count > most) most = count;
    }
    return most;
  }
}
