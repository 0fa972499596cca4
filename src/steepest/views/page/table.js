// @ts-check
/** The table of steps of one run; of a long run, so many rows around the present step. */
import { h } from "./element.js";
import { pretty, short } from "./format.js";
import { stepLength } from "./program.js";

const ROWS = 80, WIDEST = 7;

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

  /** @param {import("./program.js").Run} run @param {string[]} names @param {number} time @param {number} version counts the runs */
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

  /** Write the rows, into those that are there. @param {import("./program.js").Run} run @param {string[]} names @param {number} first */
  fill(run, names, first) {
    const { count } = run, last = Math.min(run.steps, first + ROWS + 20), titles = ["step", ...names.map(pretty), "f", "‖∇f‖", "‖step‖"];
    if (this.head.textContent !== titles.join("")) {
      this.head.replaceChildren(...titles.map((text) => h("th", { scope: "col" }, text)));
      this.body.replaceChildren();
    }
    while (this.body.children.length > last - first + 1) this.body.lastElementChild.remove();
    while (this.body.children.length < last - first + 1) this.body.append(h("tr", null, h("th", { scope: "row" }), ...titles.slice(1).map(() => h("td", null))));
    for (let k = first; k <= last; k++) {
      const row = this.body.children[k - first], gradient = Math.hypot(...run.gradients.subarray(k * count, (k + 1) * count));
      const texts = [String(k), ...Array.from(run.positions.subarray(k * count, (k + 1) * count), (value) => narrow(value, 4)), narrow(run.values[k], 4), narrow(gradient, 3), k ? narrow(stepLength(run, k), 3) : ""];
      row.dataset.step = String(k);
      texts.forEach((text, index) => { if (row.children[index].textContent !== text) row.children[index].textContent = text; });
    }
  }
}

/** A number in so little room that all columns are seen; as a power of ten rather than with many zeros. @param {number} value @param {number} digits */
function narrow(value, digits) {
  const text = short(value, digits);
  if (text.length <= WIDEST || !Number.isFinite(value)) return text;
  const [mantissa, exponent] = value.toExponential(digits - 2).split("e");
  return `${mantissa}e${Number(exponent)}`.replaceAll("-", "−");
}
