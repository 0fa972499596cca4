// @ts-check
/** The words of a fit's picture: the names of the axes, the coefficients at the step, what its marks mean. */
import { pretty, short, typeset } from "../../model/format.js";
import { BASELINE, FONT, NAME_FONT } from "../axes.js";
import { widthOf } from "../canvas/text_width.js";

/** @typedef {import("../plot_area.js").PlotArea} PlotArea */
/** @typedef {import("../run_style.js").Theme} Theme */
/** @typedef {import("./fit_view.js").Points} Points */

const LINE = 15; // pixels from the top to the line of words
const GAP = 16;
const MARK = 14; // pixels that a mark of the key takes

/**
 * The names of the axes, and the key of the marks behind the upper one; the pixels between which there is room for more.
 * @param {any} context
 * @param {PlotArea} area
 * @param {Points} points
 * @param {string[]} classNames
 * @param {boolean} best whether the exact answer is drawn
 * @param {Theme} theme
 * @returns {[number, number]}
 */
export function drawNames(context, area, { labels, high, kind }, classNames, best, theme) {
  context.fillStyle = theme.ink;
  context.font = NAME_FONT;
  context.textAlign = "right";
  context.fillText(pretty(labels[0]), area.right, area.bottom + BASELINE);
  context.textAlign = "left";
  context.fillText(pretty(labels[1]), 4, LINE);
  const from = 4 + widthOf(pretty(labels[1]), NAME_FONT) + GAP;
  let to = area.right;
  context.font = FONT;
  const write = (/** @type {string} */ text, /** @type {(x: number) => void} */ mark) => {
    const x = to - widthOf(text, FONT);
    if (x - MARK < from) return;
    context.fillStyle = theme.quiet;
    context.fillText(text, x, LINE);
    mark(x - 8);
    to = x - MARK - GAP / 2;
  };
  if (best)
    write("exact", (x) => {
      context.strokeStyle = theme.ink;
      context.lineWidth = 1.3;
      context.setLineDash([4, 2]);
      context.beginPath();
      context.moveTo(x - 9, LINE - 4);
      context.lineTo(x + 4, LINE - 4);
      context.stroke();
      context.setLineDash([]);
      to -= 7;
    });
  if (high && kind === "boundary")
    for (const [index, name] of [...classNames.entries()].reverse())
      write(name, (x) => {
        context.beginPath();
        context.arc(x, LINE - 4, 3.8, 0, 2 * Math.PI);
        context.fillStyle = index ? theme.quiet : theme.paper;
        context.strokeStyle = theme.quiet;
        context.lineWidth = 1.5;
        context.fill();
        context.stroke();
      });
  return [from, to];
}

/**
 * The coefficients at a step, if there is room for them.
 * @param {any} context
 * @param {string} text
 * @param {[number, number]} room
 * @param {Theme} theme
 */
export function drawCaption(context, text, [from, to], theme) {
  if (!text || widthOf(text, FONT) > to - from) return;
  context.font = FONT;
  context.fillStyle = theme.quiet;
  context.textAlign = "left";
  context.fillText(text, from, LINE);
}

/**
 * Names and numbers: w = 113.5, b = 292.2.
 * @param {string[]} names
 * @param {ArrayLike<number>} values
 */
export function coefficientText(names, values) {
  return names.map((name, i) => `${pretty(name)} = ${typeset(short(values[i]))}`).join(", ");
}
