// @ts-check
/** Which color is which optimizer, and its value at the present step. */

import { exact, valueTexts } from "../model/format.js";
import { runStyle, swatch } from "../plot/run_style.js";
import { h } from "./dom.js";

export class Legend {
  constructor() {
    this.element = h("div", { class: "steepest-legend", tabindex: "0", role: "group", "aria-label": "legend" });
    /** @type {import("../plot/run_style.js").Theme | null} */
    this.theme = null;
  }

  /**
   * @param {import("../model/store.js").SceneRun[]} sceneRuns
   * @param {number} time
   * @param {import("../plot/run_style.js").Theme} theme
   */
  show(sceneRuns, time, theme) {
    const items = this.element.children;
    if (items.length !== sceneRuns.length || this.theme !== theme) {
      this.theme = theme;
      this.element.replaceChildren(
        ...sceneRuns.map((_, index) =>
          h("span", { class: "steepest-legend-item" }, swatch(runStyle(theme, index)), h("span", null), h("b", null)),
        ),
      );
    }
    const values = sceneRuns.map(({ run }) => run.values[Math.min(Math.floor(time), run.steps)]);
    const texts = valueTexts(values);
    sceneRuns.forEach(({ label }, index) => {
      const item = /** @type {HTMLElement} */ (items[index]);
      const [, name, number] = item.children;
      const whole = `${label}: f = ${exact(values[index])}`;
      if (name.textContent !== label) name.textContent = label;
      if (number.textContent !== texts[index]) number.textContent = texts[index];
      if (item.title !== whole) item.title = whole;
    });
  }
}
