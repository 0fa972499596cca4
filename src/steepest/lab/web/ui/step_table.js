// @ts-check
/** The table of steps of one run: as many rows as are seen, however long the run is. */

import { exact, near, pretty, short, typeset } from "../model/format.js";
import { stepLength } from "../model/runs/ending.js";
import { h } from "./dom.js";

const MORE = 6; // rows above and below those that are seen
const WIDEST = 7;
/** How rows are written, from wide to narrow: the most digits that tell a number from those beside it, and the font. */
const WAYS = [17, 12, 9, 6, 4].flatMap((digits) => [11.5, 10.4, 9.2].map((size) => ({ digits, size })));
const KEYS = /** @type {Record<string, number>} */ ({ ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 });

export class StepTable {
  /** @type {import("../model/runs/program.js").Run | null} */
  run = null;
  /** @type {string[]} */
  names = [];
  /** The step that is marked. */
  at = 0;
  /** The step that was asked for since, before it is drawn. @type {number | null} */
  wanted = null;
  version = "";
  titles = "";
  /** Which run's rows are written, and which of them. */
  written = "";
  /** The rows with what their cells say. @type {{row: any, cells: any[], texts: string[]}[]} */
  rows = [];

  /** In which of the ways the rows of a run have room, in a table of its width. */
  fitted = { of: "", way: 0 };

  /** @param {(step: number) => void} onStep */
  constructor(onStep) {
    this.head = h("tr", null);
    this.above = h("tr", { "aria-hidden": "true" }, h("td", null));
    this.below = h("tr", { "aria-hidden": "true" }, h("td", null));
    this.body = h(
      "tbody",
      {
        onclick: (/** @type {any} */ event) => {
          const row = event.target.closest("tr[data-step]");
          if (row) onStep(Number(row.dataset.step));
        },
      },
      this.above,
      this.below,
    );
    this.table = h("table", { class: "steepest-table" }, h("thead", null, this.head), this.body);
    this.element = h(
      "div",
      {
        class: "steepest-scroll",
        tabindex: "0",
        role: "region",
        "aria-label": "table of steps: the arrow keys go through them",
        onscroll: () => this.fill(),
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          const { altKey, ctrlKey, metaKey, key } = event;
          if (!KEYS[key] || altKey || ctrlKey || metaKey || !this.run) return;
          event.preventDefault();
          event.stopPropagation();
          this.wanted = Math.max(0, Math.min(this.run.steps, (this.wanted ?? this.at) + KEYS[key]));
          onStep(this.wanted);
        },
      },
      this.table,
    );
    new ResizeObserver(() => this.follow()).observe(this.element);
  }

  /** How high a row is. */
  get rowHeight() {
    return this.rows[0]?.row.offsetHeight || 24;
  }

  /**
   * @param {import("../model/runs/program.js").Run} run
   * @param {string[]} names
   * @param {number} step
   * @param {string} version of the run
   */
  show(run, names, step, version) {
    this.wanted = null;
    const at = Math.min(step, run.steps);
    if (this.version === version && this.at === at && this.run === run) return;
    Object.assign(this, { run, names, at, version });
    this.follow();
  }

  /** Scroll to the present step. */
  follow() {
    if (!this.run || !this.element.clientHeight) return;
    this.fill();
    const { element, rowHeight } = this;
    element.scrollTop = Math.max(0, (this.at + 1.5) * rowHeight - element.clientHeight / 2);
    this.fill();
  }

  /** Write the rows that are seen, into those that are there. */
  fill() {
    const { run, names, element, version } = this;
    if (!run) return;
    const titles = ["step", ...names.map(pretty), "f", "‖∇f‖", "‖step‖"];
    if (this.titles !== titles.join()) {
      this.titles = titles.join();
      this.head.replaceChildren(...titles.map((text) => h("th", { scope: "col" }, text)));
      for (const { row } of this.rows.splice(0)) row.remove();
    }
    const { rowHeight } = this;
    const seen = Math.ceil(element.clientHeight / rowHeight) + 2 * MORE;
    const first = Math.max(0, Math.min(Math.floor(element.scrollTop / rowHeight) - MORE, run.steps + 1 - seen));
    const last = Math.min(run.steps, first + seen - 1);
    const width = element.clientWidth;
    const written = [version, this.titles, first, last, width].join();
    if (written !== this.written) {
      this.written = written;
      this.writeNarrow(run, first, last, width);
      this.above.firstElementChild.style.height = `${first * this.rowHeight}px`;
      this.below.firstElementChild.style.height = `${(run.steps - last) * this.rowHeight}px`;
    }
    this.mark();
  }

  mark() {
    for (const { row } of this.rows) {
      const now = Number(row.dataset.step) === this.at;
      if (now !== row.hasAttribute("aria-current")) {
        if (now) row.setAttribute("aria-current", "step");
        else row.removeAttribute("aria-current");
      }
    }
  }

  /**
   * Write rows with as many digits and in as large a font as the columns have room for; other rows of a run have no more
   * room than those that were seen before.
   * @param {import("../model/runs/program.js").Run} run
   * @param {number} first
   * @param {number} last
   * @param {number} width pixels that the table may take
   */
  writeNarrow(run, first, last, width) {
    const { fitted, table } = this;
    const of = [this.version, this.titles, width].join();
    if (fitted.of !== of) Object.assign(fitted, { of, way: 0 });
    for (; ; fitted.way++) {
      const { digits, size } = WAYS[fitted.way];
      this.write(run, first, last, digits);
      table.style.fontSize = `${size}px`;
      if (table.offsetWidth <= width || fitted.way === WAYS.length - 1) return;
    }
  }

  /**
   * @param {import("../model/runs/program.js").Run} run
   * @param {number} first
   * @param {number} last
   * @param {number} most digits
   */
  write(run, first, last, most) {
    const { count } = run;
    const { names } = this;
    for (const { row } of this.rows.splice(last - first + 1)) row.remove();
    while (this.rows.length < last - first + 1) {
      const cells = [h("th", { scope: "row" }), ...Array.from({ length: names.length + 3 }, () => h("td", null))];
      const row = h("tr", null, ...cells);
      this.below.before(row);
      this.rows.push({ row, cells, texts: [] });
    }
    this.table.setAttribute("aria-rowcount", String(run.steps + 2));
    this.rows.forEach(({ row, cells, texts }, index) => {
      const k = first + index;
      const gradient = Math.hypot(...run.gradients.subarray(k * count, (k + 1) * count));
      const told = (/** @type {ArrayLike<number>} */ values, /** @type {number} */ width, /** @type {number} */ i) =>
        narrow(
          values[k * width + i],
          4,
          near(k, run.steps).map((step) => values[step * width + i]),
          most,
        );
      const now = [
        { text: String(k), title: "" },
        ...names.map((_, i) => told(run.positions, count, i)),
        told(run.values, 1, 0),
        narrow(gradient, 3, [], most),
        k ? narrow(stepLength(run, k), 3, [], most) : { text: "", title: "" },
      ];
      row.dataset.step = String(k);
      row.setAttribute("aria-rowindex", String(k + 2));
      now.forEach(({ text, title }, column) => {
        if (texts[column] === text + title) return;
        texts[column] = text + title;
        cells[column].textContent = text;
        cells[column].title = title;
      });
    });
  }
}

/**
 * A number in so little room that all columns are seen; as a power of ten rather than with many zeros, longer where the
 * others need it. The title has the digits that were left out.
 * @param {number} value
 * @param {number} digits
 * @param {number[]} others
 * @param {number} most digits that there is room for
 */
function narrow(value, digits, others, most) {
  const text = short(value, digits, others);
  const needed = digitsOf(text);
  if (needed > most) return { text: typeset(short(Number(value.toPrecision(most)), most)), title: exact(value) };
  if (text.length <= WIDEST || !Number.isFinite(value) || needed > digits) return { text: typeset(text), title: "" };
  const power = value
    .toExponential(digits - 2)
    .replace("e+", "e")
    .replaceAll("-", "−");
  return { text: typeset(power), title: "" };
}

/**
 * How many digits of a number a text shows.
 * @param {string} text
 */
function digitsOf(text) {
  return text.replace(/^[−0.]+|\./g, "").replace(/e.*/, "").length;
}
