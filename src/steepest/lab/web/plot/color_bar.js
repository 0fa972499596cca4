// @ts-check
/** What the colors of the contours and of the surface mean: the bands of height with numbers at some of their borders. */
import { levelText } from "../model/format.js";
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
   * @param {number} width pixels of the picture above
   */
  show(levels, theme, bright, width) {
    this.element.hidden = !levels;
    if (!levels || (levels === this.levels && theme === this.theme)) return;
    [this.levels, this.theme] = [levels, theme];
    const count = levels.length - 1;
    const colors = shades(theme, count, bright ? 0 : theme.muted).map(
      ([red, green, blue]) => `rgb(${red}, ${green}, ${blue})`,
    );
    for (const [k, band] of spans(this.bands, count).entries()) band.style.background = colors[k];
    const apart = width < NARROW ? 2 * LABELS : LABELS;
    const shown = Array.from({ length: count + 1 }, (_, k) => k).filter((k) => k % apart === 0 || k === count);
    const texts = shown.map((k) => levelText(levels, k));
    for (const [k, number] of spans(this.numbers, texts.length).entries()) number.textContent = texts[k];
    this.element.setAttribute("aria-label", `the colors are heights: f from ${texts[0]} to ${texts[texts.length - 1]}`);
  }
}

/**
 * So many spans in an element: those that are there, or new ones.
 * @param {HTMLElement} element
 * @param {number} count
 */
function spans(element, count) {
  if (element.children.length !== count)
    element.replaceChildren(...Array.from({ length: count }, () => h("span", null)));
  return /** @type {HTMLElement[]} */ ([...element.children]);
}
