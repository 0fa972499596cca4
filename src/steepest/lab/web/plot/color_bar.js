// @ts-check
/** What the colors of the contours and of the surface mean: the bands of height with numbers at some of their borders. */
import { short } from "../model/format.js";
import { h } from "../ui/dom.js";
import { shades } from "./color.js";

const LABELS = 4; // bands from one number to the next
const NARROW = 300; // pixels, below which there is room for half as many

export class ColorBar {
  constructor() {
    this.bands = h("div", { class: "steepest-bands" });
    this.numbers = h("div", { class: "steepest-band-numbers" });
    this.element = h(
      "div",
      { class: "steepest-color-bar", role: "img", hidden: true },
      h("span", { class: "steepest-prefix", "aria-hidden": "true" }, "f"),
      h("div", null, this.bands, this.numbers),
    );
    /** @type {ArrayLike<number> | null} */
    this.levels = null;
    /** @type {import("./run_style.js").Theme | null} */
    this.theme = null;
  }

  /**
   * @param {ArrayLike<number> | null} levels the borders of the bands; null where there are no colors
   * @param {import("./run_style.js").Theme} theme
   * @param {boolean} bright whether the colors are as bright as the surface's
   */
  show(levels, theme, bright) {
    this.element.hidden = !levels;
    if (!levels || (levels === this.levels && theme === this.theme)) return;
    [this.levels, this.theme] = [levels, theme];
    const count = levels.length - 1;
    this.bands.replaceChildren(
      ...shades(theme, count, bright ? 0 : theme.muted).map(([red, green, blue]) => {
        const band = h("span", null);
        band.style.background = `rgb(${red}, ${green}, ${blue})`;
        return band;
      }),
    );
    const apart = this.element.clientWidth < NARROW ? 2 * LABELS : LABELS;
    const shown = Array.from({ length: count + 1 }, (_, k) => k).filter((k) => k % apart === 0 || k === count);
    const texts = shown.map((k) => short(Number(levels[k].toPrecision(3)), 3));
    this.numbers.replaceChildren(...texts.map((text) => h("span", null, text)));
    this.element.setAttribute("aria-label", `the colors are heights: f from ${texts[0]} to ${texts[texts.length - 1]}`);
  }
}
