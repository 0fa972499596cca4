// @ts-check
/** The table of steps of one run; of a long run, so many rows around the present step. */

import { stepLength } from "../model/ending.js";
import { near, pretty, short } from "../model/format.js";
import { h } from "./dom.js";

const ROWS = 80;
const WIDEST = 7;

export class StepTable {
  /** @param {(step: number) => void} onStep */
  constructor(onStep) {
    this.head = h("tr", null);
    this.body = h("tbody", {
      onclick: (/** @type {any} */ event) => {
        const row = event.target.closest("tr");
        if (row) onStep(Number(row.dataset.step));
      },
    });
    this.scroller = h(
      "div",
      { class: "steepest-scroll", tabindex: "0", role: "region", "aria-label": "table of steps" },
      h("table", { class: "steepest-table" }, h("thead", null, this.head), this.body),
    );
    this.element = this.scroller;
    /** @type {any} */
    this.shown = null;
    this.followed = false;
    this.titles = "";
    /** The rows with what their cells say. @type {{row: any, cells: any[], texts: string[]}[]} */
    this.rows = [];
  }

  /**
   * @param {import("../model/program.js").Run} run
   * @param {string[]} names
   * @param {number} time
   * @param {number} version counts the runs
   * @param {boolean} follow whether to scroll to the present step, which takes the browser time after rows were written
   */
  show(run, names, time, version, follow) {
    const at = Math.min(Math.floor(time), run.steps);
    const first = Math.max(0, Math.min(at - ROWS / 2, run.steps + 1 - ROWS));
    const key = [version, names, Math.floor(first / 20)].join();
    if (key !== this.shown) {
      this.shown = key;
      this.fill(run, names, Math.floor(first / 20) * 20);
    }
    const before = this.body.querySelector("[aria-current]");
    const now = this.body.querySelector(`[data-step="${at}"]`);
    if (before !== now) {
      before?.removeAttribute("aria-current");
      now?.setAttribute("aria-current", "step");
      this.followed = false;
    }
    if (!follow || this.followed || !now) return;
    this.followed = true;
    this.scroller.scrollTop = Math.max(0, now.offsetTop - this.scroller.clientHeight / 2);
  }

  /**
   * Write the rows, into those that are there.
   * @param {import("../model/program.js").Run} run
   * @param {string[]} names
   * @param {number} first
   */
  fill(run, names, first) {
    const { count } = run;
    const last = Math.min(run.steps, first + ROWS + 20);
    const titles = ["step", ...names.map(pretty), "f", "‖∇f‖", "‖step‖"];
    if (this.titles !== titles.join()) {
      this.titles = titles.join();
      this.head.replaceChildren(...titles.map((text) => h("th", { scope: "col" }, text)));
      for (const { row } of this.rows.splice(0)) row.remove();
    }
    for (const { row } of this.rows.splice(last - first + 1)) row.remove();
    while (this.rows.length < last - first + 1) {
      const cells = [h("th", { scope: "row" }), ...titles.slice(1).map(() => h("td", null))];
      const row = h("tr", null, ...cells);
      this.body.append(row);
      this.rows.push({ row, cells, texts: [] });
    }
    this.rows.forEach(({ row, cells, texts }, index) => {
      const k = first + index;
      const gradient = Math.hypot(...run.gradients.subarray(k * count, (k + 1) * count));
      const told = (/** @type {ArrayLike<number>} */ values, /** @type {number} */ width, /** @type {number} */ i) =>
        narrow(
          values[k * width + i],
          4,
          near(k, run.steps).map((step) => values[step * width + i]),
        );
      const now = [
        String(k),
        ...names.map((_, i) => told(run.positions, count, i)),
        told(run.values, 1, 0),
        narrow(gradient, 3),
        k ? narrow(stepLength(run, k), 3) : "",
      ];
      row.dataset.step = String(k);
      now.forEach((text, column) => {
        if (texts[column] !== text) cells[column].textContent = texts[column] = text;
      });
    });
  }
}

/**
 * A number in so little room that all columns are seen; as a power of ten rather than with many zeros, longer where the
 * others need it.
 * @param {number} value
 * @param {number} digits
 * @param {number[]} [others]
 */
function narrow(value, digits, others = []) {
  const text = short(value, digits, others);
  if (
    text.length <= WIDEST ||
    !Number.isFinite(value) ||
    text.replace(/^[−0.]+|\./g, "").replace(/e.*/, "").length > digits
  )
    return text;
  const [mantissa, exponent] = value.toExponential(digits - 2).split("e");
  return `${mantissa}e${Number(exponent)}`.replaceAll("-", "−");
}
