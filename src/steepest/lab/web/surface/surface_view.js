// @ts-check
/** The function in space, made when it is looked at. */
import { levels } from "../plot/contour.js";
import { h } from "../ui/dom.js";
import { Space } from "./renderer.js";

/** @typedef {import("../plot/run_style.js").Theme} Theme */
/**
 * @typedef {{objective: any, grid: import("../model/tape.js").Grid, box: [number, number][], walks:
 *   import("../plot/plane.js").Walk[], version: number, time: number, theme: Theme}} Scene
 */

const SIDE = 121;

export class Surface {
  /** @type {Space | null} */
  space = null;
  /** @type {Theme | null} */
  theme = null;
  key = "";
  version = -1;

  constructor() {
    this.element = h("div", { class: "steepest-plane", hidden: true });
  }

  /** @param {Scene} scene */
  show({ objective, grid, box, walks, version, time, theme }) {
    const space = this.space ?? this.open(theme);
    const key = [objective.text, box].join();
    if (this.theme !== theme) {
      this.theme = theme;
      space.theme(theme);
      this.version = -1;
    }
    if (key !== this.key) {
      space.surface(ground(objective, grid, box));
      this.key = key;
      this.version = -1;
    }
    if (this.version !== version) {
      space.paths(
        walks.map(({ run, look }) => ({
          points: run.positions.slice(0, 2 * (run.steps + 1)),
          values: run.values.slice(0, run.steps + 1),
          ...look,
        })),
      );
      this.version = version;
    }
    space.at(time);
  }

  /** @param {Theme} theme */
  open(theme) {
    const canvas = h("canvas", { class: "steepest-canvas steepest-space", tabindex: "0" });
    this.element.append(canvas);
    this.space = new Space(canvas, theme);
    return this.space;
  }

  resize() {
    this.space?.resize();
  }

  /** The picture as it stands. */
  image() {
    return /** @type {Space} */ (this.space).image();
  }

  close() {
    this.space?.destroy();
    this.space = null;
    this.element.replaceChildren();
  }
}

/**
 * @param {any} objective
 * @param {import("../model/tape.js").Grid} grid
 * @param {[number, number][]} box
 */
function ground(objective, grid, box) {
  const [x, y] = box.map(([low, high]) =>
    Float64Array.from({ length: SIDE }, (_, k) => low + ((high - low) * k) / (SIDE - 1)),
  );
  const values = grid.evaluate(x, y);
  const [[left, right], [low, high]] = box;
  const inside = (/** @type {any} */ { position: [a, b] }) => a >= left && a <= right && b >= low && b <= high;
  const lowest = Math.min(Infinity, ...objective.minima.filter(inside).map((/** @type {any} */ point) => point.value));
  const marks = ["minima", "saddles"].flatMap((kind) =>
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
    marks,
  };
}
