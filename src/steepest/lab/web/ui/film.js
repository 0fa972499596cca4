// @ts-check
/** The steps as a film, drawn at a size of its own: the picture with its fit, the names of the runs and the step above. */
import { Gif } from "../model/film/gif.js";
import { paceOf } from "../model/film/pace.js";
import { Palette } from "../model/film/palette.js";
import { widthOf } from "../plot/canvas/text_width.js";
import { FitPlot } from "../plot/fit/fit_plot.js";
import { equalScale } from "../plot/limits/limits.js";
import { markerPath } from "../plot/marker.js";
import { Plane } from "../plot/plane.js";

/** @typedef {import("./lab.js").Lab} Lab */
/** @typedef {import("../model/store.js").SceneRun} SceneRun */
/** @typedef {{onFrame: (done: number, count: number) => void, signal: AbortSignal}} Listeners */

const [WIDTH, HEIGHT] = [960, 540];
const GAP = 12; // between the cost and the fit
const ROW = 24; // pixels of a row of names
const EDGE = 12;
const SWATCH = 20; // pixels for a marker before its name
const FONT = "600 14px system-ui, sans-serif";
const QUIET_FONT = "14px system-ui, sans-serif";

/**
 * The film as a GIF; null if it was stopped.
 * @param {Lab} lab
 * @param {string} comment what made it
 * @param {Listeners} listeners
 * @returns {Promise<Blob | null>}
 */
export async function gifOf(lab, comment, { onFrame, signal }) {
  const film = new Film(lab);
  const frames = paceOf(lab.store.longest);
  const { theme } = lab;
  const ends = [film.pixelsAt(0), film.pixelsAt(lab.store.longest)];
  const all = new Uint8ClampedArray(2 * ends[0].length);
  for (const [k, pixels] of ends.entries()) all.set(pixels, k * pixels.length);
  const own = [...film.sceneRuns.map(({ style }) => style.color), theme.ink, theme.quiet];
  const gif = new Gif(WIDTH, HEIGHT, new Palette(all, own, theme.paper), comment);
  for (const [k, { step, seconds }] of frames.entries()) {
    onFrame(k, frames.length);
    await new Promise((resume) => window.setTimeout(resume)); // the page goes on meanwhile
    if (signal.aborted) return null;
    if (lab.store.objective !== film.objective) throw new Error("the function changed: the GIF was not made");
    gif.add(film.pixelsAt(step), seconds);
  }
  return new Blob([gif.bytes()], { type: "image/gif" });
}

/** What a film shows, which does not change while it is made. */
class Film {
  /** @param {Lab} lab */
  constructor({ store, plane, fitControls, theme, sceneRuns, basins }) {
    basins.finish();
    this.objective = store.objective;
    this.theme = theme;
    /** Runs with arrays of their own: those of the page are taken by the next run. @type {SceneRun[]} */
    this.sceneRuns = sceneRuns.map((each) => ({ ...each, run: kept(each.run) }));
    this.longest = store.longest;
    this.canvas = document.createElement("canvas");
    [this.canvas.width, this.canvas.height] = [WIDTH, HEIGHT];
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.context = /** @type {CanvasRenderingContext2D} */ (context);
    this.names = namesOf(this.sceneRuns);
    this.top = EDGE / 2 + ROW * this.names.rows;
    const width = fitControls.isShown ? (WIDTH - GAP) >> 1 : WIDTH;
    const scene = /** @type {import("../plot/plane.js").Scene} */ (plane.scene);
    this.plane = planeOf(plane, { ...scene, sceneRuns: this.sceneRuns }, width, HEIGHT - this.top);
    this.fit = fitControls.isShown ? fitOf(fitControls.plot, this.sceneRuns, width, HEIGHT - this.top) : null;
  }

  /**
   * Red, green, blue and opacity of all pixels.
   * @param {number} time
   */
  pixelsAt(time) {
    const { context, plane, fit, theme } = this;
    context.save();
    context.clearRect(0, 0, WIDTH, HEIGHT);
    context.translate(0, this.top);
    /** @type {any} */ (plane.scene).time = time;
    plane.drawOn(context);
    if (fit) {
      context.translate(plane.area.width + GAP, 0);
      /** @type {any} */ (fit.scene).time = time;
      fit.drawOn(context);
    }
    context.restore();
    this.drawNames(time);
    context.save();
    context.globalCompositeOperation = "destination-over";
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, WIDTH, HEIGHT);
    context.restore();
    return context.getImageData(0, 0, WIDTH, HEIGHT).data;
  }

  /** @param {number} time */
  drawNames(time) {
    const { context, theme } = this;
    context.save();
    context.textBaseline = "middle";
    for (const [k, [x, y]] of this.names.places.entries()) {
      const { style, label } = this.sceneRuns[k];
      context.fillStyle = style.color;
      context.beginPath();
      markerPath(context, style.marker, x + 7, y, 5);
      context.fill();
      context.font = FONT;
      context.fillStyle = theme.ink;
      context.fillText(label, x + SWATCH, y);
    }
    context.font = QUIET_FONT;
    context.fillStyle = theme.quiet;
    context.textAlign = "right";
    context.fillText(stepText(Math.floor(time), this.longest), WIDTH - EDGE, EDGE / 2 + ROW / 2);
    context.restore();
  }
}

/**
 * @param {number} step
 * @param {number} longest
 */
function stepText(step, longest) {
  return `step ${step} of ${longest}`;
}

/** @param {import("../model/runs/program.js").Run} run */
function kept(run) {
  const { positions, values, gradients, stepValues } = run;
  return {
    ...run,
    ...{ positions: positions.slice(), values: values.slice() },
    ...{ gradients: gradients.slice(), stepValues: stepValues.slice() },
  };
}

/**
 * Where the names of runs stand, in as many rows as they need; the first leaves room for the step.
 * @param {SceneRun[]} sceneRuns
 */
function namesOf(sceneRuns) {
  const longest = Math.max(...sceneRuns.map(({ run }) => run.steps));
  const room = WIDTH - 3 * EDGE - widthOf(stepText(longest, longest), QUIET_FONT);
  let [x, row] = [EDGE, 0];
  const places = sceneRuns.map(({ label }) => {
    const width = SWATCH + widthOf(label, FONT) + 2 * EDGE;
    if (x > EDGE && x + width > (row ? WIDTH : room)) [x, row] = [EDGE, row + 1];
    const place = [x, EDGE / 2 + ROW * row + ROW / 2];
    x += width;
    return place;
  });
  return { places, rows: row + 1 };
}

/**
 * A plane of a size of its own that shows what the page's does.
 * @param {Plane} shown
 * @param {import("../plot/plane.js").Scene} scene
 * @param {number} width
 * @param {number} height
 */
function planeOf(shown, scene, width, height) {
  const plane = new Plane({ onStart: () => {}, onPeek: () => {}, onZoom: () => {} });
  plane.scene = scene;
  const { area } = plane;
  [area.width, area.height] = [width, height];
  const { box } = shown.area;
  area.box =
    scene.objective.names.length === 2 ? equalScale(shown.fitted ?? box, area.plotWidth / area.plotHeight) : box;
  return plane;
}

/**
 * A fit of a size of its own.
 * @param {FitPlot} shown
 * @param {SceneRun[]} sceneRuns
 * @param {number} width
 * @param {number} height
 */
function fitOf(shown, sceneRuns, width, height) {
  const fit = new FitPlot({ onMove: () => {}, onAdd: () => {}, onRemove: () => {} });
  fit.scene = { .../** @type {import("../plot/fit/fit_plot.js").FitScene} */ (shown.scene), sceneRuns };
  fit.points = shown.points;
  [fit.area.width, fit.area.height] = [width, height];
  fit.area.box = shown.area.box;
  return fit;
}
