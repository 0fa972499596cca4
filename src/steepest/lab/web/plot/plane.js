// @ts-check
/**
 * The plane: the curve of a function of one parameter or the contours of one of two, with the runs on it and a start to
 * drag.
 */

import { placeText, pointText, pretty, ticks, tickText, valueText } from "../model/format.js";
import { quantityAt } from "../model/program.js";
import { h, iconButton } from "../ui/dom.js";
import { Board } from "./cached_layer.js";
import { clip } from "./clip.js";
import { levels, paint } from "./contour.js";
import { boxAround } from "./limits.js";
import { outline } from "./run_style.js";

/** @typedef {import("../model/program.js").Run} Run */
/**
 * @typedef {{run: Run, look: import("./run_style.js").Brush, label: string, squares: Set<string>, arrows: Set<string>}}
 *   Walk
 */
/**
 * @typedef {{names: string[], view: number[][], minima: {position: number[], value: number}[], saddles: {position:
 *   number[], value: number}[], gallery: string | null, known?: number[][] | null}} Objective
 */
/**
 * @typedef {{objective: Objective, grid: import("../model/tape.js").Grid | null, walks: Walk[], chosen: number, time:
 *   number, start: number[], theme: import("./run_style.js").Theme, show: string[], locked: boolean}} Scene
 */
/**
 * @typedef {{onStart: (start: number[], done: boolean) => void, onPeek: (walk: number, step: number | null) => void,
 *   onZoom: (box: number[][] | null) => void}} Listeners
 */

const LEFT = 46;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 28;
const FONT = "12px system-ui, sans-serif";
const FAR = 1e9;
const EDGE = 20;
const FINE = 2;
const COARSE = 8;
const NEAR = 12;
const SAME = 0.5;
const STRETCH = 2.6;

export class Plane {
  /** @param {Listeners} listeners */
  constructor(listeners) {
    this.listeners = listeners;
    this.canvas = h("canvas", { class: "steepest-canvas", role: "img" });
    this.handle = h("button", {
      type: "button",
      class: "steepest-handle",
      role: "slider",
      "aria-label": "start: drag it, or press the arrow keys",
    });
    this.readout = h("div", { class: "steepest-readout", hidden: true });
    this.zooming = h(
      "div",
      { class: "steepest-zoom" },
      iconButton("plus", "zoom in", () => this.zoomBy(1 / 1.5)),
      iconButton("minus", "zoom out", () => this.zoomBy(1.5)),
      iconButton("fit", "fit the view to the runs", () => {
        this.fit();
        this.listeners.onZoom(null);
      }),
    );
    this.element = h("div", { class: "steepest-plane" }, this.canvas, this.handle, this.readout, this.zooming);
    this.pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.ground = document.createElement("canvas");
    this.axes = new Board();
    this.width = this.height = 0;
    /** @type {number[][]} */
    this.box = [
      [-1, 1],
      [-1, 1],
    ];
    /** @type {Scene | null} */
    this.scene = null;
    this.groundKey = "";
    this.refining = 0;
    /** @type {Map<number, {x: number, y: number}>} */
    this.fingers = new Map();
    this.listen();
  }

  /** @param {Scene} scene */
  show(scene) {
    const fresh = !this.scene || this.scene.objective !== scene.objective;
    this.scene = scene;
    if (fresh) this.fit();
    this.draw();
  }

  /**
   * Look at this part, or at what fits if there is none.
   * @param {number[][] | null} zoom
   */
  zoomTo(zoom) {
    if (zoom && zoom.length === 2) this.box = zoom.map((interval) => [...interval]);
    else this.fit();
    this.draw();
  }

  // The part that is shown

  /** The known view, grown where the runs need it; without one, what fits the runs. */
  fit() {
    const scene = this.scene;
    if (!scene) return;
    const { objective, walks, start, grid } = scene;
    const count = objective.names.length;
    const box = boxAround(
      walks.map(({ run }) => run),
      start,
      objective.known ?? null,
      ([x, y]) => grid?.evaluate(x, y ?? null) ?? new Float64Array(),
    );
    this.box = count === 1 ? [box[0], this.heights(box[0])] : count === 2 ? this.squared(box) : box;
  }

  /**
   * The box, widened in one direction if then both axes can share one scale.
   * @param {number[][]} box
   */
  squared(box) {
    const [[left, right], [low, high]] = box;
    const aim = this.plotWidth / this.plotHeight;
    const ratio = (right - left) / (high - low);
    if (!(ratio / aim <= STRETCH && aim / ratio <= STRETCH)) return box;
    const width = Math.max(right - left, (high - low) * aim);
    const height = Math.max(high - low, (right - left) / aim);
    return [
      [(left + right - width) / 2, (left + right + width) / 2],
      [(low + high - height) / 2, (low + high + height) / 2],
    ];
  }

  /**
   * The values to show of a curve: all of it if it stays near what the runs visited, never a pole's or a steep branch's
   * whole height.
   * @param {number[]} interval
   */
  heights(interval) {
    const scene = /** @type {Scene} */ (this.scene);
    const values = this.curve(interval, 800).values.filter(Number.isFinite).sort();
    if (!values.length) return [-1, 1];
    let [low, usual, high] = [0.02, 0.75, 0.9].map((share) => values[Math.floor(share * (values.length - 1))]);
    let least = Infinity;
    let most = -Infinity;
    for (const { run } of scene.walks) {
      for (let k = 0; k <= run.steps; k++) {
        const x = run.positions[k];
        const value = run.values[k];
        if (x >= interval[0] && x <= interval[1] && Number.isFinite(value))
          [least, most] = [Math.min(least, value), Math.max(most, value)];
      }
    }
    if (most >= least) {
      low = Math.min(least, low);
      high = Math.max(most, Math.min(high, Math.max(usual, 2 * most - least)));
    }
    const room = 0.6 * (high - low);
    [low, high] = [
      Math.max(low - room, Math.min(values[0], low)),
      Math.min(high + room, Math.max(values[values.length - 1], high)),
    ];
    if (!(high > low)) [low, high] = [low - Math.max(1, Math.abs(low)) / 2, high + Math.max(1, Math.abs(high)) / 2];
    const margin = 0.07 * (high - low);
    return [low - margin, high + margin];
  }

  /**
   * @param {number[]} interval
   * @param {number} count
   */
  curve([low, high], count) {
    const x = Float64Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
    const grid = this.scene?.grid;
    return { x, values: grid ? grid.evaluate(x, null) : new Float64Array(count) };
  }

  // Where things are

  get plotWidth() {
    return Math.max(1, this.width - LEFT - RIGHT);
  }
  get plotHeight() {
    return Math.max(1, this.height - TOP - BOTTOM);
  }

  /** @param {number} x */
  toX(x) {
    const [low, high] = this.box[0];
    return Math.max(-FAR, Math.min(FAR, LEFT + ((x - low) / (high - low)) * this.plotWidth));
  }

  /** @param {number} y */
  toY(y) {
    const [low, high] = this.box[1];
    return Math.max(-FAR, Math.min(FAR, TOP + (1 - (y - low) / (high - low)) * this.plotHeight));
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  fromPixels(x, y) {
    const [[left, right], [low, high]] = this.box;
    return [
      left + ((x - LEFT) / this.plotWidth) * (right - left),
      low + (1 - (y - TOP) / this.plotHeight) * (high - low),
    ];
  }

  /**
   * Where a step of a run is; between steps, on the way.
   * @param {Run} run
   * @param {number} time
   */
  place(run, time) {
    const k = Math.min(Math.floor(time), run.steps);
    const part = k < run.steps ? time - k : 0;
    const { count, positions, values } = run;
    const x = positions[k * count] + (part ? part * (positions[(k + 1) * count] - positions[k * count]) : 0);
    if (count > 1)
      return [
        this.toX(x),
        this.toY(
          positions[k * count + 1] + (part ? part * (positions[(k + 1) * count + 1] - positions[k * count + 1]) : 0),
        ),
      ];
    return [this.toX(x), this.toY(part ? this.valueAt(x) : values[k])];
  }

  /** @param {number} x */
  valueAt(x) {
    return this.scene?.grid ? this.scene.grid.evaluate(Float64Array.of(x), null)[0] : NaN;
  }

  // Drawing

  /** Take the size of the element; whether it changed. */
  resize() {
    const { clientWidth, clientHeight } = this.element;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    if (
      !clientWidth ||
      (clientWidth === this.width &&
        clientHeight === this.height &&
        this.canvas.width === Math.round(clientWidth * ratio))
    )
      return;
    const first = !this.width;
    const aspect = this.plotWidth / this.plotHeight;
    this.width = clientWidth;
    this.height = clientHeight;
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    if (this.scene && this.scene.objective.names.length === 2) {
      if (first) this.fit();
      else {
        const [[left, right], vertical] = this.box;
        const grown = (right - left) * (this.plotWidth / this.plotHeight / aspect);
        const middle = (left + right) / 2;
        this.box = [[middle - grown / 2, middle + grown / 2], vertical];
      }
    }
    this.draw();
  }

  draw() {
    if (!this.scene || !this.width || this.element.hidden) return;
    const ratio = this.canvas.width / this.width;
    const { pen } = this;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.paintOn(pen, ratio);
    this.placeHandle();
    const { objective, walks } = this.scene;
    const shown = objective.names.length === 1 ? "the curve" : "the contours";
    const text = `${shown} of the function with the paths of ${walks.map(({ label }) => label).join(", ")}`;
    if (this.canvas.getAttribute("aria-label") !== text) this.canvas.setAttribute("aria-label", text);
  }

  /**
   * @param {any} pen a canvas's context, or one that writes SVG
   * @param {number} ratio
   */
  paintOn(pen, ratio) {
    const scene = /** @type {Scene} */ (this.scene);
    const { theme } = scene;
    const count = scene.objective.names.length;
    pen.clearRect(0, 0, this.width, this.height);
    if (count > 2) return this.tellNothing(pen);
    pen.save();
    pen.beginPath();
    pen.rect(LEFT, TOP, this.plotWidth, this.plotHeight);
    pen.clip();
    if (count === 2) this.paintGround(pen, ratio);
    else this.paintCurve(pen);
    this.paintMarks(pen);
    for (const walk of scene.walks) this.paintAhead(pen, walk);
    for (const walk of scene.walks) this.paintPath(pen, walk);
    if (count === 1) this.paintTangents(pen);
    for (const walk of scene.walks) this.paintQuantities(pen, walk);
    for (const walk of scene.walks) this.paintHead(pen, walk);
    pen.restore();
    this.axes.show(pen, this.width, [this.box, scene.objective.names, theme.ink], (board) =>
      this.paintAxes(board, theme),
    );
    return undefined;
  }

  /**
   * The picture as a PNG, twice as fine, on paper.
   * @returns {Promise<Blob>}
   */
  image() {
    const sheet = document.createElement("canvas");
    const pen = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"));
    [sheet.width, sheet.height] = [2 * this.width, 2 * this.height];
    pen.scale(2, 2);
    this.paintOn(pen, 2);
    pen.globalCompositeOperation = "destination-over";
    pen.fillStyle = /** @type {Scene} */ (this.scene).theme.paper;
    pen.fillRect(0, 0, this.width, this.height);
    return new Promise((done) => sheet.toBlob((blob) => done(/** @type {Blob} */ (blob))));
  }

  /** @param {any} pen */
  tellNothing(pen) {
    const scene = /** @type {Scene} */ (this.scene);
    pen.fillStyle = scene.theme.quiet;
    pen.font = "14px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.fillText(
      `A function of ${scene.objective.names.length} parameters has no picture of its own:`,
      this.width / 2,
      this.height / 2 - 10,
    );
    pen.fillText("its values are in the chart.", this.width / 2, this.height / 2 + 12);
    pen.textAlign = "left";
  }

  /**
   * The contours, kept until the view, the function or the theme changes; coarse while the view moves.
   * @param {any} pen
   * @param {number} ratio
   */
  paintGround(pen, ratio) {
    const scene = /** @type {Scene} */ (this.scene);
    const cell = this.moving ? COARSE : FINE;
    const key = [this.box, this.plotWidth, this.plotHeight, ratio, cell, scene.theme.paper].join();
    if (key !== this.groundKey || this.groundOf !== scene.objective) {
      this.groundKey = key;
      this.groundOf = scene.objective;
      this.makeGround(cell, this.moving ? Math.min(ratio, 1) : ratio);
    }
    pen.imageSmoothingEnabled = true;
    pen.drawImage(this.ground, LEFT, TOP, this.plotWidth, this.plotHeight);
  }

  /**
   * @param {number} cell
   * @param {number} ratio
   */
  makeGround(cell, ratio) {
    const scene = /** @type {Scene} */ (this.scene);
    const [[left, right], [low, high]] = this.box;
    const columns = Math.max(2, Math.round(this.plotWidth / cell) + 1);
    const rows = Math.max(2, Math.round(this.plotHeight / cell) + 1);
    const x = Float64Array.from({ length: columns }, (_, k) => left + ((right - left) * k) / (columns - 1));
    const y = Float64Array.from({ length: rows }, (_, k) => low + ((high - low) * k) / (rows - 1));
    this.gridValues = /** @type {import("../model/tape.js").Grid} */ (scene.grid).evaluate(x, y, this.gridValues);
    const inside = scene.objective.minima.filter(
      ({ position: [a, b] }) => a >= left && a <= right && b >= low && b <= high,
    );
    this.limits = levels(this.gridValues, Math.min(Infinity, ...inside.map(({ value }) => value)));
    this.ground.width = Math.round(this.plotWidth * ratio);
    this.ground.height = Math.round(this.plotHeight * ratio);
    const context = /** @type {CanvasRenderingContext2D} */ (this.ground.getContext("2d"));
    const image = context.createImageData(this.ground.width, this.ground.height);
    paint(image, this.gridValues, columns, rows, this.limits.levels, scene.theme, ratio);
    context.putImageData(image, 0, 0);
  }

  /** @param {any} pen */
  paintCurve(pen) {
    const { theme } = /** @type {Scene} */ (this.scene);
    const { x, values } = this.curve(this.box[0], Math.max(200, Math.round(this.plotWidth)));
    const zero = this.toY(0);
    pen.strokeStyle = theme.faint;
    pen.lineWidth = 1;
    this.line(pen, [
      [LEFT, zero],
      [LEFT + this.plotWidth, zero],
    ]);
    pen.strokeStyle = theme.curve;
    pen.lineWidth = 2.4;
    pen.lineJoin = "round";
    pen.beginPath();
    const large = 0.3 * (this.box[1][1] - this.box[1][0]);
    for (let k = 0; k < x.length; k++) {
      const [before, value] = [values[k - 1], values[k]];
      const middle = Math.abs(value - before) > large ? this.valueAt((x[k - 1] + x[k]) / 2) : value;
      // The value at least doubles halfway to a simple pole.
      const pole = !(Math.abs(middle) < 1.9 * Math.abs(middle * value > 0 ? value : before)) && middle !== value;
      if (!k || pole || before - before !== 0) pen.moveTo(this.toX(x[k]), this.toY(value));
      else if (value - value === 0) pen.lineTo(this.toX(x[k]), this.toY(value));
    }
    pen.stroke();
  }

  /**
   * Known minima as stars, saddles as crosses.
   * @param {any} pen
   */
  paintMarks(pen) {
    const { objective, theme } = /** @type {Scene} */ (this.scene);
    const flat = objective.names.length === 1;
    for (const { position, value } of objective.saddles) {
      const x = this.toX(position[0]);
      const y = this.toY(flat ? value : position[1]);
      for (const [color, width] of /** @type {[string, number][]} */ ([
        [theme.paper, 4],
        [theme.saddle, 1.8],
      ])) {
        pen.strokeStyle = color;
        pen.lineWidth = width;
        outline(pen, "x", x, y, 4.5);
        pen.stroke();
      }
    }
    for (const { position, value } of objective.minima) {
      outline(pen, "*", this.toX(position[0]), this.toY(flat ? value : position[1]), 8);
      pen.fillStyle = theme.minimum;
      pen.fill();
      pen.strokeStyle = "#1f2933";
      pen.lineWidth = 1.1;
      pen.stroke();
    }
  }

  /**
   * What is still to come, faint.
   * @param {any} pen
   * @param {Walk} walk
   */
  paintAhead(pen, walk) {
    const { run, look } = walk;
    const { time } = /** @type {Scene} */ (this.scene);
    if (time >= run.steps) return;
    pen.globalAlpha = 0.32;
    pen.strokeStyle = look.color;
    pen.lineWidth = 1.3;
    this.trace(pen, run, Math.floor(time), run.steps);
    pen.globalAlpha = 1;
  }

  /**
   * What is behind: a line with its halo and a dot for each step, where they do not crowd.
   * @param {any} pen
   * @param {Walk} walk
   */
  paintPath(pen, walk) {
    const { run, look } = walk;
    const { time, theme } = /** @type {Scene} */ (this.scene);
    const until = Math.min(time, run.steps);
    const flat = run.count === 1; // on a curve the halo would hide it
    pen.lineJoin = pen.lineCap = "round";
    if (until > 0) {
      pen.strokeStyle = theme.paper;
      pen.globalAlpha = flat ? 0 : 0.75;
      pen.lineWidth = 4.4;
      if (!flat) this.trace(pen, run, 0, until);
      pen.globalAlpha = 1;
      pen.strokeStyle = look.color;
      pen.lineWidth = flat ? 1.3 : 2;
      pen.lineCap = "butt";
      pen.setLineDash(look.dash.map((part) => part * 2));
      this.trace(pen, run, 0, until);
      pen.setLineDash([]);
    }
    this.paintDots(pen, run, look, until);
  }

  /**
   * The part of a line that is in the picture or close beside it.
   * @param {number} ax
   * @param {number} ay
   * @param {number} bx
   * @param {number} by
   */
  clipped(ax, ay, bx, by) {
    if (this.near(ax, ay) && this.near(bx, by)) return [ax, ay, bx, by];
    const part = clip(
      ax,
      ay,
      bx,
      by,
      [LEFT - EDGE, LEFT + this.plotWidth + EDGE],
      [TOP - EDGE, TOP + this.plotHeight + EDGE],
    );
    const dx = bx - ax;
    const dy = by - ay;
    return (
      part && [
        ax + part[0] * dx,
        ay + part[0] * dy,
        part[1] < 1 ? ax + part[1] * dx : bx,
        part[1] < 1 ? ay + part[1] * dy : by,
      ]
    );
  }

  /**
   * Whether a place is in the picture or close beside it.
   * @param {number} x
   * @param {number} y
   */
  near(x, y) {
    return (
      x >= LEFT - EDGE && x <= LEFT + this.plotWidth + EDGE && y >= TOP - EDGE && y <= TOP + this.plotHeight + EDGE
    );
  }

  /**
   * @param {any} pen
   * @param {Run} run
   * @param {import("./run_style.js").Brush} look
   * @param {number} until
   */
  paintDots(pen, run, look, until) {
    const { theme } = /** @type {Scene} */ (this.scene);
    let [lastX, lastY] = [Infinity, Infinity];
    pen.fillStyle = look.color;
    pen.strokeStyle = theme.paper;
    pen.lineWidth = 1;
    for (let k = 0; k <= until; k++) {
      const [x, y] = this.place(run, k);
      if (Math.hypot(x - lastX, y - lastY) < 7 || !this.near(x, y)) continue;
      [lastX, lastY] = [x, y];
      outline(pen, look.marker, x, y, run.count === 1 ? 4 : 3);
      pen.fill();
    }
  }

  /**
   * The path, as far as it is in the picture and without points that stand where the one before them does.
   * @param {any} pen
   * @param {Run} run
   * @param {number} from
   * @param {number} until
   */
  trace(pen, run, from, until) {
    let [ax, ay] = this.place(run, from);
    let lifted = true;
    pen.beginPath();
    for (let k = from; k < until; ) {
      k = Math.min(k + 1, until);
      const [bx, by] = this.place(run, k);
      if (Math.abs(bx - ax) + Math.abs(by - ay) < SAME && k < until) continue;
      const part = this.clipped(ax, ay, bx, by);
      if (part) {
        if (lifted) pen.moveTo(part[0], part[1]);
        pen.lineTo(part[2], part[3]);
      }
      lifted = !part || part[2] !== bx || part[3] !== by;
      [ax, ay] = [bx, by];
    }
    pen.stroke();
  }

  /**
   * The tangent at the chosen run's present step, and the step it leads to.
   * @param {any} pen
   */
  paintTangents(pen) {
    const { walks, chosen, time } = /** @type {Scene} */ (this.scene);
    const walk = walks[chosen];
    if (!walk) return;
    const { run, look } = walk;
    const k = Math.min(Math.floor(time), run.steps);
    const x = run.positions[k];
    const slope = run.gradients[k];
    const value = run.values[k];
    const reach = 0.17 * (this.box[0][1] - this.box[0][0]);
    pen.strokeStyle = look.color;
    pen.lineWidth = 1.4;
    this.line(pen, [
      [this.toX(x - reach), this.toY(value - slope * reach)],
      [this.toX(x + reach), this.toY(value + slope * reach)],
    ]);
    if (k >= run.steps) return;
    const [nextX, nextY] = this.place(run, k + 1);
    const y = this.toY(value);
    pen.setLineDash([3, 3]);
    pen.lineWidth = 1.2;
    this.line(pen, [
      [this.toX(x), y],
      [nextX, y],
      [nextX, nextY],
    ]);
    pen.setLineDash([]);
  }

  /**
   * Arrows and squares for what the equations hold at this step, each relative to its largest of the run.
   * @param {any} pen
   * @param {Walk} walk
   */
  paintQuantities(pen, walk) {
    const { show, time, theme, objective, walks, chosen } = /** @type {Scene} */ (this.scene);
    const { run, look } = walk;
    const count = objective.names.length;
    const k = Math.min(Math.floor(time), run.steps);
    const [x, y] = this.place(run, time);
    if (show.includes("moments") && k > 0) {
      for (const quantity of run.quantities) {
        if (!walk.squares.has(quantity.name) || quantity.width !== count) continue;
        const now = quantityAt(run, quantity, k);
        const most = largestOf(run, quantity);
        const [a, b] = [0, count - 1].map((i) => 34 * Math.sqrt(Math.abs(now[i]) / most));
        pen.strokeStyle = look.color;
        pen.fillStyle = look.color;
        pen.globalAlpha = 0.16;
        pen.beginPath();
        pen.rect(x - a, y - (count > 1 ? b : 5), 2 * a, count > 1 ? 2 * b : 10);
        pen.fill();
        pen.globalAlpha = 1;
        pen.lineWidth = 1.2;
        pen.stroke();
      }
    }
    if (show.includes("momentum") && k > 0) {
      for (const quantity of run.quantities) {
        if (!walk.arrows.has(quantity.name) || quantity.width !== count) continue;
        this.arrow(
          pen,
          x,
          y,
          quantityAt(run, quantity, k),
          largestOf(run, quantity),
          look.color,
          theme.paper,
          pretty(quantity.name),
        );
      }
    }
    if (show.includes("gradient") && walk === walks[chosen]) {
      this.arrow(
        pen,
        x,
        y,
        run.gradients.subarray(k * count, (k + 1) * count),
        largest(run.gradients, (run.steps + 1) * count),
        theme.ink,
        theme.paper,
        "∇f",
      );
    }
  }

  /**
   * An arrow in a vector's direction on the page; its length grows with the square root.
   * @param {any} pen
   * @param {number} x
   * @param {number} y
   * @param {ArrayLike<number>} vector
   * @param {number} most
   * @param {string} color
   * @param {string} paper
   * @param {string} label
   */
  arrow(pen, x, y, vector, most, color, paper, label) {
    const [[left, right], [low, high]] = this.box;
    let dx = (vector[0] / (right - left)) * this.plotWidth;
    let dy = vector.length > 1 ? (-vector[1] / (high - low)) * this.plotHeight : 0;
    const size = Math.hypot(dx, dy);
    const strength = Math.hypot(...Array.from(vector)) / most;
    if (!(size > 0)) return;
    const length = 16 + 74 * Math.sqrt(Math.min(1, strength));
    [dx, dy] = [dx / size, dy / size];
    const [endX, endY] = [x + dx * length, y + dy * length];
    for (const [stroke, width] of /** @type {[string, number][]} */ ([
      [paper, 5],
      [color, 2.2],
    ])) {
      pen.strokeStyle = stroke;
      pen.lineWidth = width;
      this.line(pen, [
        [x, y],
        [endX, endY],
      ]);
      this.line(pen, [
        [endX - 8 * dx - 5 * dy, endY - 8 * dy + 5 * dx],
        [endX, endY],
        [endX - 8 * dx + 5 * dy, endY - 8 * dy - 5 * dx],
      ]);
    }
    this.words(pen, label, endX + dx * 12 - 6, endY + dy * 12 + 4, color, paper);
  }

  /**
   * @param {any} pen
   * @param {Walk} walk
   */
  paintHead(pen, walk) {
    const { time, theme } = /** @type {Scene} */ (this.scene);
    const [x, y] = this.place(walk.run, Math.min(time, walk.run.steps));
    outline(pen, walk.look.marker, x, y, 7);
    pen.fillStyle = walk.look.color;
    pen.strokeStyle = theme.paper;
    pen.lineWidth = 4;
    pen.stroke();
    pen.fill();
  }

  /**
   * @param {any} pen
   * @param {import("./run_style.js").Theme} theme
   */
  paintAxes(pen, theme) {
    const { objective } = /** @type {Scene} */ (this.scene);
    const names = objective.names;
    const [[left, right], [low, high]] = this.box;
    pen.fillStyle = theme.quiet;
    pen.font = FONT;
    pen.strokeStyle = theme.faint;
    pen.lineWidth = 1;
    pen.strokeRect(LEFT - 0.5, TOP - 0.5, this.plotWidth + 1, this.plotHeight + 1);
    const baseline = TOP + this.plotHeight + 17;
    const axis = pretty(names[0]);
    const other = names.length > 1 ? pretty(names[1]) : "f";
    pen.textAlign = "center";
    const across = ticks(left, right, this.plotWidth / 90);
    const upward = ticks(low, high, this.plotHeight / 60);
    for (const tick of across) {
      const x = this.toX(tick);
      this.line(pen, [
        [x, TOP + this.plotHeight],
        [x, TOP + this.plotHeight + 4],
      ]);
      if (x > LEFT + 14 && x < LEFT + this.plotWidth - 26) pen.fillText(tickText(tick, across), x, baseline);
    }
    pen.textAlign = "right";
    for (const tick of upward) {
      const y = this.toY(tick);
      this.line(pen, [
        [LEFT - 4, y],
        [LEFT, y],
      ]);
      if (y > TOP + 18 && y < TOP + this.plotHeight - 2)
        pen.fillText(tickText(tick, upward), LEFT - 7, y + 4, LEFT - 8);
    }
    pen.fillStyle = theme.ink;
    pen.font = "italic 600 14px system-ui, sans-serif";
    pen.fillText(axis, LEFT + this.plotWidth, baseline);
    pen.fillText(other, LEFT - 8, TOP + 10);
    pen.textAlign = "left";
    const shape = ((right - left) * this.plotHeight) / ((high - low) * this.plotWidth);
    if (names.length > 1 && Math.abs(shape - 1) > 0.02)
      this.words(
        pen,
        `${axis} and ${other} have scales of their own`,
        LEFT + 8,
        TOP + this.plotHeight - 9,
        theme.ink,
        theme.paper,
      );
  }

  /**
   * @param {any} pen
   * @param {number[][]} points
   */
  line(pen, points) {
    pen.beginPath();
    pen.moveTo(points[0][0], points[0][1]);
    for (const [x, y] of points.slice(1)) pen.lineTo(x, y);
    pen.stroke();
  }

  /**
   * Words with paper around them.
   * @param {any} pen
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {string} color
   * @param {string} paper
   */
  words(pen, text, x, y, color, paper) {
    pen.font = "600 13px system-ui, sans-serif";
    pen.strokeStyle = paper;
    pen.lineWidth = 4;
    pen.strokeText(text, x, y);
    pen.fillStyle = color;
    pen.fillText(text, x, y);
  }

  // Hands

  placeHandle() {
    const { objective, start, grid, locked } = /** @type {Scene} */ (this.scene);
    const flat = objective.names.length === 1;
    const shown = objective.names.length <= 2 && grid !== null;
    const x = this.toX(start[0]);
    const y = this.toY(flat ? this.valueAt(start[0]) : start[1]);
    const inside = x >= LEFT - 1 && x <= LEFT + this.plotWidth + 1 && y >= TOP - 1 && y <= TOP + this.plotHeight + 1;
    this.zooming.hidden = !shown;
    this.handle.hidden = !shown || !inside || locked;
    this.handle.style.transform = `translate(${x}px, ${y}px)`;
    const text = pointText(objective.names, start);
    if (this.handle.getAttribute("aria-valuetext") === text) return;
    this.handle.setAttribute("aria-valuetext", text);
    this.handle.setAttribute("aria-valuenow", String(start[0]));
    this.handle.setAttribute("aria-valuemin", String(Math.min(start[0], this.box[0][0])));
    this.handle.setAttribute("aria-valuemax", String(Math.max(start[0], this.box[0][1])));
  }

  listen() {
    const { handle, canvas } = this;
    /** @type {{x: number, y: number} | null} */
    let grip = null;
    handle.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      handle.setPointerCapture(event.pointerId);
      const start = this.local(event);
      const scene = /** @type {Scene} */ (this.scene);
      const y = scene.start.length > 1 ? this.toY(scene.start[1]) : start.y;
      grip = { x: this.toX(scene.start[0]) - start.x, y: y - start.y };
      this.element.classList.add("steepest-dragging");
    });
    handle.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      if (!grip) return;
      const { x, y } = this.local(event);
      this.moveStart(x + grip.x, y + grip.y, false);
    });
    for (const name of ["pointerup", "pointercancel"]) {
      handle.addEventListener(name, () => {
        if (grip) this.listeners.onStart([.../** @type {Scene} */ (this.scene).start], true);
        grip = null;
        this.element.classList.remove("steepest-dragging");
      });
    }
    handle.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.nudge(event));
    this.listenToCanvas(canvas);
  }

  /** @param {HTMLCanvasElement} canvas */
  listenToCanvas(canvas) {
    let moved = false;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      this.fingers.set(event.pointerId, this.local(event));
      canvas.setPointerCapture(event.pointerId);
      moved = this.fingers.size > 1;
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = this.fingers.get(event.pointerId);
      const now = this.local(event);
      if (!before) return this.peek(now);
      if (!moved && Math.hypot(now.x - before.x, now.y - before.y) < 5) return undefined;
      moved = true;
      const others = [...this.fingers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
      this.fingers.set(event.pointerId, now);
      if (others.length) this.pinch(others[0], before, now);
      else if (event.pointerType === "mouse") this.pan(now.x - before.x, now.y - before.y);
      return undefined;
    });
    canvas.addEventListener("pointerup", (event) => {
      const place = this.fingers.get(event.pointerId);
      this.fingers.delete(event.pointerId);
      if (place && !moved && !this.scene?.locked) this.moveStart(place.x, place.y, true);
      this.settle();
    });
    canvas.addEventListener("pointercancel", (event) => {
      this.fingers.delete(event.pointerId);
      this.settle();
    });
    canvas.addEventListener("pointerleave", () => this.peek(null));
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey && !this.element.contains(document.activeElement)) return;
        event.preventDefault();
        const { x, y } = this.local(event);
        this.zoomAround(x, y, Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300))));
      },
      { passive: false },
    );
  }

  /** @param {MouseEvent} event */
  local(event) {
    const { left, top } = this.element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {boolean} done
   */
  moveStart(x, y, done) {
    const scene = /** @type {Scene} */ (this.scene);
    if (scene.objective.names.length > 2) return;
    const clampedX = Math.max(LEFT, Math.min(LEFT + this.plotWidth, x));
    const clampedY = Math.max(TOP, Math.min(TOP + this.plotHeight, y));
    const place = this.fromPixels(clampedX, clampedY).map((value, index) => this.rounded(value, index));
    this.listeners.onStart(place.slice(0, scene.objective.names.length), done);
  }

  /**
   * A coordinate with no more digits than a pixel can tell.
   * @param {number} value
   * @param {number} axis
   */
  rounded(value, axis) {
    const [low, high] = this.box[axis];
    const pixel = (high - low) / (axis ? this.plotHeight : this.plotWidth);
    const unit = 10 ** Math.floor(Math.log10(pixel));
    return Number((Math.round(value / unit) * unit).toPrecision(12));
  }

  /** @param {KeyboardEvent} event */
  nudge(event) {
    const directions = /** @type {Record<string, number[]>} */ ({
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, 1],
      ArrowDown: [0, -1],
    });
    const direction = directions[event.key];
    const scene = /** @type {Scene} */ (this.scene);
    if (!direction || scene.locked) return;
    event.preventDefault();
    event.stopPropagation();
    const flat = scene.start.length === 1;
    const share = event.shiftKey ? 0.1 : 0.01;
    const start = scene.start.map((value, i) => {
      const way = flat ? direction[0] + direction[1] : direction[i];
      return way ? this.rounded(value + way * share * (this.box[i][1] - this.box[i][0]), i) : value;
    });
    scene.start = start; // the next key may come before the next frame
    this.listeners.onStart(start, true);
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    const [[left, right], [low, high]] = this.box;
    const x = (-dx / this.plotWidth) * (right - left);
    const y = (dy / this.plotHeight) * (high - low);
    this.look([
      [left + x, right + x],
      [low + y, high + y],
    ]);
  }

  /**
   * @param {{x: number, y: number}} still
   * @param {{x: number, y: number}} before
   * @param {{x: number, y: number}} now
   */
  pinch(still, before, now) {
    const factor =
      Math.hypot(before.x - still.x, before.y - still.y) / Math.max(1, Math.hypot(now.x - still.x, now.y - still.y));
    this.zoomAround((now.x + still.x) / 2, (now.y + still.y) / 2, factor);
  }

  /** @param {number} factor */
  zoomBy(factor) {
    this.zoomAround(LEFT + this.plotWidth / 2, TOP + this.plotHeight / 2, factor);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} factor
   */
  zoomAround(x, y, factor) {
    const center = this.fromPixels(x, y);
    this.look(
      this.box.map(([low, high], i) => [
        center[i] + (low - center[i]) * factor,
        center[i] + (high - center[i]) * factor,
      ]),
    );
  }

  /** @param {number[][]} box */
  look(box) {
    if (box.some(([low, high]) => !(high - low > 1e-12 * Math.max(Math.abs(low), Math.abs(high))) || high - low > 1e12))
      return;
    this.box = box;
    this.moving = true;
    this.draw();
    window.clearTimeout(this.refining);
    this.refining = window.setTimeout(() => this.settle(), 140);
  }

  settle() {
    if (!this.moving) return;
    this.moving = false;
    window.clearTimeout(this.refining);
    this.draw();
    this.listeners.onZoom(this.box.map((interval) => [...interval]));
  }

  /**
   * Show the numbers of the step under the pointer, here and everywhere.
   * @param {{x: number, y: number} | null} place
   */
  peek(place) {
    const scene = this.scene;
    if (!scene) return;
    let found = { walk: -1, step: 0, distance: NEAR };
    if (place && scene.objective.names.length <= 2) {
      scene.walks.forEach(({ run }, walk) => {
        for (let step = 0; step <= run.steps; step++) {
          const [x, y] = this.place(run, step);
          const distance = Math.hypot(x - place.x, y - place.y);
          if (distance < found.distance) found = { walk, step, distance };
        }
      });
    }
    this.readout.hidden = found.walk < 0;
    if (found.walk < 0) return this.listeners.onPeek(-1, null);
    const { run, label } = scene.walks[found.walk];
    const [x, y] = this.place(run, found.step);
    this.readout.textContent = "";
    this.readout.append(
      h("b", null, `${label}, step ${found.step}`),
      h("span", null, placeText(scene.objective.names, run, found.step)),
      h("span", null, valueText(run, found.step)),
    );
    const { offsetWidth, offsetHeight } = this.readout;
    const left = Math.max(4, Math.min(this.width - offsetWidth - 4, x + 14));
    const top = y - offsetHeight - 12 > 4 ? y - offsetHeight - 12 : y + 16;
    this.readout.style.transform = `translate(${left}px, ${top}px)`;
    return this.listeners.onPeek(found.walk, found.step);
  }
}

/**
 * @param {Float64Array} rows
 * @param {number} count
 */
function largest(rows, count) {
  let most = 0;
  for (let i = 0; i < count; i++) if (Number.isFinite(rows[i])) most = Math.max(most, Math.abs(rows[i]));
  return most || 1;
}

/**
 * The largest size of a quantity's parts in a run.
 * @param {Run} run
 * @param {import("../model/program.js").Quantity} quantity
 */
function largestOf(run, quantity) {
  let most = 0;
  for (let k = 1; k <= run.steps; k++)
    for (const value of quantityAt(run, quantity, k)) most = Math.max(most, Math.abs(value) || 0);
  return most || 1;
}
