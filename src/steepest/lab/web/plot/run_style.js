// @ts-check
/**
 * What tells one run from another: color, marker, dashes. The theme comes from Python, so pictures and the page look
 * alike.
 */

import { SvgPen } from "./svg_context.js";

/**
 * @typedef {{paper: string, ink: string, quiet: string, faint: string, nowhere: string, curve: string, minimum: string,
 *   saddle: string, colormap: string[], muted: number, level: [string, number], colors: string[], markers: string[],
 *   dashes: number[][]}} Theme
 */
/** @typedef {{color: string, marker: string, dash: number[]}} Brush */

/**
 * The look of the run with this index.
 * @param {Theme} theme
 * @param {number} index
 * @returns {Brush}
 */
export function brush(theme, index) {
  const place = index % theme.colors.length;
  const turn = Math.floor(index / theme.colors.length);
  const shifted = (place + turn) % theme.colors.length;
  return { color: theme.colors[place], marker: theme.markers[shifted], dash: theme.dashes[shifted] };
}

/** @type {Record<string, number[][]>} */
const SHAPES = {
  s: [
    [-0.85, -0.85],
    [0.85, -0.85],
    [0.85, 0.85],
    [-0.85, 0.85],
  ],
  "^": [
    [0, -1.1],
    [1.05, 0.8],
    [-1.05, 0.8],
  ],
  v: [
    [0, 1.1],
    [1.05, -0.8],
    [-1.05, -0.8],
  ],
  D: [
    [0, -1.15],
    [1.15, 0],
    [0, 1.15],
    [-1.15, 0],
  ],
  P: [
    [-0.4, -1],
    [0.4, -1],
    [0.4, -0.4],
    [1, -0.4],
    [1, 0.4],
    [0.4, 0.4],
    [0.4, 1],
    [-0.4, 1],
    [-0.4, 0.4],
    [-1, 0.4],
    [-1, -0.4],
    [-0.4, -0.4],
  ],
  X: [
    [0, -0.5],
    [0.55, -1.05],
    [1.05, -0.55],
    [0.5, 0],
    [1.05, 0.55],
    [0.55, 1.05],
    [0, 0.5],
    [-0.55, 1.05],
    [-1.05, 0.55],
    [-0.5, 0],
    [-1.05, -0.55],
    [-0.55, -1.05],
  ],
  "*": Array.from({ length: 10 }, (_, k) => [
    Math.sin((k * Math.PI) / 5) * (k % 2 ? 0.5 : 1.25),
    -Math.cos((k * Math.PI) / 5) * (k % 2 ? 0.5 : 1.25),
  ]),
};

/**
 * The outline of a marker as the current path.
 * @param {any} pen
 * @param {string} marker
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
export function outline(pen, marker, x, y, size) {
  const shape = SHAPES[marker];
  pen.beginPath();
  if (marker === "x") {
    for (const side of [-1, 1]) {
      pen.moveTo(x - size, y - side * size);
      pen.lineTo(x + size, y + side * size);
    }
  } else if (!shape) {
    pen.arc(x, y, size, 0, 2 * Math.PI);
  } else {
    const [[firstX, firstY], ...others] = shape;
    pen.moveTo(x + firstX * size, y + firstY * size);
    for (const [dx, dy] of others) pen.lineTo(x + dx * size, y + dy * size);
    pen.closePath();
  }
}

/**
 * A color between two, with this share of the other.
 * @param {string} one
 * @param {string} other
 * @param {number} share
 */
export function mix(one, other, share) {
  const a = channels(one);
  const b = channels(other);
  return a.map((value, index) => Math.round(value + (b[index] - value) * share));
}

/** @param {string} color */
export function channels(color) {
  return [1, 3, 5].map((first) => parseInt(color.slice(first, first + 2), 16));
}

/**
 * The muted colors of so many bands of height.
 * @param {Theme} theme
 * @param {number} count
 */
export function shades(theme, count) {
  const last = theme.colormap.length - 1;
  const hex = (/** @type {number[]} */ rgb) => `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  return Array.from({ length: count }, (_, band) => {
    const height = (band / Math.max(count - 1, 1)) * last;
    const low = Math.min(Math.floor(height), last - 1);
    return mix(hex(mix(theme.colormap[low], theme.colormap[low + 1], height - low)), theme.paper, theme.muted);
  });
}

/**
 * A short line with the brush's marker, as a picture for lists: SVG, since browsers take their time over every canvas.
 * @param {Brush} look
 */
export function swatch(look) {
  const pen = new SvgPen(34, 18, "none");
  const namespace = "http://www.w3.org/2000/svg";
  outline(pen, look.marker, 17, 9, 4.6);
  const [svg, line, mark] = ["svg", "line", "path"].map((tag) => document.createElementNS(namespace, tag));
  const set = (/** @type {Element} */ element, /** @type {Record<string, string | number>} */ attributes) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  };
  set(svg, { viewBox: "0 0 34 18", class: "steepest-swatch", "aria-hidden": "true" });
  set(line, {
    x1: 1,
    x2: 33,
    y1: 9,
    y2: 9,
    stroke: look.color,
    "stroke-width": 2.2,
    "stroke-dasharray": look.dash.map((part) => part * 2.2).join(" "),
  });
  set(mark, { d: pen.path, fill: look.color });
  svg.append(line, mark);
  return svg;
}
