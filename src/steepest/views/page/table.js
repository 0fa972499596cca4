// @ts-check
/** The table of steps of one run; of a long run, so many rows around the present step. */
import { h } from "./element.js";
import { pretty, short } from "./format.js";
import { stepLength } from "./tape.js";

const ROWS = 120;

export class Steps {
  /** @param {(step: number) => void} onStep */
  constructor(onStep) {
    this.head = h("tr", null);
    this.body = h("tbody", { onclick: (/** @type {any} */ event) => {
      const row = event.target.closest("tr");
      if (row) onStep(Number(row.dataset.step));
    } });
    this.scroller = h("div", { class: "steepest-scroll", tabindex: "0", role: "region", "aria-label": "table of steps" },
      h("table", { class: "steepest-table" }, h("thead", null, this.head), this.body));
    this.element = this.scroller;
    /** @type {any} */
    this.shown = null;
  }

  /** @param {import("./tape.js").Run} run @param {string[]} names @param {number} time @param {number} version counts the runs */
  show(run, names, time, version) {
    const at = Math.min(Math.floor(time), run.steps), first = Math.max(0, Math.min(at - ROWS / 2, run.steps + 1 - ROWS));
    const key = [version, names, Math.floor(first / 20)].join();
    if (key !== this.shown) {
      this.shown = key;
      this.fill(run, names, Math.floor(first / 20) * 20);
    }
    const before = this.body.querySelector("[aria-current]"), now = this.body.querySelector(`[data-step="${at}"]`);
    if (before === now) return;
    before?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "step");
    if (!now) return;
    const top = now.offsetTop - this.scroller.clientHeight / 2;
    this.scroller.scrollTop = Math.max(0, top);
  }

  /** @param {import("./tape.js").Run} run @param {string[]} names @param {number} first */
  fill(run, names, first) {
    const { count } = run;
    this.head.replaceChildren(...["step", ...names.map(pretty), "f", "‖∇f‖", "‖step‖"].map((text) => h("th", { scope: "col" }, text)));
    const rows = [];
    for (let k = first; k <= Math.min(run.steps, first + ROWS + 20); k++) {
      const gradient = Math.hypot(...run.gradients.subarray(k * count, (k + 1) * count));
      const cells = [...run.positions.subarray(k * count, (k + 1) * count), run.values[k], gradient].map((value) => h("td", null, short(value, 4)));
      rows.push(h("tr", { "data-step": k }, h("th", { scope: "row" }, String(k)), ...cells, h("td", null, k ? short(stepLength(run, k), 3) : "")));
    }
    this.body.replaceChildren(...rows);
  }
}
