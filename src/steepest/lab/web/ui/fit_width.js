// @ts-check
/** Lines of mathematics in a column: made smaller where they are wider. */

import { magnification } from "./dom.js";

const SMALLEST = 0.6; // of the usual size; what is wider still is scrolled

/** How small each line is. @type {WeakMap<HTMLElement, number>} */
const scales = new WeakMap();

/**
 * Keep the lines of a part of the page as small as its width needs.
 * @param {HTMLElement} part
 * @param {string} lines a selector
 * @returns {() => void} to be called when other lines are there
 */
export function keepFitting(part, lines) {
  const fit = () => fitWidth(part.querySelectorAll(lines));
  new ResizeObserver(fit).observe(part);
  return fit;
}

/**
 * Make lines as small as their column needs. All are measured before any is changed, so that the browser lays out once.
 * @param {Iterable<HTMLElement>} lines
 */
export function fitWidth(lines) {
  const changes = [...lines].map((line) => {
    const room = /** @type {HTMLElement} */ (line.parentElement).clientWidth - line.offsetLeft;
    const scale = scales.get(line) ?? 1;
    const widths = [...line.children].map((formula) => formula.getBoundingClientRect().width);
    const natural = Math.max(0, ...widths) / scale / magnification(line);
    const wanted = natural > room ? Math.max(SMALLEST, Math.floor((98 * room) / natural) / 100) : 1;
    return { line, scale, wanted };
  });
  for (const { line, scale, wanted } of changes) {
    if (scale === wanted) continue;
    scales.set(line, wanted);
    line.style.fontSize = wanted < 1 ? `${100 * wanted}%` : "";
  }
}
