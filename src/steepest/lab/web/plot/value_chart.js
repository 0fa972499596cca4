// @ts-check
/** The chart: the value against the steps, on a linear or a logarithmic scale; a pointer on it moves through time. */

import { powers, powerText, ticks, tickText } from "../model/format.js";
import { h, magnification, pixelRatio } from "../ui/dom.js";
import { CachedLayer } from "./cached_layer.js";
import { markerPath } from "./marker.js";

/**
 * @typedef {{sceneRuns: import("../model/store.js").SceneRun[], time: number, most: number, scale: string,
 *   least: number | null, theme: import("./run_style.js").Theme}} Series
 */

const LEFT = 52;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;
const FONT = "12px system-ui, sans-serif";
const FLOOR = 1e-16;

export class ValueChart {
  /** @param {{onTime: (step: number) => void}} listeners */
  constructor(listeners) {
    this.canvas = h("canvas", {
      class: "steepest-canvas",
      role: "img",
      "aria-label": "the value of the function against the steps",
    });
    this.line = h("div", { class: "steepest-chart-line", hidden: true });
    this.element = h("div", { class: "steepest-chart" }, this.canvas, this.line);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.axes = new CachedLayer();
    /** @type {number | null} */
    this.least = null;
    this.width = this.height = 0;
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

  get plotWidth() {
    return Math.max(1, this.width - LEFT - RIGHT);
  }
  get plotHeight() {
    return Math.max(1, this.height - TOP - BOTTOM);
  }

  /** @param {Series} series */
  show(series) {
    this.series = series;
    this.least = this.leastOf(series);
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
    const { clientWidth, clientHeight } = this.element;
    const ratio = pixelRatio(this.element);
    if (
      !clientWidth ||
      (clientWidth === this.width &&
        clientHeight === this.height &&
        this.canvas.width === Math.round(clientWidth * ratio))
    )
      return;
    this.width = clientWidth;
    this.height = clientHeight;
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    this.draw();
  }

  draw() {
    if (!this.series || !this.width) return;
    const ratio = this.canvas.width / this.width;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawOn(this.context);
  }

  /**
   * What is drawn of a value: itself, or on the logarithmic scale its distance to the least value.
   * @param {number} value
   */
  shown(value) {
    const { scale } = /** @type {Series} */ (this.series);
    return scale === "log" ? value - (this.least ?? 0) : value;
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

  /** The ends of the vertical axis: of values that are far above where the runs began, only the beginning is seen. */
  ends() {
    const { sceneRuns, scale } = /** @type {Series} */ (this.series);
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
    if (scale === "log") return [Math.max(low, FLOOR) / 1.5, Math.max(Math.min(high, ceiling * 1e4), low * 10) * 1.5];
    high = Math.min(
      high,
      ceiling + (ceiling > low ? 2 * (ceiling - low) : 9 * (Math.abs(ceiling - (this.least ?? 0)) || 1)),
    );
    if (!(high > low)) high = low + Math.max(1e-12, Math.abs(low) * 0.1);
    const margin = 0.07 * (high - low);
    return [low - margin, high + margin];
  }

  /** @param {any} context */
  drawOn(context) {
    const { least } = this;
    const { sceneRuns, time, most, scale, theme } = /** @type {Series} */ (this.series);
    const [low, high] = this.ends();
    const logarithmic = scale === "log";
    const toX = (/** @type {number} */ step) => LEFT + (step / Math.max(1, most)) * this.plotWidth;
    const toY = (/** @type {number} */ value) => {
      const share = logarithmic
        ? Math.log(Math.max(value, FLOOR) / low) / Math.log(high / low)
        : (value - low) / (high - low);
      return TOP + (1 - Math.max(-9, Math.min(9, share))) * this.plotHeight;
    };
    context.clearRect(0, 0, this.width, this.height);
    this.axes.show(context, this.width, [low, high, most, scale, least, theme.ink], (layer) =>
      this.drawAxes(layer, theme, toX, toY, low, high),
    );
    context.save();
    context.beginPath();
    context.rect(LEFT - 6, TOP - 3, this.plotWidth + RIGHT + 6, this.plotHeight + 6);
    context.clip();
    context.strokeStyle = theme.quiet;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(toX(time), TOP);
    context.lineTo(toX(time), TOP + this.plotHeight);
    context.stroke();
    for (const { run, style } of sceneRuns) {
      context.strokeStyle = style.color;
      context.lineJoin = "round";
      for (const [from, until, alpha] of /** @type {[number, number, number][]} */ ([
        [Math.floor(time), run.steps, 0.32],
        [0, Math.min(time, run.steps), 1],
      ])) {
        if (from > run.steps) continue;
        context.globalAlpha = alpha;
        context.lineWidth = alpha < 1 ? 1.3 : 2;
        context.setLineDash(alpha < 1 ? [] : style.dash.map((/** @type {number} */ part) => part * 2));
        context.beginPath();
        let drawing = false;
        for (let k = from; k <= until; k++) {
          const value = this.shown(run.values[k]);
          if (!Number.isFinite(value)) drawing = false;
          else if (drawing) context.lineTo(toX(k), toY(value));
          else context.moveTo(toX(k), toY(value));
          drawing = Number.isFinite(value);
        }
        context.stroke();
      }
      context.globalAlpha = 1;
      context.setLineDash([]);
      const k = Math.min(Math.floor(time), run.steps);
      markerPath(context, style.marker, toX(k), toY(this.shown(run.values[k])), 5);
      context.fillStyle = style.color;
      context.strokeStyle = theme.paper;
      context.lineWidth = 3;
      context.stroke();
      context.fill();
    }
    context.restore();
  }

  /**
   * @param {any} context
   * @param {import("./run_style.js").Theme} theme
   * @param {(step: number) => number} toX
   * @param {(value: number) => number} toY
   * @param {number} low
   * @param {number} high
   */
  drawAxes(context, theme, toX, toY, low, high) {
    const { least } = this;
    const { most, scale, least: known } = /** @type {Series} */ (this.series);
    const logarithmic = scale === "log";
    context.font = FONT;
    context.lineWidth = 1;
    context.strokeStyle = theme.faint;
    context.textAlign = "right";
    const marks = logarithmic ? powers(low, high, this.plotHeight / 28) : ticks(low, high, this.plotHeight / 36);
    for (const mark of marks) {
      const y = toY(mark);
      if (y < TOP + 4 || y > TOP + this.plotHeight - 1) continue;
      context.beginPath();
      context.moveTo(LEFT, y);
      context.lineTo(LEFT + this.plotWidth, y);
      context.stroke();
      context.fillStyle = theme.quiet;
      if (y > TOP + 18)
        context.fillText(logarithmic ? powerText(mark) : tickText(mark, marks), LEFT - 7, y + 4, LEFT - 8);
    }
    context.textAlign = "center";
    for (const mark of ticks(0, most, this.plotWidth / 80)) {
      if (mark % 1 === 0 && toX(mark) < LEFT + this.plotWidth - 34)
        context.fillText(String(mark), toX(mark), TOP + this.plotHeight + 16);
    }
    context.fillStyle = theme.ink;
    context.font = "italic 600 13px system-ui, sans-serif";
    context.textAlign = "right";
    context.fillText(logarithmic && least !== null ? (known === null ? "f − min" : "f − f*") : "f", LEFT - 8, TOP + 9);
    context.font = "600 12px system-ui, sans-serif";
    context.fillText("step", LEFT + this.plotWidth, TOP + this.plotHeight + 16);
    context.textAlign = "left";
  }
}
