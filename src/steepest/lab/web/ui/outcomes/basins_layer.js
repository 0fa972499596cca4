// @ts-check
/** Where each start would end, behind the runs: computed between frames for the part of the plane that is seen. */
import { counted } from "../../model/data/words.js";
import { pretty, short } from "../../model/format.js";
import { middles } from "../../model/sweep/axis.js";
import { basins, counts } from "../../model/sweep/basins.js";
import { canRunMany } from "../../model/sweep/many_starts.js";
import { MAP } from "../../model/sweep/tables.js";
import { endingColors, paintBasins } from "../../plot/sweep/basin_picture.js";
import { levels, MinimumColors, shades } from "../../plot/sweep/colors.js";
import { h, icon } from "../dom.js";
import { IdleQueue } from "../idle_queue.js";
import { tooLong } from "./too_long.js";

/** @typedef {import("../../model/store.js").Store} Store */
/** @typedef {import("../../plot/plane.js").Plane} Plane */
/** @typedef {import("../../plot/sweep/basin_picture.js").BasinPicture} BasinPicture */
/** @typedef {import("../../model/sweep/basins.js").Basins} Basins */

export const SHOWN = "basins"; // its name in the state's list of what is shown
const CELL = 3; // pixels
const MOST_CELLS = 60_000;
const MOST_STEPS = 120_000_000; // of all cells together
const FIRST = 8; // of each of so many columns, a cell is run at least
const JOB = "basins";
const FEWEST = 16; // cells along an axis that are worth a picture, over a table
const ABOUT = "color every start by the minimum that it would reach";
const ABOUT_MANY = "let many starts around this one go at once; a click with Shift does it elsewhere";
const BETWEEN = 150; // milliseconds from one legend to the next while shares change
const SAMPLES = [20, 70, 120, 170, 220]; // of a minimum's shades, in the legend

export class BasinsLayer {
  /**
   * @param {Store} store
   * @param {Plane} plane
   * @param {() => boolean} isDark
   */
  constructor(store, plane, isDark) {
    this.store = store;
    this.plane = plane;
    this.isDark = isDark;
    this.queue = new IdleQueue(true);
    this.colors = new MinimumColors();
    /** @type {BasinPicture | null} */
    this.picture = null;
    /** @type {Basins | null} */
    this.found = null;
    /** What the cells are made with, and what was asked for last. */
    this.key = "";
    this.wanted = "";
    /** Whether a picture of the present key is still to come. */
    this.first = false;
    /** What the basins are of. */
    this.objective = store.objective;
    this.frame = 0;
    this.told = 0;
    this.toggle = button("basins", "where starts end", ABOUT, () => store.toggleShow(SHOWN));
    this.many = button("many", "many starts", ABOUT_MANY, () => this.toggleMany());
    this.legend = h("div", { class: "steepest-basin-key", role: "group", tabindex: "0", hidden: true });
    this.legend.setAttribute("aria-label", "where starts end");
    plane.element.append(h("div", { class: "steepest-sweeps" }, this.toggle, this.many));
  }

  /** Let many starts around the present one go, or no more. */
  toggleMany() {
    const { store, plane } = this;
    const { start, starts } = store.state;
    const { area } = plane;
    if (starts) store.change({ starts: null }, true);
    else plane.startMany(area.toX(start[0]), start.length > 1 ? area.toY(start[1]) : area.top);
  }

  /** Whether the layer is seen. */
  get on() {
    return (this.store.state.show ?? []).includes(SHOWN) && this.isOffered && !this.reason;
  }

  /** Whether it can be seen: starts of the chosen optimizer, as a recording is not run again. */
  get isOffered() {
    const { objective, optimizers, chosen, showsSurface } = this.store;
    return objective.names.length <= 2 && !showsSurface && chosen < optimizers.length;
  }

  /** Why it takes too long to run from many places; empty if it does not. */
  get reason() {
    const { objective, optimizers, chosen, state } = this.store;
    const optimizer = optimizers[chosen];
    return optimizer ? tooLong(FEWEST ** objective.names.length, state.steps, optimizer, MOST_STEPS) : "";
  }

  /** Follow the state: called with every drawing, before the plane's. */
  show() {
    const { store, on } = this;
    this.toggle.hidden = this.many.hidden = !this.isOffered;
    const reason = this.isOffered ? this.reason : "";
    const cannot = this.isOffered && !canRunMany(store.optimizers[store.chosen], store.state.steps);
    this.toggle.disabled = reason !== "";
    this.toggle.title = reason || ABOUT;
    this.many.disabled = store.locked("start") || cannot;
    this.many.title = cannot
      ? `so many runs over ${counted(store.objective.table?.rows ?? 0, "row")} take too long`
      : ABOUT_MANY;
    this.many.setAttribute("aria-pressed", String(Boolean(store.state.starts)));
    this.toggle.setAttribute("aria-pressed", String(on));
    this.legend.hidden = !on;
    if (on && this.objective === store.objective) return;
    this.objective = store.objective;
    this.queue.drop(JOB);
    this.colors.clear();
    this.picture = this.found = null;
    this.key = this.wanted = "";
    this.first = false;
    this.legend.replaceChildren();
  }

  /** Compute what is seen now, unless that is known: called whenever the runs or the view may have changed. */
  refresh() {
    const { store, plane } = this;
    const optimizer = store.optimizers[store.chosen];
    if (!this.on || !optimizer || !plane.area.width || plane.scene?.objective !== store.objective) return;
    const { plotWidth, plotHeight } = plane.area;
    const box = plane.area.box.slice(0, store.objective.names.length).map((interval) => [...interval]);
    const limits = this.limits();
    const values = optimizer.values();
    const { constants, text } = store.objective;
    const given = [text, constants, optimizer.data.equations, values, limits];
    this.wanted = JSON.stringify([...given, box, Math.round(plotWidth), Math.round(plotHeight)]);
    if (this.wanted === this.key || (this.first && this.queue.jobs.has(JOB))) return;
    this.key = this.wanted;
    this.first = true;
    const axes = box.map((interval, axis) => middles(interval, this.cellsAlong(axis, box.length, limits.steps)));
    const before = this.found?.minima ?? [];
    const work = basins(store.objective, optimizer.spare, axes, /** @type {any} */ (values), limits, before);
    this.queue.add(JOB, this.work(work, box));
  }

  /** The limits of the runs. */
  limits() {
    const { steps, tol, gtol, seed } = this.store.state;
    return { steps, tol, gtol: gtol ?? 0, seed };
  }

  /**
   * How many cells lie along an axis.
   * @param {number} axis
   * @param {number} count of the axes
   * @param {number} steps of a run
   */
  cellsAlong(axis, count, steps) {
    const { plotWidth, plotHeight } = this.plane.area;
    const { program } = this.store.optimizers[this.store.chosen];
    const most = Math.max(FIRST ** count, Math.min(MOST_CELLS, MOST_STEPS / Math.max(1, steps * program.cost)));
    if (count === 1) return Math.round(Math.min(plotWidth, most));
    const size = Math.max(CELL, Math.sqrt((plotWidth * plotHeight) / most));
    return Math.max(FIRST, Math.floor((axis ? plotHeight : plotWidth) / size));
  }

  /**
   * @param {ReturnType<typeof basins>} making
   * @param {number[][]} box
   */
  *work(making, box) {
    for (const found of making) {
      if (found) this.take(found, box);
      yield;
    }
  }

  /**
   * Show what is known; coarse cells stay only until there is something newer to compute.
   * @param {Basins} found
   * @param {number[][]} box
   */
  take(found, box) {
    const coarsest = found.cells.stride >= FIRST;
    if (coarsest && this.picture) return; // finer ones come before the next frame or soon after it
    this.paint(found, box);
    this.first = false;
    if (this.wanted !== this.key) this.refresh();
  }

  /**
   * @param {Basins} found
   * @param {number[][]} box
   */
  paint(found, box) {
    const orders = this.colors.orders(found);
    const canvas = this.picture?.canvas ?? document.createElement("canvas");
    this.picture = paintBasins(canvas, found, orders, this.colors.seen.length, this.isDark(), box);
    this.found = found;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (this.on) this.plane.showBasins(this.picture);
    });
    if (found.complete || performance.now() - this.told > BETWEEN) this.tell(found, orders);
  }

  /** Paint again, in another theme. */
  repaint() {
    if (this.found && this.picture) this.paint(this.found, this.picture.box);
  }

  /** Compute all that is left, before the picture is saved. */
  finish() {
    this.refresh();
    this.queue.work(Infinity);
    if (this.on) this.plane.showBasins(this.picture);
  }

  /**
   * What each color stands for, and of how many starts.
   * @param {Basins} found
   * @param {number[]} orders
   */
  tell(found, orders) {
    this.told = performance.now();
    const { reaching, others } = counts(found);
    const total = found.cells.ending.reduce((sum, code) => sum + Number(code < 4), 0);
    const share = (/** @type {number} */ count) => {
      const percent = (100 * count) / total;
      return count && percent < 0.1 ? "< 0.1%" : `${short(Number(percent.toPrecision(percent < 1 ? 1 : 3)), 3)}%`;
    };
    const many = this.colors.seen.length;
    const known = orders
      .map((order, index) => ({ order, count: reaching[index], name: found.minima[index].name }))
      .filter(({ count }) => count)
      .sort((a, b) => a.order - b.order);
    const items = known.slice(0, MAP.MOST_NAMED).map(({ order, count, name }) => {
      const colors = SAMPLES.map((at) => `rgb(${shades(order, many)[at].join(" ")})`);
      const stops = colors.map((color, k) => `${color} ${20 * k}% ${20 * (k + 1)}%`);
      const text = name.replace(/^(?:minimum|found) /, "").replace(/[\d.e+]+/g, (part) => short(Number(part), 4));
      const made = entry(`linear-gradient(90deg, ${stops.join(", ")})`, "", pretty(text), share(count));
      made.title = pretty(name);
      return made;
    });
    const rest = known.slice(MAP.MOST_NAMED);
    if (rest.length) {
      const sum = rest.reduce((all, { count }) => all + count, 0);
      const colors = rest.slice(0, 5).map(({ order }) => `rgb(${shades(order, many)[90].join(" ")})`);
      const stops = colors.map(
        (color, k) => `${color} ${(100 * k) / colors.length}% ${(100 * (k + 1)) / colors.length}%`,
      );
      items.push(entry(`linear-gradient(90deg, ${stops.join(", ")})`, "", `${rest.length} more minima`, share(sum)));
    }
    const pairs = endingColors(this.isDark());
    others.forEach((count, code) => {
      if (count && code < 4) items.push(entry(pairs[code][0], pairs[code][1], MAP.WORDS[code], share(count), code));
    });
    const { low, high } = levels(found);
    const note = low < high ? `darker: more steps, ${low} to ${high}` : `after ${low} steps`;
    if (known.length) items.push(h("span", { class: "steepest-basin-note" }, note));
    this.legend.replaceChildren(...items);
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.queue.close();
  }
}

/**
 * A button that is on or off, in a narrow page without its text.
 * @param {string} picture
 * @param {string} text
 * @param {string} title
 * @param {() => void} onclick
 */
function button(picture, text, title, onclick) {
  const attributes = { type: "button", class: "steepest-button steepest-toggle", "aria-pressed": "false", onclick };
  const named = { ...attributes, "data-sweep": picture, "aria-label": text, title };
  return h("button", named, icon(picture), h("span", null, text));
}

/**
 * An entry of the legend.
 * @param {string} background
 * @param {string} pattern the color of its pattern, if it has one
 * @param {string} name
 * @param {string} count
 * @param {number} [code] of the ending
 */
function entry(background, pattern, name, count, code) {
  const swatch = h("span", { class: "steepest-basin-swatch", "aria-hidden": "true" });
  swatch.style.background = background;
  if (pattern) swatch.style.setProperty("--pattern", pattern);
  if (code !== undefined) swatch.dataset.ending = String(code);
  return h("span", { class: "steepest-basin" }, swatch, h("span", null, name), h("b", null, count));
}
