// @ts-check
/** The coefficients of a fit: as they are at the step, in the table's own units, and of the exact answer. */
import { pretty, short, typeset } from "../../model/format.js";
import { h } from "../dom.js";

const MOST = 12; // coefficients that are shown

export class CoefficientTable {
  constructor() {
    this.body = h("tbody", null);
    this.head = h("tr", null);
    this.caption = h("caption", null);
    this.element = h(
      "div",
      { class: "steepest-coefficients", tabindex: "0", role: "group", "aria-label": "coefficients" },
      h("table", { class: "steepest-table" }, this.caption, h("thead", null, this.head), this.body),
    );
    this.shown = "";
  }

  /**
   * @param {string} caption whose they are, and at which step
   * @param {string[]} names
   * @param {{title: string, values: ArrayLike<number> | null}[]} columns
   */
  show(caption, names, columns) {
    const known = columns.filter(({ values }) => values);
    const texts = names.map((_, i) => known.map(({ values }) => typeset(short(/** @type {any} */ (values)[i], 6))));
    const key = JSON.stringify([caption, names, known.map(({ title }) => title), texts]);
    if (key === this.shown) return;
    this.shown = key;
    this.caption.textContent = caption;
    this.head.replaceChildren(
      h("th", { scope: "col" }, h("span", { class: "steepest-unseen" }, "coefficient")),
      ...known.map(({ title }) => h("th", { scope: "col" }, title)),
    );
    const rows = names
      .slice(0, MOST)
      .map((name, i) =>
        h(
          "tr",
          null,
          h("th", { scope: "row" }, h("i", null, pretty(name))),
          ...texts[i].map((text) => h("td", null, text)),
        ),
      );
    const more = names.length - MOST;
    const rest = more > 0 ? [h("tr", null, h("td", { colspan: known.length + 1 }, `and ${more} more`))] : [];
    this.body.replaceChildren(...rows, ...rest);
  }
}
