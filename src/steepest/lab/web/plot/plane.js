// @ts-check
/**
 * The plane: the curve of a function of one parameter or the contours of one of two, with the paths of the runs on it
 * and a start to drag.
 */
import { h, magnification } from "../ui/dom.js";
import { ZoomControls } from "../ui/stage/zoom_controls.js";
import { drawAxes } from "./axes.js";
import { ButtonPlaces } from "./button_places.js";
import { Layers } from "./canvas/layers.js";
import { boxAround, curveLimits, equalScale } from "./limits/limits.js";
import { CELLS, ContourLayer, drawCurve, drawKnownPoints, sampleCurve, valueAt } from "./objective_layer.js";
import { drawHeads } from "./paths/heads.js";
import { drawManyPaths } from "./paths/many_paths.js";
import { drawPairs } from "./paths/pair_plots.js";
import { drawFuture, drawNextStep, drawPart, drawTangent, pixelAt } from "./paths/path.js";
import { Trail } from "./paths/trail.js";
import { PlotArea } from "./plot_area.js";
import { drawQuantities } from "./quantities.js";
import { Readout } from "./readout.js";
import { StartHandle } from "./start/start_handle.js";
import { drawBasins } from "./sweep/basin_picture.js";

/** @typedef {import("./plot_area.js").Box} Box */
/** @typedef {import("../model/store.js").SceneRun} SceneRun */
/** @typedef {import("../model/tape/grid.js").AnyGrid} Grid */
/** @typedef {import("./run_style.js").Theme} Theme */
/** @typedef {{position: number[], value: number}} KnownPoint */
/** @typedef {import("../model/data/fit/fit.js").Fit} Fit */
/**
 * @typedef {{text: string, names: string[], minima: KnownPoint[], saddles: KnownPoint[], known?: Box | null, fit?:
 *   Fit | null}} Objective
 */
/** @typedef {{objective: Objective, grid: Grid | null, sceneRuns: SceneRun[], chosen: number}} Shown */
/** @typedef {{time: number, start: number[], theme: Theme, show: string[], locked: boolean, version: number}} Settings */
/** @typedef {import("./sweep/basin_picture.js").BasinPicture} BasinPicture */
/** @typedef {import("../model/sweep/many_starts.js").Path} Path */
/** @typedef {{basins?: BasinPicture | null, many?: Path[]}} Sweeps */
/** @typedef {Shown & Settings & Sweeps} Scene */
/**
 * @typedef {object} Listeners
 * @property {(start: number[], done: boolean) => void} onStart
 * @property {(step: number | null) => void} onPeek the step under the pointer
 * @property {(box: Box | null) => void} onZoom
 * @property {(box: Box) => void} [onMany] many starts in a box are to go at once
 * @property {() => void} [onView] another part of the plane is seen, or at another size
 * @property {() => void} [onRefine] the contours are drawn on another grid, which may give other levels
 */

const LAYERS = 4; // the function and its axes, the halos of the paths, the paths, what moves
const MANY = 60; // pixels from the middle of many starts to the farthest
const REFINE = 140; // milliseconds after which a view that moved is drawn finely

export class Plane {
  /** @param {Listeners} listeners */
  constructor(listeners) {
    this.listeners = listeners;
    this.area = new PlotArea();
    this.layers = new Layers(LAYERS);
    this.canvas = this.layers.front;
    this.canvas.setAttribute("role", "img");
    /** How far each run is drawn. @type {Trail[]} */
    this.trails = [];
    /** What the lowest layer shows. */
    this.drawn = "";
    /** The part of the plane that was drawn last. */
    this.seen = "";
    this.handle = new StartHandle(this);
    this.readout = new Readout(this);
    this.zoomControls = new ZoomControls(this);
    this.element = h(
      "div",
      { class: "steepest-plane" },
      ...this.layers.canvases,
      this.handle.hint.element,
      this.handle.element,
      this.handle.pointer.element,
      this.readout.ring,
      this.readout.element,
      this.zoomControls.element,
      this.zoomControls.help,
    );
    this.places = new ButtonPlaces(this.element);
    this.contours = new ContourLayer();
    /** The objective that the lowest layer shows. @type {Objective | null} */
    this.objective = null;
    /** @type {Scene | null} */
    this.scene = null;
    this.moving = false;
    this.refining = 0;
    /** Pixels of a cell of the contours' grid while the view rests. */
    this.cell = CELLS.fine;
    this.rest = 0;
    /** What the picture was fitted to, before both axes share a scale; null once it was moved. @type {Box | null} */
    this.fitted = null;
  }

  /** @param {Scene} scene */
  show(scene) {
    const before = this.scene?.objective;
    const fresh = !before || !sameForm(before, scene.objective);
    if (before !== scene.objective) this.refineLater(fresh ? CELLS.first : CELLS.coarse);
    this.scene = scene;
    if (fresh) {
      if (!this.area.width) this.takeSize(); // later ones are observed, which lays the page out once only
      this.fit();
    }
    this.draw();
  }

  /**
   * Show this box, or what fits if there is none; in the element's present size, which what stands beside it may have
   * changed.
   * @param {Box | null} box
   */
  zoomTo(box) {
    this.takeSize();
    if (box && box.length === 2) {
      this.fitted = null;
      this.area.box = box.map((interval) => [...interval]);
    } else this.fit();
    this.draw();
  }

  /**
   * Show where starts end, or no more.
   * @param {BasinPicture | null} basins
   */
  showBasins(basins) {
    if (!this.scene || this.scene.basins === basins) return;
    this.scene.basins = basins;
    this.draw();
  }

  /** The known view, grown where the runs need it; without one, what fits the runs. */
  fit() {
    if (!this.scene) return;
    const { objective, sceneRuns, start, grid } = this.scene;
    const runs = sceneRuns.map(({ run }) => run);
    const evaluate = (/** @type {Float64Array[]} */ [x, y]) => grid?.evaluate(x, y ?? null) ?? new Float64Array();
    const answer = objective.fit?.exactFrom(start).position;
    const more = { points: answer ? [answer] : [], ownUnits: Boolean(objective.fit) };
    const box = boxAround(runs, start, objective.known ?? null, evaluate, more);
    const count = objective.names.length;
    this.fitted = count === 2 ? box : null;
    if (count === 1) this.area.box = [box[0], curveLimits(box[0], sampleCurve(grid, box[0], 800).values, runs)];
    else this.area.box = count === 2 ? equalScale(box, this.area.plotWidth / this.area.plotHeight) : box;
  }

  /** Draw the function anew: its values are better ones than before. */
  refine() {
    this.contours.key = this.drawn = "";
  }

  /**
   * Draw a function that was typed, or that changes and changes as a constant of it is dragged, on a grid of larger cells,
   * and finely when it rests.
   * @param {number} cell
   */
  refineLater(cell) {
    this.cell = cell;
    window.clearTimeout(this.rest);
    this.rest = window.setTimeout(() => {
      this.cell = CELLS.fine;
      this.draw();
      this.listeners.onRefine?.();
    }, REFINE);
  }

  /**
   * Draw a view that moved: coarsely now, finely when it rests.
   * @param {boolean} moved
   */
  moveView(moved) {
    if (!moved) return;
    this.fitted = null;
    this.moving = true;
    this.draw();
    window.clearTimeout(this.refining);
    this.refining = window.setTimeout(() => this.settle(), REFINE);
  }

  /**
   * Show so many times as much, with what is at a pixel staying there; a curve stays in sight.
   * @param {number} x
   * @param {number} y
   * @param {number} factor
   */
  zoomAround(x, y, factor) {
    const moved = this.area.zoomAround(x, y, factor);
    if (moved && this.scene?.objective.names.length === 1) this.keepCurve(x);
    this.moveView(moved);
  }

  /**
   * Move the picture of a curve up or down if nothing of the curve is in it, so that its value at a pixel is.
   * @param {number} x
   */
  keepCurve(x) {
    const { area, scene } = this;
    const [low, high] = area.box[1];
    const { values } = sampleCurve(scene?.grid ?? null, area.box[0], 200);
    const finite = values.filter(Number.isFinite);
    if (!finite.length || finite.some((value) => value >= low && value <= high)) return;
    if (finite.some((value) => value < low) && finite.some((value) => value > high)) return; // it passes through
    const value = valueAt(scene?.grid ?? null, area.fromPixels(x, 0)[0]);
    const middle = Number.isFinite(value) ? value : finite[finite.length >> 1];
    area.show([area.box[0], [middle - (high - low) / 2, middle + (high - low) / 2]]);
  }

  /** The pixel that buttons zoom around: where the chosen run is, or the middle. */
  get center() {
    const { area, scene } = this;
    const middle = [area.left + area.plotWidth / 2, area.top + area.plotHeight / 2];
    const chosen = scene?.sceneRuns[scene.chosen];
    if (!scene || !chosen || scene.objective.names.length > 2) return middle;
    const head = pixelAt(area, scene, chosen.run, Math.min(scene.time, chosen.run.steps));
    return area.contains(head[0], head[1], 0) ? head : middle;
  }

  /**
   * Let the buttons over the picture stand where they cover neither the start nor, if they can, a star.
   * @param {Scene} scene
   * @param {import("./button_places.js").Pixel | null} start its pixel
   */
  makeWay({ objective, grid }, start) {
    const { area } = this;
    const one = objective.names.length === 1;
    const stars = objective.names.length > 2 || !grid ? [] : objective.minima;
    const pixels = stars.map(({ position, value }) => ({
      x: area.toX(position[0]),
      y: area.toY(one ? value : position[1]),
    }));
    this.places.makeWay(
      area,
      start,
      pixels.filter(({ x, y }) => area.contains(x, y, 1)),
    );
  }

  settle() {
    if (!this.moving) return;
    this.moving = false;
    window.clearTimeout(this.refining);
    this.draw();
    this.listeners.onZoom(this.area.box.map((interval) => [...interval]));
  }

  /**
   * The start at a pixel.
   * @param {number} x
   * @param {number} y
   * @param {boolean} done
   */
  moveStart(x, y, done) {
    const { area } = this;
    const count = /** @type {Scene} */ (this.scene).objective.names.length;
    if (count > 2) return;
    const inside = [Math.max(area.left, Math.min(area.right, x)), Math.max(area.top, Math.min(area.bottom, y))];
    const position = area.fromPixels(inside[0], inside[1]).map((value, axis) => area.rounded(value, axis));
    this.listeners.onStart(position.slice(0, count), done);
  }

  /**
   * Let many starts around a pixel go at once.
   * @param {number} x
   * @param {number} y
   */
  startMany(x, y) {
    const { area, scene } = this;
    const count = scene?.objective.names.length ?? 0;
    if (!count || count > 2) return;
    const corners = [area.fromPixels(x - MANY, y + MANY), area.fromPixels(x + MANY, y - MANY)];
    const box = corners[0].map((low, axis) => [area.rounded(low, axis), area.rounded(corners[1][axis], axis)]);
    this.listeners.onMany?.(box.slice(0, count));
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

  /** Draw anew if the element has another size. */
  resize() {
    const first = !this.area.width;
    if (!this.takeSize()) return;
    if (first) this.fit();
    this.draw();
  }

  /** Take the size of the element, and fit the picture to it; whether it is another one. */
  takeSize() {
    const { area, layers } = this;
    if (!layers.resize(this.element)) return false;
    const first = !area.width;
    const aspect = area.plotWidth / area.plotHeight;
    [area.width, area.height] = [layers.width, layers.height];
    this.drawn = "";
    if (this.scene?.objective.names.length === 2 && !first) {
      if (this.fitted) area.box = equalScale(this.fitted, area.plotWidth / area.plotHeight);
      else {
        const [[left, right], vertical] = area.box;
        const grown = (right - left) * (area.plotWidth / area.plotHeight / aspect);
        const middle = (left + right) / 2;
        area.box = [[middle - grown / 2, middle + grown / 2], vertical];
      }
    }
    return true;
  }

  draw() {
    const { scene, area, layers } = this;
    if (!scene || !area.width || this.element.hidden) return;
    const [under, halos, lines, front] = [0, 1, 2, 3];
    const { objective, sceneRuns, time, theme } = scene;
    const { names } = objective;
    const waiting = sceneRuns.map(({ run }) => time < run.steps);
    const seen = [area.box, area.width, area.height].join();
    if (seen !== this.seen) {
      this.seen = seen;
      this.listeners.onView?.();
    }
    const { version = 0 } = scene.basins ?? {};
    const key = [
      scene.version,
      area.box,
      layers.ratio,
      names.length === 2 && this.shownCell,
      theme.paper,
      names,
      waiting,
      version,
    ].join();
    const behind = this.trails.some(({ step, sceneRun }) => step > Math.min(time, sceneRun.run.steps));
    if (key !== this.drawn || this.objective !== objective || behind) {
      if (key !== this.drawn || this.objective !== objective) this.drawUnder(layers.cleared(under), scene);
      [this.drawn, this.objective] = [key, objective];
      layers.cleared(halos);
      layers.cleared(lines);
      this.trails = objective.names.length > 2 ? [] : sceneRuns.map((each) => new Trail(area, scene, each));
    }
    const [halo, line] = [halos, lines].map((index) => layers.contexts[index]);
    this.within([halo, line], () => {
      for (const trail of this.trails) trail.extend(halo, line, Math.min(Math.floor(time), trail.sceneRun.run.steps));
    });
    this.drawFront(layers.cleared(front), scene);
    this.handle.draw(scene);
    const shown = ["the curve of the function", "the contours of the function", "pairs of coordinates"];
    const text = `${shown[Math.min(objective.names.length, 3) - 1]} with the paths of ${sceneRuns.map(({ label }) => label).join(", ")}`;
    if (this.canvas.getAttribute("aria-label") !== text) this.canvas.setAttribute("aria-label", text);
  }

  /** Pixels of a cell of the contours' grid. */
  get shownCell() {
    return this.moving ? CELLS.coarse : this.cell;
  }

  /**
   * Draw in contexts, but nothing outside of the plot.
   * @param {any[]} contexts
   * @param {() => void} draw
   */
  within(contexts, draw) {
    const { left, top, plotWidth, plotHeight } = this.area;
    for (const context of contexts) {
      context.save();
      context.beginPath();
      context.rect(left, top, plotWidth, plotHeight);
      context.clip();
    }
    draw();
    for (const context of contexts) context.restore();
  }

  /**
   * All of the picture in one context.
   * @param {any} context of a canvas, or one that writes SVG
   */
  drawOn(context) {
    const { area } = this;
    this.cell = CELLS.fine;
    const scene = /** @type {Scene} */ (this.scene);
    context.clearRect(0, 0, area.width, area.height);
    this.drawUnder(context, scene);
    this.within([context], () => {
      for (const sceneRun of scene.objective.names.length > 2 ? [] : scene.sceneRuns) {
        const until = Math.min(Math.floor(scene.time), sceneRun.run.steps);
        new Trail(area, scene, sceneRun).extend(context, context, until);
      }
    });
    this.drawFront(context, scene);
  }

  /**
   * What stays while time goes on: the function, its known points, the axes, and the runs, faint.
   * @param {any} context
   * @param {Scene} scene
   */
  drawUnder(context, scene) {
    const { area } = this;
    const { names } = scene.objective;
    if (names.length > 2) return;
    this.within([context], () => {
      if (scene.basins) drawBasins(context, area, scene.basins);
      if (names.length === 2) this.contours.draw(context, area, scene, this.layers.ratio, this.shownCell);
      else drawCurve(context, area, scene);
      drawKnownPoints(context, area, scene);
      for (const sceneRun of scene.sceneRuns) {
        if (scene.time < sceneRun.run.steps) drawFuture(context, area, scene, sceneRun);
      }
    });
    drawAxes(context, area, names, scene.theme);
  }

  /**
   * What is at the present step: the tangent, the next step, quantities, and the heads.
   * @param {any} context
   * @param {Scene} scene
   */
  drawFront(context, scene) {
    const { area } = this;
    const { sceneRuns, objective } = scene;
    if (objective.names.length > 2) {
      drawPairs(context, area, scene);
      return;
    }
    this.within([context], () => {
      drawManyPaths(context, area, scene);
      for (const sceneRun of sceneRuns) drawPart(context, area, scene, sceneRun);
      if (objective.names.length === 1) drawTangent(context, area, scene);
      else drawNextStep(context, area, scene);
      for (const sceneRun of sceneRuns) drawQuantities(context, area, scene, sceneRun);
      drawHeads(context, area, scene);
    });
  }

  /** The picture as a PNG of twice the resolution, on paper. @returns {Promise<Blob>} */
  image() {
    const { width, height } = this.area;
    const picture = document.createElement("canvas");
    const context = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
    [picture.width, picture.height] = [2 * width, 2 * height];
    context.scale(2, 2);
    this.drawOn(context);
    context.globalCompositeOperation = "destination-over";
    context.fillStyle = /** @type {Scene} */ (this.scene).theme.paper;
    context.fillRect(0, 0, width, height);
    return new Promise((done) => {
      picture.toBlob((blob) => done(/** @type {Blob} */ (blob)));
    });
  }
}

/**
 * Whether two objectives are one formula of the same parameters, perhaps with other values of its constants, or of
 * some rows; of a fit with the same loss and scaling.
 * @param {Objective} one
 * @param {Objective} other
 */
function sameForm(one, other) {
  return one === other || formOf(one) === formOf(other);
}

/** @param {Objective} objective */
function formOf({ text, names, fit }) {
  return JSON.stringify([text, names, fit && [fit.settings.loss, fit.settings.scale, fit.settings.one]]);
}
