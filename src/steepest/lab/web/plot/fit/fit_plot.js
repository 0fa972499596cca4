// @ts-check
/**
 * The fit beside the cost: the rows of the table, and what the model of every optimizer says of them at the present step.
 */
import { grouped } from "../../model/language/errors.js";
import { h, magnification } from "../../ui/dom.js";
import { drawLine, drawTicks, NAME_FONT } from "../axes.js";
import { Layers } from "../canvas/layers.js";
import { widthOf } from "../canvas/text_width.js";
import { PlotArea } from "../plot_area.js";
import { Density } from "./density.js";
import { coefficientText, drawCaption, drawNames } from "./fit_text.js";
import { limitsOf, MOST_POINTS, pointsOf, positionAt, suits } from "./fit_view.js";
import { drawResiduals, Plateau, strokeBest, strokeModel, traceCurve } from "./model_layer.js";
import { RowHandle } from "./row_handle.js";
import { dotSize, drawRows, markRows } from "./rows_layer.js";

/** @typedef {import("./drawn_fit.js").DrawnFit} DrawnFit */
/** @typedef {import("./fit_view.js").Points} Points */
/** @typedef {import("../run_style.js").Theme} Theme */
/** @typedef {import("../../model/store.js").SceneRun} SceneRun */
/**
 * @typedef {{fit: DrawnFit, names: string[], sceneRuns: SceneRun[], chosen: number, time: number, version: number,
 *   theme: Theme,
 *   locked: boolean}} FitScene
 */
/**
 * Numbers are in the table's own units.
 * @typedef {object} Listeners
 * @property {(row: number, values: Record<string, number | string>, done: boolean) => void} onMove
 * @property {(values: Record<string, number | string>) => void} onAdd
 * @property {(row: number) => void} onRemove
 */

const MARGINS = { left: 46, right: 12, top: 24, bottom: 28 };
const DOT = 6; // pixels beyond the frame in which dots are still drawn
const LAYERS = 3;
const [SHADES, ROWS, FRONT] = [0, 1, 2];

export class FitPlot {
  /** @param {Listeners} listeners */
  constructor(listeners) {
    this.listeners = listeners;
    this.area = new PlotArea(MARGINS);
    this.layers = new Layers(LAYERS);
    this.canvas = this.layers.front;
    this.canvas.setAttribute("role", "img");
    this.rowHandle = new RowHandle(this);
    this.element = h(
      "div",
      { class: "steepest-fit", hidden: true },
      ...this.layers.canvases,
      ...this.rowHandle.elements,
    );
    this.density = new Density();
    this.cloud = new Density();
    this.plateau = new Plateau();
    /** @type {FitScene | null} */
    this.scene = null;
    /** @type {Points} */
    this.points = { kind: "curve", labels: ["", ""], x: new Float64Array(), y: new Float64Array(), high: null };
    /** What the lower layers show. */
    this.drawn = "";
    this.version = -1;
    /** What the limits were chosen for. */
    this.fitted = "";
    /** @type {[number, number]} */
    this.room = [0, 0];
  }

  /** @param {FitScene | null} scene null without a fit */
  show(scene) {
    const before = this.scene;
    this.scene = scene;
    this.element.hidden = !scene;
    if (!scene) return;
    const fresh = before?.fit !== scene.fit;
    if (fresh) {
      this.points = pointsOf(scene.fit);
      this.drawn = "";
    }
    if (fresh || (this.points.kind === "agreement" && this.version !== scene.version)) this.fitView(!before);
    this.version = scene.version;
    this.resize();
    this.draw();
  }

  /** Whether rows can be taken hold of. */
  get canMove() {
    const { scene, points } = this;
    return Boolean(scene) && !scene?.locked && points.kind !== "agreement" && points.x.length <= MOST_POINTS;
  }

  /**
   * Show the rows, if the limits do not suit them; while one is dragged the limits only grow.
   * @param {boolean} first
   */
  fitView(first) {
    const { area, points, rowHandle } = this;
    const { fit, sceneRuns } = /** @type {FitScene} */ (this.scene);
    const fresh = limitsOf(
      points,
      fit,
      sceneRuns.map(({ run }) => run),
    );
    const { held } = rowHandle;
    const key = [points.kind, ...points.labels].join();
    if (held && !first)
      area.box = held.box.map(([low, high], axis) => [Math.min(low, fresh[axis][0]), Math.max(high, fresh[axis][1])]);
    else if (first || key !== this.fitted || !suits(area.box, fresh)) area.box = fresh;
    this.fitted = key;
    this.drawn = "";
  }

  /** A drag is over. */
  settle() {
    if (!this.scene) return;
    this.fitView(false);
    this.draw();
  }

  /**
   * An event's pixel.
   * @param {MouseEvent} event
   */
  pixelOf(event) {
    const { left, top } = this.element.getBoundingClientRect();
    const scale = magnification(this.element);
    return { x: (event.clientX - left) / scale, y: (event.clientY - top) / scale };
  }

  resize() {
    const { layers, area } = this;
    if (this.element.hidden || !layers.resize(this.element)) return;
    [area.width, area.height] = [layers.width, layers.height];
    this.drawn = "";
    this.draw();
  }

  draw() {
    const { scene, layers, area, rowHandle } = this;
    if (!scene || !area.width || this.element.hidden) return;
    const key = [area.box, layers.ratio, scene.theme.paper].join();
    if (key !== this.drawn) {
      this.drawn = key;
      this.drawUnder(layers.cleared(ROWS), scene);
    }
    if (this.points.kind === "boundary") this.drawShades(layers.cleared(SHADES), scene);
    else layers.cleared(SHADES);
    this.drawFront(layers.cleared(FRONT), scene);
    rowHandle.draw();
    const text = this.told(scene);
    if (this.canvas.getAttribute("aria-label") !== text) this.canvas.setAttribute("aria-label", text);
  }

  /** @param {FitScene} scene */
  told({ fit, sceneRuns }) {
    const { kind, labels } = this.points;
    const models = sceneRuns.map(({ label }) => label).join(", ");
    const rows = `${grouped(fit.rows)} rows`;
    if (kind === "curve") return `${rows} of ${labels[1]} against ${labels[0]}, with the models of ${models}`;
    if (kind === "boundary")
      return `${rows} of two classes in ${labels[0]} and ${labels[1]}, with the borders of ${models}`;
    return `predicted against observed ${fit.target} in ${rows}, of ${models}`;
  }

  /**
   * Draw in a context, but nothing outside of the plot.
   * @param {any} context
   * @param {number} edge pixels beyond its frame that are still drawn in
   * @param {() => void} draw
   */
  within(context, edge, draw) {
    const { left, top, plotWidth, plotHeight } = this.area;
    context.save();
    context.beginPath();
    context.rect(left - edge, top - edge, plotWidth + 2 * edge, plotHeight + 2 * edge);
    context.clip();
    draw();
    context.restore();
  }

  /**
   * All of the picture in one context.
   * @param {any} context of a canvas, or one that writes SVG
   */
  drawOn(context) {
    const scene = /** @type {FitScene} */ (this.scene);
    if (this.points.kind === "boundary") this.drawShades(context, scene);
    this.drawUnder(context, scene);
    this.drawFront(context, scene);
  }

  /**
   * How sure the chosen run's model is of the higher class.
   * @param {any} context
   * @param {FitScene} scene
   */
  drawShades(context, scene) {
    const { run } = scene.sceneRuns[scene.chosen];
    const position = positionAt(run, scene.time);
    this.within(context, 0, () => this.plateau.shade(context, this.area, scene, position, this.classes(scene)));
  }

  /**
   * The observed numbers of the two classes.
   * @param {FitScene} scene
   */
  classes({ fit }) {
    const observed = fit.column(fit.target);
    let [low, high] = [Infinity, -Infinity];
    for (const value of observed) [low, high] = [Math.min(low, value), Math.max(high, value)];
    return low < high ? [low, high] : [low, low + 1];
  }

  /**
   * The classes along the vertical axis.
   * @param {FitScene} scene
   */
  classWords(scene) {
    return this.classes(scene).map((at, index) => ({ at, text: scene.fit.classNames[index] }));
  }

  /**
   * What stays while time goes on: the rows, the exact answer, the axes.
   * @param {any} context
   * @param {FitScene} scene
   */
  drawUnder(context, scene) {
    const { area, points } = this;
    const { fit, theme } = scene;
    const best = points.kind === "agreement" ? null : fit.best;
    const words = points.kind === "curve" && points.high ? this.classWords(scene) : null;
    drawTicks(context, area, theme, widthOf(points.labels[0], NAME_FONT) + 12, -6, words);
    this.room = drawNames(context, area, points, fit.classNames, best !== null, theme);
    this.within(context, DOT, () => {
      if (points.kind !== "agreement") drawRows(context, area, points, theme, this.density);
    });
    this.within(context, 0, () => {
      if (points.kind === "agreement") this.drawDiagonal(context, theme);
      if (!best) return;
      this.traceModel(context, scene, best);
      strokeBest(context, theme);
    });
  }

  /**
   * @param {any} context
   * @param {Theme} theme
   */
  drawDiagonal(context, theme) {
    const { area } = this;
    const [[left, right], [low, high]] = area.box;
    const ends = [Math.max(left, low), Math.min(right, high)];
    context.strokeStyle = theme.quiet;
    context.lineWidth = 1.2;
    context.setLineDash([6, 3]);
    drawLine(
      context,
      ends.map((value) => [area.toX(value), area.toY(value)]),
    );
    context.setLineDash([]);
  }

  /**
   * A model's curve or boundary as the current path.
   * @param {any} context
   * @param {FitScene} scene
   * @param {ArrayLike<number>} position
   */
  traceModel(context, scene, position) {
    const { area, plateau, points } = this;
    if (points.kind === "curve") {
      traceCurve(context, area, scene, position);
      return;
    }
    const [low, high] = this.classes(scene);
    plateau.trace(context, area, scene, position, (low + high) / 2);
  }

  /**
   * What is at the present step: the models, the residuals, the rows of the batch.
   * @param {any} context
   * @param {FitScene} scene
   */
  drawFront(context, scene) {
    const { area, points } = this;
    const { sceneRuns, chosen, time, theme, fit } = scene;
    const { run, style } = sceneRuns[chosen];
    this.within(context, points.kind === "agreement" ? DOT : 0, () => {
      if (points.kind === "curve") drawResiduals(context, area, scene, points);
      for (const sceneRun of inFront(sceneRuns, chosen)) {
        const position = positionAt(sceneRun.run, time);
        if (points.kind === "agreement") this.drawPredictions(context, scene, sceneRun, position);
        else {
          this.traceModel(context, scene, position);
          strokeModel(context, sceneRun, theme.paper);
        }
      }
    });
    const step = Math.floor(time) + 1;
    const rows = points.kind !== "agreement" && step <= run.steps ? fit.batchRows(step) : null;
    if (rows) this.within(context, DOT, () => markRows(context, area, points, rows, style.color));
    drawCaption(context, this.caption(scene), this.room, theme);
  }

  /**
   * The chosen run's coefficients, in the table's own units where it has such.
   * @param {FitScene} scene
   */
  caption({ fit, names, sceneRuns, chosen, time }) {
    const position = positionAt(sceneRuns[chosen].run, time);
    const values = fit.inUnits(position);
    return values ? coefficientText(names, values) : "";
  }

  /**
   * A model's predictions of all rows; of many rows those of the chosen run.
   * @param {any} context
   * @param {FitScene} scene
   * @param {SceneRun} sceneRun
   * @param {ArrayLike<number>} position
   */
  drawPredictions(context, { fit, sceneRuns, chosen, theme }, sceneRun, position) {
    const { area, points } = this;
    const { style } = sceneRun;
    const many = points.x.length * sceneRuns.length > MOST_POINTS;
    if (many && sceneRun !== sceneRuns[chosen]) return;
    const predicted = fit.predict(position);
    if (many) {
      this.cloud.draw(context, area, points.x, predicted, [style.color, theme.ink]);
      return;
    }
    const size = dotSize(points.x.length);
    context.beginPath();
    for (let row = 0; row < points.x.length; row++) {
      if (!Number.isFinite(predicted[row])) continue;
      const [px, py] = [area.toX(points.x[row]), area.toY(predicted[row])];
      context.moveTo(px + size, py);
      context.arc(px, py, size, 0, 2 * Math.PI);
    }
    context.fillStyle = style.color;
    context.globalAlpha = 0.75;
    context.fill();
    context.globalAlpha = 1;
  }
}

/**
 * The runs with the chosen one last, so that no other covers it.
 * @param {SceneRun[]} sceneRuns
 * @param {number} chosen
 */
function inFront(sceneRuns, chosen) {
  return [...sceneRuns.filter((_, index) => index !== chosen), sceneRuns[chosen]];
}
