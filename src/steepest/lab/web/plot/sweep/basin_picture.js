// @ts-check
/** Basins as a picture, a pixel for each cell; endings without a minimum have a pattern as well as a shade of gray. */
import { MAP } from "../../model/sweep/tables.js";
import { channels } from "../color.js";
import { levels, shades } from "./colors.js";

/** @typedef {import("../../model/sweep/basins.js").Basins} Basins */
/** @typedef {import("../plot_area.js").PlotArea} PlotArea */
/**
 * A picture of basins: the part of the plane that it covers, and its version, which is another for every picture.
 * @typedef {{canvas: HTMLCanvasElement, box: number[][], version: number}} BasinPicture
 */

const STRIP = 12; // pixels of the strip under a curve
const APART = 8; // cells from one line of a pattern to the next
let versions = 0;

/** Whether a cell is on its ending's pattern, by the code of the ending. @type {((i: number, j: number) => boolean)[]} */
const PATTERNS = [
  (i, j) => (i - j + 4 * APART * APART) % APART < 2, // converged elsewhere
  () => false, // still on the way
  (i, j) => (i + j) % APART < 2, // diverged
  (i, j) => i % 5 < 2 && j % 5 < 2, // undefined
  () => false, // not run
];

/**
 * Paint basins.
 * @param {HTMLCanvasElement} canvas
 * @param {Basins} basins
 * @param {number[]} orders of the colors of the minima
 * @param {number} many how many minima have a color
 * @param {boolean} dark
 * @param {number[][]} box that the cells fill
 * @returns {BasinPicture}
 */
export function paintBasins(canvas, basins, orders, many, dark, box) {
  const { cells, reached } = basins;
  const [columns, rows = 1] = cells.shape;
  const { stride } = cells;
  const { table } = levels(basins);
  const palettes = orders.map((order) => (order < 0 ? null : shadesOf(order, many)));
  const plain = endingColors(dark).map((pair) => pair.map((color) => packed([channels(color)])[0]));
  if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  const column = Int32Array.from({ length: columns }, (_, i) => cells.among(i, 0, stride) - cells.among(0, 0, stride));
  const row = Int32Array.from({ length: rows }, (_, j) => cells.among(0, j, stride));
  for (let j = 0; j < rows; j++) {
    const to = (rows - 1 - j) * columns;
    for (let i = 0; i < columns; i++) {
      const cell = column[i] + row[j];
      const palette = reached[cell] < 0 ? null : palettes[reached[cell]];
      const ending = cells.ending[cell];
      pixels[to + i] = palette
        ? palette[table[cells.steps[cell]]]
        : plain[ending][Number(PATTERNS[ending](i, rows === 1 ? 0 : j))];
    }
  }
  context.putImageData(image, 0, 0);
  return { canvas, box, version: ++versions };
}

/**
 * Of each ending without a minimum its color and that of its pattern.
 * @param {boolean} dark
 */
export function endingColors(dark) {
  return MAP.BESIDE[dark ? "dark" : "light"].map((color) => {
    const [red] = channels(color);
    const toward = red < 100 ? 255 : 0;
    const part = red < 100 ? 0.38 : 0.3;
    const hex = channels(color).map((each) => Math.round(each + (toward - each) * part));
    return [color, `#${hex.map((each) => each.toString(16).padStart(2, "0")).join("")}`];
  });
}

/** The shades of minima as pixels. @type {Map<string, Uint32Array>} */
const known = new Map();

/**
 * @param {number} order
 * @param {number} many
 */
function shadesOf(order, many) {
  const key = `${order} ${many > MAP.HUES.length}`;
  const found = known.get(key) ?? packed(shades(order, many));
  known.set(key, found);
  return found;
}

/** @param {number[][]} colors */
function packed(colors) {
  return Uint32Array.from(colors, ([red, green, blue]) => 0xff000000 | (blue << 16) | (green << 8) | red);
}

/**
 * Draw a picture of basins where it belongs; of starts on a line a strip under the curve.
 * @param {any} context
 * @param {PlotArea} area
 * @param {BasinPicture} picture
 */
export function drawBasins(context, area, { canvas, box }) {
  const [left, right] = box[0].map((x) => area.toX(x));
  const [low, high] = box.length > 1 ? box[1].map((y) => area.toY(y)) : [area.bottom, area.bottom - STRIP];
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, left, high, right - left, low - high);
  context.imageSmoothingEnabled = true;
}
