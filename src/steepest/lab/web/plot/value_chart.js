// @ts-check
/** The chart: the value against the steps, on a linear or a logarithmic scale; a pointer on it moves through time. */

import { powers, powerText, short, ticks, tickText, typeset } from "../model/format.js";
import { h, magnification } from "../ui/dom.js";
import { drawLine } from "./axes.js";
import { Layers } from "./canvas/layers.js";
import { widthOf } from "./canvas/text_width.js";
import { markerPath } from "./marker.js";

/**
 * @typedef {{sceneRuns: import("../model/store.js").SceneRun[], time: number, most: number, scale: string, version: number,
 *   least: number | null, theme: import("./run_style.js").Theme}} Series
 */

const LEFT = 52;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;
const FONT = "12px system-ui, sans-serif";
const NAME = "step";
const NAME_FONT = "600 12px system-ui, sans-serif";
const APART = 8; // pixels between the last number along the steps and the word after it
const FLOOR = 1e-16;
const SPAN = 1e3; // times the lowest height that the highest must be for a logarithmic axis by itself
const LAYERS = 3;
const [UNDER, TAKEN, FRONT] = [0, 1, 2];
const FAINT = 0.36;
const SAME = 0.5; // pixels: what is nearer is not drawn

export class ValueChart {
  /** @param {{onTime: (step: number) => void}} listeners */
  constructor(listeners) {
    this.layers = new Layers(LAYERS);
    this.canvas = this.layers.front;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", "the value of the function against the steps");
    this.line = h("div", { class: "steepest-chart-line", hidden: true });
    this.element = h("div", { class: "steepest-chart" }, ...this.layers.canvases, this.line);
    /** What the lower layers show. */
    this.drawn = "";
    /** The ends of the vertical axis. */
    this.limits = [-1, 1];
    /** @type {number | null} */
    this.least = null;
    /** The scale that is shown: the series' own, or the one that its values ask for. */
    this.scale = "linear";
    /** The highest value that a linear axis leaves out. */
    this.beyond = NaN;
    /** @type {Series | null} */
    this.series = null;
    let held = false;
    const go = (/** @type {PointerEvent} */ event) => {
      if (!this.series) return;
      const { left } = this.canvas.getBoundingClientRect();
      const share = ((event.clientX - left) / magnification(this.canvas) - LEFT) / this.plotWidth;
      listeners.onTime(Math.round(Math.max(0, Math.min(1, share)) * this.series.most));
    };
    this.canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      held = true;
      this.canvas.setPointerCapture(event.pointerId);
      go(event);
    });
    this.canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      if (held) go(event);
    });
    for (const name of ["pointerup", "pointercancel"])
      this.canvas.addEventListener(name, () => {
        held = false;
      });
  }

  get width() {
    return this.layers.width;
  }
  get height() {
    return this.layers.height;
  }
  get plotWidth() {
    return Math.max(1, this.width - LEFT - RIGHT);
  }
  get plotHeight() {
    return Math.max(1, this.height - TOP - BOTTOM);
  }

  /** @param {Series} series */
  show(series) {
    this.series = series;
    this.draw();
  }

  /**
   * Point at a step, without going there.
   * @param {number | null} step
   */
  preview(step) {
    this.line.hidden = step === null || !this.series;
    if (step === null || !this.series) return;
    const x = LEFT + (step / Math.max(1, this.series.most)) * this.plotWidth;
    this.line.style.transform = `translate(${x}px, ${TOP}px)`;
    this.line.style.height = `${this.plotHeight}px`;
  }

  resize() {
    if (!this.layers.resize(this.element)) return;
    this.drawn = "";
    this.draw();
  }

  draw() {
    const { series, layers } = this;
    if (!series || !this.width) return;
    const key = [series.version, series.most, series.scale, series.least, series.theme.ink].join();
    if (key !== this.drawn) {
      this.drawn = key;
      this.least = this.leastOf(series);
      this.scale = series.scale === "auto" ? this.scaleOf(series) : series.scale;
      this.limits = this.ends();
      this.drawUnder(layers.cleared(UNDER), series);
      this.drawLines(layers.cleared(TAKEN), series, 1);
    }
    const x = this.toX(series.time);
    layers.canvases[TAKEN].style.clipPath = `inset(0 ${Math.max(0, this.width - x)}px 0 0)`;
    this.drawFront(layers.cleared(FRONT), series);
  }

  /** @param {number} step */
  toX(step) {
    const { most } = /** @type {Series} */ (this.series);
    return LEFT + (step / Math.max(1, most)) * this.plotWidth;
  }

  /** @param {number} value */
  toY(value) {
    const [low, high] = this.limits;
    const share =
      this.scale === "log"
        ? Math.log(Math.max(value, FLOOR) / low) / Math.log(high / low)
        : (value - low) / (high - low);
    return TOP + (1 - Math.max(-9, Math.min(9, share))) * this.plotHeight;
  }

  /**
   * What is drawn of a value: itself, or on the logarithmic scale its distance to the least value.
   * @param {number} value
   */
  shown(value) {
    return this.scale === "log" ? value - (this.least ?? 0) : value;
  }

  /**
   * The least value, if it is known or the runs have values that are not positive.
   * @param {Series} series
   */
  leastOf({ sceneRuns, least }) {
    if (least !== null) return least;
    let found = Infinity;
    for (const { run } of sceneRuns) {
      for (let k = 0; k <= run.steps; k++) if (run.values[k] < found) found = run.values[k];
    }
    return found > 0 ? null : found;
  }

  /** What a height is measured from, as the axis is called. */
  get measured() {
    return this.least === null ? "f" : this.series?.least === null ? "f − min" : "f − f*";
  }

  /**
   * Logarithmic where the values span decades, unless they fall without end.
   * @param {Series} series
   */
  scaleOf({ sceneRuns, least }) {
    let [low, high, deepest] = [Infinity, 0, Infinity];
    for (const { run } of sceneRuns) {
      for (let k = 0; k <= run.steps; k++) {
        const height = run.values[k] - (this.least ?? 0);
        if (run.values[k] < deepest) deepest = run.values[k];
        if (height > FLOOR && height < low) low = height;
        if (height > high && height < Infinity) high = height;
      }
    }
    const first = Math.max(...sceneRuns.map(({ run }) => Math.abs(run.values[0])));
    const endless = least === null && deepest < -SPAN * Math.max(1, first);
    return !endless && high > SPAN * low ? "log" : "linear";
  }

  /** The ends of the vertical axis: a linear one shows only the beginning of what is far above where the runs began. */
  ends() {
    const { sceneRuns } = /** @type {Series} */ (this.series);
    const { scale } = this;
    let low = Infinity;
    let high = -Infinity;
    let ceiling = -Infinity;
    for (const { run } of sceneRuns) ceiling = Math.max(ceiling, this.shown(run.values[0]));
    for (const { run } of sceneRuns) {
      for (let k = 0; k <= run.steps; k++) {
        const value = this.shown(run.values[k]);
        if (!Number.isFinite(value) || (scale === "log" && value < FLOOR)) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (!(high >= low)) return scale === "log" ? [0.1, 10] : [-1, 1];
    this.beyond = NaN;
    if (scale === "log") return [low / 1.5, Math.max(high, low * 10) * 1.5];
    const highest = high;
    high = Math.min(
      high,
      ceiling + (ceiling > low ? 2 * (ceiling - low) : 9 * (Math.abs(ceiling - (this.least ?? 0)) || 1)),
    );
    if (highest > high) this.beyond = highest;
    if (!(high > low)) high = low + Math.max(1e-12, Math.abs(low) * 0.1);
    const margin = 0.07 * (high - low);
    return [low - margin, high + margin];
  }

  /**
   * The axes, and every line, faint.
   * @param {any} context
   * @param {Series} series
   */
  drawUnder(context, series) {
    this.drawAxes(context, series);
    this.drawLines(context, series, FAINT);
  }

  /**
   * @param {any} context
   * @param {Series} series
   * @param {number} alpha
   */
  drawLines(context, { sceneRuns }, alpha) {
    this.within(context, () => {
      context.lineJoin = "round";
      context.globalAlpha = alpha;
      for (const { run, style } of sceneRuns) {
        context.strokeStyle = style.color;
        context.lineWidth = alpha < 1 ? 1.3 : 2;
        context.setLineDash(alpha < 1 ? [] : style.dash.map((/** @type {number} */ part) => part * 2));
        context.beginPath();
        let drawing = false;
        let [lastX, lastY] = [-Infinity, -Infinity];
        for (let k = 0; k <= run.steps; k++) {
          const value = this.shown(run.values[k]);
          const finite = Number.isFinite(value);
          const [x, y] = finite ? [this.toX(k), this.toY(value)] : [lastX, lastY];
          const apart = Math.abs(x - lastX) + Math.abs(y - lastY) >= SAME || k === run.steps;
          if (finite && drawing && apart) context.lineTo(x, y);
          else if (finite && !drawing) context.moveTo(x, y);
          if (finite && (apart || !drawing)) [lastX, lastY] = [x, y];
          drawing = finite;
        }
        context.stroke();
      }
    });
  }

  /**
   * The present step.
   * @param {any} context
   * @param {Series} series
   */
  drawFront(context, { sceneRuns, time, theme }) {
    this.within(context, () => {
      context.strokeStyle = theme.quiet;
      context.lineWidth = 1;
      drawLine(context, [
        [this.toX(time), TOP],
        [this.toX(time), TOP + this.plotHeight],
      ]);
      for (const { run, style } of sceneRuns) {
        const k = Math.min(Math.floor(time), run.steps);
        markerPath(context, style.marker, this.toX(k), this.toY(this.shown(run.values[k])), 5);
        context.fillStyle = style.color;
        context.strokeStyle = theme.paper;
        context.lineWidth = 3;
        context.stroke();
        context.fill();
      }
    });
  }

  /**
   * @param {any} context
   * @param {() => void} draw
   */
  within(context, draw) {
    context.save();
    context.beginPath();
    context.rect(LEFT - 6, TOP - 3, this.plotWidth + RIGHT + 6, this.plotHeight + 6);
    context.clip();
    draw();
    context.restore();
  }

  /**
   * @param {any} context
   * @param {Series} series
   */
  drawAxes(context, { most, theme }) {
    const [low, high] = this.limits;
    const logarithmic = this.scale === "log";
    context.font = FONT;
    context.lineWidth = 1;
    context.strokeStyle = theme.faint;
    context.textAlign = "right";
    const marks = logarithmic ? powers(low, high, this.plotHeight / 28) : ticks(low, high, this.plotHeight / 36);
    for (const mark of marks) {
      const y = this.toY(mark);
      if (y < TOP + 4 || y > TOP + this.plotHeight - 1) continue;
      context.beginPath();
      context.moveTo(LEFT, y);
      context.lineTo(LEFT + this.plotWidth, y);
      context.stroke();
      context.fillStyle = theme.quiet;
      if (y > TOP + 18)
        context.fillText(logarithmic ? powerText(mark) : typeset(tickText(mark, marks)), LEFT - 7, y + 4, LEFT - 8);
    }
    context.textAlign = "center";
    const end = LEFT + this.plotWidth - widthOf(NAME, NAME_FONT) - APART;
    for (const mark of ticks(0, most, this.plotWidth / 80)) {
      const text = String(mark);
      if (mark % 1 === 0 && this.toX(mark) + widthOf(text, FONT) / 2 < end)
        context.fillText(text, this.toX(mark), TOP + this.plotHeight + 16);
    }
    context.fillStyle = theme.ink;
    context.font = "italic 600 13px system-ui, sans-serif";
    context.textAlign = "right";
    context.fillText(logarithmic ? this.measured : "f", LEFT - 8, TOP + 9);
    context.font = NAME_FONT;
    context.fillText(NAME, LEFT + this.plotWidth, TOP + this.plotHeight + 16);
    if (this.beyond > 0) {
      context.font = FONT;
      context.fillStyle = theme.quiet;
      context.fillText(`goes on up to ${short(this.beyond, 3)} ↑`, LEFT + this.plotWidth, TOP + 9);
    }
    context.textAlign = "left";
  }
}
