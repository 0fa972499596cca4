// @ts-check
/**
 * Rows of a fit taken hold of: dragged, moved with the arrow keys, added, removed; and what a row says under the
 * pointer.
 */
import { short, typeset } from "../../model/format.js";
import { h } from "../../ui/dom.js";
import { rounded } from "../plot_area.js";
import { positionAt } from "./fit_view.js";

/** @typedef {import("./fit_plot.js").FitPlot} FitPlot */
/** @typedef {{x: number, y: number}} Pixel */
/**
 * A row that is dragged: the limits when it was taken hold of, which say what a pixel means until it is let go, and from the
 * pointer to the row.
 * @typedef {{row: number, box: import("../plot_area.js").Box, dx: number, dy: number, values: number[] | null}} Held
 */

const NEAR = { mouse: 10, pen: 16, touch: 24 }; // pixels
const DIRECTIONS = /** @type {Record<string, number[]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});
const LABEL = "drag it, or press the arrow keys; Page Up and Page Down choose another row, Delete removes it";

export class RowHandle {
  /** The row that the keys move. */
  row = 0;
  /** @type {Held | null} */
  held = null;
  /** Whether a click where no row is adds one. */
  adding = false;
  /** The row under the pointer; -1 without one. */
  pointed = -1;
  /** Whether a row was moved: then nobody needs to be told how. */
  moved = false;

  /** @param {FitPlot} plot */
  constructor(plot) {
    this.plot = plot;
    this.button = h("button", { type: "button", class: "steepest-row-handle", role: "slider" });
    this.readout = h("div", { class: "steepest-readout", hidden: true });
    this.elements = [this.button, this.readout];
    const { canvas } = plot;
    for (const element of [canvas, this.button]) {
      element.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.grab(event));
      element.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => this.drag(event));
      for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, () => this.release());
    }
    canvas.addEventListener("pointerleave", () => this.point(-1));
    this.button.addEventListener("pointerleave", () => this.point(-1));
    canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => {
      if (this.adding) this.add(event);
    });
    canvas.addEventListener("dblclick", (/** @type {MouseEvent} */ event) => {
      if (!this.adding) this.add(event);
    });
    canvas.addEventListener(
      "touchstart",
      (/** @type {TouchEvent} */ event) => {
        const [touch] = event.touches;
        const pixel = plot.pixelOf(/** @type {any} */ (touch));
        if (plot.canMove && this.nearest(pixel, NEAR.touch) >= 0) event.preventDefault(); // a row is dragged, not the page
      },
      { passive: false },
    );
    this.button.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.press(event));
  }

  /** The pixel of a row. @param {number} row */
  pixelAt(row) {
    const { area, points } = this.plot;
    return { x: area.toX(points.x[row]), y: area.toY(points.y[row]) };
  }

  /**
   * The row nearest to a pixel; -1 if none is near.
   * @param {Pixel} pixel
   * @param {number} reach
   */
  nearest({ x, y }, reach) {
    const { points } = this.plot;
    let best = reach;
    let found = -1;
    for (let row = 0; row < points.x.length; row++) {
      const at = this.pixelAt(row);
      const distance = Math.hypot(at.x - x, at.y - y);
      if (distance < best) [best, found] = [distance, row];
    }
    return found;
  }

  /**
   * The numbers of a pixel, by limits.
   * @param {Pixel} pixel
   * @param {import("../plot_area.js").Box} box
   */
  numbersAt({ x, y }, [[left, right], [low, high]]) {
    const { area, points, scene } = this.plot;
    const found = [
      [left, right, (x - area.left) / area.plotWidth, area.plotWidth],
      [low, high, 1 - (y - area.top) / area.plotHeight, area.plotHeight],
    ].map(([from, to, share, pixels]) => rounded(from + share * (to - from), (to - from) / pixels));
    if (points.kind === "curve" && points.high && scene) {
      const [lower, upper] = this.plot.classes(scene);
      found[1] = found[1] > (lower + upper) / 2 ? upper : lower;
    }
    return found;
  }

  /** @param {PointerEvent} event */
  grab(event) {
    const { plot } = this;
    if (event.button || !plot.canMove) return;
    const pixel = plot.pixelOf(event);
    const reach = NEAR[/** @type {keyof typeof NEAR} */ (event.pointerType)] ?? NEAR.mouse;
    const row = event.target === this.button ? this.row : this.nearest(pixel, reach);
    if (row < 0) return;
    const at = this.pixelAt(row);
    const box = plot.area.box.map((interval) => [...interval]);
    this.row = row;
    this.held = { row, box, dx: at.x - pixel.x, dy: at.y - pixel.y, values: null };
    /** @type {HTMLElement} */ (event.target).setPointerCapture(event.pointerId);
    plot.element.classList.add("steepest-dragging");
    plot.draw();
    this.button.focus({ preventScroll: true });
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const { plot, held } = this;
    const pixel = plot.pixelOf(event);
    if (!held) {
      this.point(plot.canMove ? this.nearest(pixel, NEAR.mouse) : -1);
      return;
    }
    const values = this.numbersAt({ x: pixel.x + held.dx, y: pixel.y + held.dy }, held.box);
    if (values.join() === held.values?.join()) return;
    this.moved = true;
    held.values = values;
    this.point(held.row);
    plot.listeners.onMove(held.row, this.named(values), false);
  }

  release() {
    const { plot, held } = this;
    if (!held) return;
    this.held = null;
    plot.element.classList.remove("steepest-dragging");
    if (held.values) plot.listeners.onMove(held.row, this.named(held.values), true);
    plot.settle();
  }

  /**
   * Numbers as the table has them, by the names of their columns.
   * @param {number[]} values
   * @returns {Record<string, number | string>}
   */
  named(values) {
    const { points, scene } = this.plot;
    const { labels, kind, high } = points;
    const found = /** @type {Record<string, number | string>} */ ({ [labels[0]]: values[0], [labels[1]]: values[1] });
    if (kind === "curve" && high && scene) found[labels[1]] = scene.fit.classValue(values[1]);
    return found;
  }

  /**
   * A new row at a pixel, of the class of the nearest row.
   * @param {Pixel} pixel
   * @param {boolean} other whether it is of the other class
   */
  newRow(pixel, other) {
    const { plot } = this;
    const { area, points, scene } = plot;
    if (!scene) return;
    const values = this.named(this.numbersAt(pixel, area.box));
    if (points.kind === "boundary" && points.high) {
      const near = this.nearest(pixel, Infinity);
      const isHigh = Boolean(points.high[near]) !== other;
      values[scene.fit.target] = scene.fit.classValue(plot.classes(scene)[Number(isHigh)]);
    }
    plot.listeners.onAdd(values);
    this.row = points.x.length; // it is the last
  }

  /** @param {MouseEvent} event */
  add(event) {
    const { plot } = this;
    const pixel = plot.pixelOf(event);
    if (!plot.canMove || !plot.area.contains(pixel.x, pixel.y, 0) || this.nearest(pixel, NEAR.mouse) >= 0) return;
    this.newRow(pixel, event.shiftKey);
  }

  /** Add a row in the middle, for the keys to move. */
  addInMiddle() {
    const { area } = this.plot;
    this.newRow({ x: area.left + area.plotWidth / 2, y: area.top + area.plotHeight / 2 }, false);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { plot } = this;
    const direction = DIRECTIONS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (direction) this.nudge(direction, event.shiftKey ? 0.1 : 0.01);
    else if (event.key === "PageDown" || event.key === "PageUp") this.choose(event.key === "PageDown" ? 1 : -1);
    else if (event.key === "Delete" || event.key === "Backspace") plot.listeners.onRemove(this.row);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the arrows are the timeline's elsewhere
  }

  /**
   * @param {number[]} direction
   * @param {number} share of the axis
   */
  nudge(direction, share) {
    const { area, points, listeners, scene } = this.plot;
    if (!scene) return;
    this.moved = true;
    const before = [points.x[this.row], points.y[this.row]];
    const values = before.map((value, axis) => {
      const [low, high] = area.box[axis];
      const pixels = axis ? area.plotHeight : area.plotWidth;
      return direction[axis] ? rounded(value + direction[axis] * share * (high - low), (high - low) / pixels) : value;
    });
    if (points.kind === "curve" && points.high) {
      const [lower, upper] = this.plot.classes(scene);
      values[1] = direction[1] ? (direction[1] > 0 ? upper : lower) : before[1];
    }
    if (values.join() === before.join()) return;
    listeners.onMove(this.row, this.named(values), true);
  }

  /**
   * Choose the row to the right or to the left.
   * @param {number} way
   */
  choose(way) {
    const { points } = this.plot;
    const order = [...points.x.keys()].sort((a, b) => points.x[a] - points.x[b] || points.y[a] - points.y[b]);
    const at = order.indexOf(this.row) + way;
    this.row = order[Math.max(0, Math.min(order.length - 1, at))];
    this.draw();
  }

  /** Put the handle where its row is. */
  draw() {
    const { plot, button } = this;
    const { points, area } = plot;
    const { length } = points.x;
    button.hidden = !plot.canMove || !length;
    if (button.hidden) {
      this.point(-1);
      return;
    }
    this.row = Math.max(0, Math.min(length - 1, this.row));
    const { x, y } = this.pixelAt(this.row);
    button.style.transform = `translate(${x}px, ${y}px)`;
    if (this.pointed >= 0) this.write();
    const text = `row ${this.row + 1} of ${length}: ${this.numbersText(this.row)}`;
    if (button.getAttribute("aria-valuetext") === text) return;
    button.setAttribute("aria-label", `row ${this.row + 1}: ${LABEL}`);
    button.setAttribute("aria-valuetext", text);
    button.setAttribute("aria-valuenow", String(points.y[this.row]));
    button.setAttribute("aria-valuemin", String(Math.min(points.y[this.row], area.box[1][0])));
    button.setAttribute("aria-valuemax", String(Math.max(points.y[this.row], area.box[1][1])));
  }

  /** @param {number} row */
  numbersText(row) {
    const { labels, x, y } = this.plot.points;
    return [x, y].map((column, axis) => `${labels[axis]} = ${typeset(short(column[row]))}`).join(", ");
  }

  /**
   * Show what a row says; nothing without one.
   * @param {number} row
   */
  point(row) {
    const { plot, readout } = this;
    this.pointed = row;
    plot.canvas.classList.toggle("steepest-grabbable", row >= 0);
    readout.hidden = row < 0 || row >= plot.points.x.length;
    if (!readout.hidden) this.write();
  }

  write() {
    const { plot, readout, pointed: row } = this;
    const { scene, points, area } = plot;
    if (!scene || row >= points.x.length) return;
    const lines = [this.numbersText(row)];
    if (points.kind === "curve" && !points.high) {
      const { run } = scene.sceneRuns[scene.chosen];
      const [predicted] = scene.fit.predict(positionAt(run, scene.time), [Float64Array.of(points.x[row])]);
      lines.push(`predicted ${typeset(short(predicted))}, residual ${typeset(short(points.y[row] - predicted))}`);
    }
    readout.replaceChildren(
      h("b", null, `row ${row + 1}`),
      ...lines.map((line) => h("span", null, line)),
      ...(this.moved ? [] : [h("i", null, "drag it, or double-click to add one")]),
    );
    const { x, y } = this.pixelAt(row);
    const { offsetWidth, offsetHeight } = readout;
    const left = Math.max(4, Math.min(area.width - offsetWidth - 4, x + 14));
    const top = y - offsetHeight - 12 > 4 ? y - offsetHeight - 12 : y + 16;
    readout.style.transform = `translate(${left}px, ${top}px)`;
  }
}
