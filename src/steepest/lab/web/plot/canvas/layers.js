// @ts-check
/** Canvases of one size, one over the other, so that what stays is drawn once and only what moves is drawn each frame. */
import { h, pixelRatio } from "../../ui/dom.js";

export class Layers {
  width = 0;
  height = 0;
  ratio = 1;

  /** @param {number} count */
  constructor(count) {
    /** From the lowest to the highest, which takes the pointer. @type {HTMLCanvasElement[]} */
    this.canvases = Array.from({ length: count }, () => h("canvas", { class: "steepest-canvas" }));
    for (const canvas of this.canvases.slice(0, -1)) canvas.setAttribute("aria-hidden", "true");
    this.contexts = this.canvases.map((canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")));
  }

  /** The highest. */
  get front() {
    return this.canvases[this.canvases.length - 1];
  }

  /**
   * Take the size of an element; whether it is another one. What was drawn is then gone.
   * @param {HTMLElement} element
   */
  resize(element) {
    const { clientWidth, clientHeight } = element;
    const ratio = pixelRatio(element);
    if (!clientWidth || (clientWidth === this.width && clientHeight === this.height && ratio === this.ratio))
      return false;
    [this.width, this.height, this.ratio] = [clientWidth, clientHeight, ratio];
    for (const canvas of this.canvases) {
      canvas.width = Math.round(clientWidth * ratio);
      canvas.height = Math.round(clientHeight * ratio);
    }
    return true;
  }

  /**
   * A layer's context, with nothing drawn, measured in the element's pixels.
   * @param {number} index
   */
  cleared(index) {
    const context = this.contexts[index];
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    return context;
  }
}
