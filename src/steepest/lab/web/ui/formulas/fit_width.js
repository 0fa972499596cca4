// @ts-check
/** Lines of mathematics in a column: made smaller where they are wider, and broken where that is not enough. */
import { magnification } from "../dom.js";
import { breakLine } from "./line_breaks.js";

const SMALL = 0.8; // of the usual size: below, a line is broken
const SMALLEST = 0.55;

/** How small each line is. @type {WeakMap<HTMLElement, number>} */
const scales = new WeakMap();

/**
 * Keep the lines of a part of the page as small as its width needs.
 * @param {HTMLElement} part
 * @param {string} lines a selector
 * @returns {() => void} to be called when other lines are there
 */
export function keepFitting(part, lines) {
  let waits = false;
  const fit = () => {
    waits = false;
    fitWidth([.../** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll(lines))]);
  };
  new ResizeObserver(fit).observe(part);
  return () => {
    if (!waits) queueMicrotask(fit); // once everything is written, so that the browser lays out once
    waits = true;
  };
}

/**
 * Make lines as small as their column needs. All are measured before any is changed, so that the browser lays out once.
 * @param {HTMLElement[]} lines
 */
function fitWidth(lines) {
  const changes = lines.map((line) => {
    const room = /** @type {HTMLElement} */ (line.parentElement).clientWidth - line.offsetLeft;
    const scale = scales.get(line) ?? 1;
    const widths = [...line.children].map((formula) => formula.getBoundingClientRect().width);
    const natural = Math.max(0, ...widths) / scale / magnification(line);
    const wanted = room > 0 && natural > room ? Math.max(SMALLEST, Math.floor((96 * room) / natural) / 100) : 1;
    return { line, scale, wanted };
  });
  const wide = [];
  for (const { line, scale, wanted } of changes) {
    const isBroken = line.classList.contains("steepest-broken");
    if (wanted < SMALL && !isBroken) {
      breakLine(line);
      wide.push(line);
    } else if (scale !== wanted) {
      scales.set(line, wanted);
      line.style.fontSize = wanted < 1 ? `${100 * wanted}%` : "";
    }
  }
  if (wide.length) fitWidth(wide);
}
