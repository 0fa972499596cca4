// @ts-check
/** The surface view: a renderer that is made when it is first shown. */
import { RowGrid } from "../model/tape/row_grid.js";
import { levels } from "../plot/contour.js";
import { h } from "../ui/dom.js";
import { SurfaceRenderer } from "./renderer.js";
import { SurfaceHandle } from "./surface_handle.js";

/** @typedef {import("../plot/run_style.js").Theme} Theme */
/**
 * @typedef {{objective: any, grid: import("../model/tape/grid.js").AnyGrid, box: number[][],
 *   sceneRuns: import("../model/store.js").SceneRun[], version: number, time: number, start: number[], locked:
 *   boolean, theme: Theme}} Scene
 */

const SIDE = 121;

export class SurfaceView {
  /** @type {SurfaceRenderer | null} */
  renderer = null;
  /** @type {Theme | null} */
  theme = null;
  /** What the surface is of. @type {object | null} */
  objective = null;
  key = "";
  version = -1;
  /** The borders of the bands of color. @type {Float64Array | null} */
  levels = null;

  /** @param {(start: number[], done: boolean) => void} onStart the start was dragged */
  constructor(onStart) {
    this.handle = new SurfaceHandle(onStart);
    this.element = h("div", { class: "steepest-plane", hidden: true });
  }

  /** @param {Scene} scene */
  show({ objective, grid, box, sceneRuns, version, time, start, locked, theme }) {
    const renderer = this.renderer ?? this.open(theme);
    const key = [box, grid instanceof RowGrid ? grid.told : ""].join();
    if (this.theme !== theme) {
      this.theme = theme;
      renderer.setTheme(theme);
      this.version = -1;
    }
    if (key !== this.key || objective !== this.objective) {
      const shape = shapeOf(objective, grid, box);
      this.levels = shape.levels;
      renderer.setSurface(shape);
      this.key = key;
      this.objective = objective;
      this.version = -1;
    }
    if (this.version !== version) {
      renderer.setRuns(
        sceneRuns.map(({ run, style }) => ({
          points: run.positions.slice(0, 2 * (run.steps + 1)),
          ...style,
        })),
      );
      this.version = version;
    }
    Object.assign(this.handle, { start, locked });
    renderer.setStep(time);
  }

  /** @param {Theme} theme */
  open(theme) {
    const canvas = h("canvas", { class: "steepest-canvas steepest-surface", tabindex: "0" });
    this.element.append(canvas);
    this.renderer = new SurfaceRenderer(canvas, theme);
    this.element.append(this.handle.element);
    this.handle.renderer = this.renderer;
    this.renderer.onDrawn = () => this.handle.draw();
    return this.renderer;
  }

  resize() {
    this.renderer?.resize();
  }

  /** The picture as it stands. */
  image() {
    return /** @type {SurfaceRenderer} */ (this.renderer).image();
  }

  close() {
    this.renderer?.destroy();
    this.renderer = this.handle.renderer = null;
    this.element.replaceChildren();
  }
}

/**
 * @param {any} objective
 * @param {import("../model/tape/grid.js").AnyGrid} grid
 * @param {number[][]} box
 */
function shapeOf(objective, grid, box) {
  const [x, y] = box.map(([low, high]) =>
    Float64Array.from({ length: SIDE }, (_, k) => low + ((high - low) * k) / (SIDE - 1)),
  );
  const values = grid.evaluate(x, y);
  const [[left, right], [low, high]] = box;
  const inside = (/** @type {any} */ { position: [a, b] }) => a >= left && a <= right && b >= low && b <= high;
  const lowest = Math.min(Infinity, ...objective.minima.filter(inside).map((/** @type {any} */ point) => point.value));
  const markers = ["minima", "saddles"].flatMap((kind) =>
    objective[kind]
      .filter(inside)
      .map((/** @type {any} */ { position }) => ({ kind: kind === "minima" ? "minimum" : "saddle", position })),
  );
  return {
    x,
    y,
    values,
    ...levels(values, lowest),
    view: /** @type {any} */ (box.map((interval) => [...interval])),
    names: objective.names,
    markers,
  };
}
