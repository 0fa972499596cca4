// @ts-check
/**
 * What tells one run from another: color, marker, dashes. The theme comes from Python, so pictures and the page style
 * alike.
 */

import { SvgContext } from "./canvas/svg_context.js";
import { markerPath } from "./marker.js";

/**
 * @typedef {{paper: string, ink: string, quiet: string, faint: string, nowhere: string, curve: string, minimum: string,
 *   saddle: string, colormap: string[], muted: number, level: [string, number], colors: string[], markers: string[],
 *   dashes: number[][]}} Theme
 */
/** @typedef {{color: string, marker: string, dash: number[]}} RunStyle */

/**
 * The style of the run with this index.
 * @param {Theme} theme
 * @param {number} index
 * @returns {RunStyle}
 */
export function runStyle(theme, index) {
  const own = index % theme.colors.length;
  const turn = Math.floor(index / theme.colors.length);
  const shifted = (own + turn) % theme.colors.length;
  return { color: theme.colors[own], marker: theme.markers[shifted], dash: theme.dashes[shifted] };
}

/**
 * A short line with the runStyle's marker, as a picture for lists: SVG, since browsers take their time over every
 * canvas.
 * @param {RunStyle} style
 */
export function swatch(style) {
  const context = new SvgContext(34, 18, "none");
  const namespace = "http://www.w3.org/2000/svg";
  markerPath(context, style.marker, 17, 9, 4.6);
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
    stroke: style.color,
    "stroke-width": 2.2,
    "stroke-dasharray": style.dash.map((part) => part * 2.2).join(" "),
  });
  set(mark, { d: context.path, fill: style.color });
  svg.append(line, mark);
  return svg;
}
