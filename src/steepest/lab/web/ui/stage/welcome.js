// @ts-check
/** What a newcomer is told: one sentence, and a hint at the start's handle that is gone after the first drag. */
import { h } from "../dom.js";

const SENTENCE = "Gradient descent, step by step: type a function, drag the start, move the learning rate.";

/** The sentence about the page. */
export function welcome() {
  return h("p", { class: "steepest-welcome" }, SENTENCE);
}

const ROOM = 120; // pixels

/** The hint, for an element that it stands beside. */
export class DragHint {
  wanted = true;

  constructor() {
    this.element = h("span", { class: "steepest-hint", "aria-hidden": "true" }, "drag me");
  }

  /**
   * Put the hint beside a pixel, behind the step that leaves it if there is room.
   * @param {number} x
   * @param {number} y
   * @param {number} width of the picture
   * @param {boolean} leftward whether the step goes to the left
   * @param {boolean} shown whether there is a handle to drag
   */
  show(x, y, width, leftward, shown) {
    this.element.hidden = !this.wanted || !shown;
    if (this.element.hidden) return;
    const left = leftward ? x > width - ROOM : x > ROOM;
    this.element.classList.toggle("steepest-hint-left", left);
    this.element.style.transform = `translate(${x}px, ${y}px)`;
  }

  /** The start was dragged: nobody needs the hint any more. */
  done() {
    this.wanted = false;
    this.element.hidden = true;
  }
}
