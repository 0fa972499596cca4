// @ts-check
/** What a newcomer is told: one sentence, and a hint at the start's handle that is gone after the first drag. */
import { h } from "../dom.js";

const SENTENCE = "Gradient descent, step by step: type a function, drag the start, move the learning rate.";

/** The sentence about the page. */
export function welcome() {
  return h("p", { class: "steepest-welcome" }, SENTENCE);
}

const BESIDE = 26; // pixels from the middle of the handle to the hint, as in stage.css
const [HIGH, WIDE] = [15, 85]; // pixels: half its height, and its width

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/** The hint, for an element that it stands beside. */
export class DragHint {
  wanted = true;

  constructor() {
    this.element = h("span", { class: "steepest-hint", "aria-hidden": "true" }, "drag me");
  }

  /**
   * Put the hint beside a pixel, behind the step that leaves it if there is room; where there is none on either side, there
   * is no hint.
   * @param {number} x
   * @param {number} y
   * @param {number} width of the picture
   * @param {boolean} leftward whether the step goes to the left
   * @param {(() => Box[]) | null} taken what it may not cover; null where there is no handle to drag
   */
  show(x, y, width, leftward, taken) {
    this.element.hidden = true;
    if (!this.wanted || !taken) return;
    const boxes = taken();
    const side = [leftward ? 0 : 1, leftward ? 1 : 0].find((left) => {
      const [from, to] = left ? [x - BESIDE - WIDE, x - BESIDE] : [x + BESIDE, x + BESIDE + WIDE];
      const isFree = boxes.every(
        (box) => box.left > to || box.right < from || box.top > y + HIGH || box.bottom < y - HIGH,
      );
      return from >= 0 && to <= width && isFree;
    });
    if (side === undefined) return;
    this.element.hidden = false;
    this.element.classList.toggle("steepest-hint-left", side === 1);
    this.element.style.transform = `translate(${x}px, ${y}px)`;
  }

  /** The start was dragged: nobody needs the hint any more. */
  done() {
    this.wanted = false;
    this.element.hidden = true;
  }
}
