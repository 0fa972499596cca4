// @ts-check
/** The paths of a function of more than two parameters, seen along pairs of its axes. */
import { pretty, ticks, tickText, typeset } from "../../model/format.js";
import { drawLine } from "../axes.js";
import { markerPath } from "../marker.js";

/** @typedef {import("../plane.js").Scene} Scene */
/** @typedef {{axes: [number, number], left: number, top: number, width: number, height: number}} Panel */

const MOST = 6; // pairs: of more parameters only the first pairs are shown
const GAP = { left: 44, right: 14, top: 14, bottom: 32 };
const WIDE = 1.4; // of a panel, width over height
const FONT = "11.5px system-ui, sans-serif";
const SAME = 0.5; // pixels

/**
 * @param {any} context
 * @param {{width: number, height: number}} size
 * @param {Scene} scene
 */
export function drawPairs(context, { width, height }, scene) {
  const { names } = scene.objective;
  const pairs = names.flatMap((_, i) =>
    names.slice(i + 1).map((_, j) => /** @type {[number, number]} */ ([i, i + 1 + j])),
  );
  const shown = pairs.slice(0, MOST);
  const boxes = names.map((_, axis) => interval(scene, axis));
  for (const panel of panels(shown, width, height)) drawPanel(context, panel, boxes, scene);
  if (shown.length === pairs.length) return;
  context.font = FONT;
  context.fillStyle = scene.theme.quiet;
  context.textAlign = "left";
  context.fillText(`the first ${shown.length} of ${pairs.length} pairs of parameters`, 8, height - 4);
}

/**
 * Panels in rows that fill the picture, as near to a pleasant shape as can be.
 * @param {[number, number][]} pairs
 * @param {number} width
 * @param {number} height
 * @returns {Panel[]}
 */
function panels(pairs, width, height) {
  const off = (/** @type {number} */ columns) => {
    const rows = Math.ceil(pairs.length / columns);
    return Math.abs(Math.log((width * rows) / (height * columns * WIDE)));
  };
  const choices = pairs.map((_, index) => index + 1);
  const columns = choices.reduce((best, each) => (off(each) < off(best) ? each : best), 1);
  const rows = Math.ceil(pairs.length / columns);
  return pairs.map((axes, index) => ({
    axes,
    left: ((index % columns) * width) / columns + GAP.left,
    top: (Math.floor(index / columns) * height) / rows + GAP.top,
    width: Math.max(10, width / columns - GAP.left - GAP.right),
    height: Math.max(10, height / rows - GAP.top - GAP.bottom),
  }));
}

/**
 * The values of a coordinate over all runs, with room around them.
 * @param {Scene} scene
 * @param {number} axis
 */
function interval({ sceneRuns, start }, axis) {
  let [low, high] = [start[axis], start[axis]];
  for (const { run } of sceneRuns) {
    for (let k = 0; k <= run.steps; k++) {
      const value = run.positions[k * run.count + axis];
      if (!(Math.abs(value) < 1e6 * Math.max(1, Math.abs(start[axis])))) break; // a run that flies away, its beginning
      [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  const room = 0.08 * (high - low) || Math.max(1, Math.abs(low)) / 2;
  return [low - room, high + room];
}

/**
 * @param {any} context
 * @param {Panel} panel
 * @param {number[][]} boxes
 * @param {Scene} scene
 */
function drawPanel(context, { axes, left, top, width, height }, boxes, { sceneRuns, time, theme, objective }) {
  const [across, upward] = axes.map((axis) => boxes[axis]);
  const toX = (/** @type {number} */ value) => left + ((value - across[0]) / (across[1] - across[0])) * width;
  const toY = (/** @type {number} */ value) => top + (1 - (value - upward[0]) / (upward[1] - upward[0])) * height;
  const bottom = top + height;
  context.strokeStyle = theme.faint;
  context.fillStyle = theme.quiet;
  context.lineWidth = 1;
  context.font = FONT;
  context.strokeRect(left, top, width, height);
  const below = ticks(across[0], across[1], width / 80);
  const beside = ticks(upward[0], upward[1], height / 45);
  context.textAlign = "center";
  for (const tick of below) {
    if (toX(tick) < left + width - 24) context.fillText(typeset(tickText(tick, below)), toX(tick), bottom + 15);
  }
  context.textAlign = "right";
  for (const tick of beside) {
    if (toY(tick) > top + 16) context.fillText(typeset(tickText(tick, beside)), left - 5, toY(tick) + 4, GAP.left - 7);
  }
  context.fillStyle = theme.ink;
  context.font = "italic 600 13px system-ui, sans-serif";
  context.fillText(pretty(objective.names[axes[0]]), left + width, bottom + 16);
  context.fillText(pretty(objective.names[axes[1]]), left - 6, top + 8);
  context.textAlign = "left";
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  for (const { run, style } of sceneRuns) {
    const pixel = (/** @type {number} */ at) => {
      const k = Math.min(Math.floor(at), run.steps);
      const part = k < run.steps ? at - k : 0;
      const value = (/** @type {number} */ axis) => {
        const now = run.positions[k * run.count + axis];
        return part ? now + part * (run.positions[(k + 1) * run.count + axis] - now) : now;
      };
      return [toX(value(axes[0])), toY(value(axes[1]))];
    };
    context.strokeStyle = context.fillStyle = style.color;
    const until = Math.min(time, run.steps);
    for (const [end, alpha] of [
      [run.steps, 0.4],
      [until, 1],
    ]) {
      context.globalAlpha = alpha;
      context.lineWidth = alpha < 1 ? 1.4 : 2;
      context.setLineDash(alpha < 1 ? [] : style.dash.map((part) => part * 2));
      drawLine(context, polyline(pixel, end));
    }
    context.setLineDash([]);
    const [x, y] = pixel(until);
    markerPath(context, style.marker, x, y, 6);
    context.strokeStyle = theme.paper;
    context.lineWidth = 3;
    context.stroke();
    context.fill();
  }
  context.restore();
}

/**
 * The pixels of a path up to a step or between two, without those that coincide.
 * @param {(at: number) => number[]} pixel
 * @param {number} end
 */
function polyline(pixel, end) {
  const found = [pixel(0)];
  for (let k = 0; k < end; ) {
    k = Math.min(k + 1, end);
    const [x, y] = pixel(k);
    const [lastX, lastY] = found[found.length - 1];
    if (!Number.isFinite(x + y)) break;
    if (Math.abs(x - lastX) + Math.abs(y - lastY) >= SAME || k === end) found.push([x, y]);
  }
  return found;
}
