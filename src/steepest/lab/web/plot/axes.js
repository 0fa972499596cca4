// @ts-check
/** The frame of the picture with the numbers and the names along its axes. */
import { pretty, ticks, tickText, typeset } from "../model/format.js";
import { widthOf } from "./canvas/text_width.js";

/** @typedef {import("./plot_area.js").PlotArea} PlotArea */
/** @typedef {import("./run_style.js").Theme} Theme */

export const FONT = "12px system-ui, sans-serif";
const TEXT_FONT = "600 13px system-ui, sans-serif";
export const NAME_FONT = "italic 600 14px system-ui, sans-serif";
export const BASELINE = 17; // pixels below the plot

const ROOM = 26; // pixels at the end of the lower axis for its name

/**
 * @param {any} context
 * @param {PlotArea} area
 * @param {string[]} names
 * @param {Theme} theme
 */
export function drawAxes(context, area, names, theme) {
  const [[left, right], [low, high]] = area.box;
  drawTicks(context, area, theme, ROOM);
  const name = pretty(names[0]);
  const other = names.length > 1 ? pretty(names[1]) : "f";
  context.fillStyle = theme.ink;
  context.font = NAME_FONT;
  context.textAlign = "right";
  context.fillText(name, area.right, area.bottom + BASELINE);
  context.fillText(other, area.left - 8, area.top + 10);
  context.textAlign = "left";
  const shape = ((right - left) * area.plotHeight) / ((high - low) * area.plotWidth);
  if (names.length > 1 && Math.abs(shape - 1) > 0.02) {
    const whole = `${name} and ${other} have scales of their own`;
    const text = widthOf(whole, TEXT_FONT) < area.plotWidth - 16 ? whole : "own scales";
    drawText(context, text, area.left + 8, area.bottom - 9, theme.ink, theme.paper);
  }
}

/**
 * The frame with the numbers along its axes.
 * @param {any} context
 * @param {PlotArea} area
 * @param {Theme} theme
 * @param {number} room pixels at the end of the lower axis that are left free
 * @param {number} [above] pixels at the upper end of the other one that are left free
 * @param {{at: number, text: string}[] | null} [words] along the other one instead of numbers
 */
export function drawTicks(context, area, theme, room, above = 18, words = null) {
  const [[left, right], [low, high]] = area.box;
  context.fillStyle = theme.quiet;
  context.font = FONT;
  context.strokeStyle = theme.faint;
  context.lineWidth = 1;
  context.strokeRect(area.left - 0.5, area.top - 0.5, area.plotWidth + 1, area.plotHeight + 1);
  const across = ticks(left, right, area.plotWidth / 70);
  const numbers = ticks(low, high, area.plotHeight / 60);
  const upward = words ?? numbers.map((at) => ({ at, text: typeset(tickText(at, numbers)) }));
  context.textAlign = "center";
  for (const tick of across) {
    const x = area.toX(tick);
    drawLine(context, [
      [x, area.bottom],
      [x, area.bottom + 4],
    ]);
    if (x > area.left + 14 && x < area.right - room)
      context.fillText(typeset(tickText(tick, across)), x, area.bottom + BASELINE);
  }
  context.textAlign = "right";
  for (const { at, text } of upward) {
    const y = area.toY(at);
    drawLine(context, [
      [area.left - 4, y],
      [area.left, y],
    ]);
    if (y > area.top + above && y < area.bottom - 2) {
      context.fillText(text, area.left - 7, y + 4, area.left - 8);
    }
  }
}

/**
 * A line through points.
 * @param {any} context
 * @param {number[][]} points
 */
export function drawLine(context, [first, ...others]) {
  context.beginPath();
  context.moveTo(first[0], first[1]);
  for (const [x, y] of others) context.lineTo(x, y);
  context.stroke();
}

/**
 * Text with a halo of paper.
 * @param {any} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} color
 * @param {string} paper
 */
export function drawText(context, text, x, y, color, paper) {
  context.font = TEXT_FONT;
  context.strokeStyle = paper;
  context.lineWidth = 4;
  context.strokeText(text, x, y);
  context.fillStyle = color;
  context.fillText(text, x, y);
}
