// @ts-check
/** What is drawn once and shown until it changes, as words take a browser their time. */

export class Board {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.chalk = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.key = "";
  }

  /**
   * Show what `draw` draws, over all of the pen's canvas, which is so many CSS pixels wide; a pen that writes SVG draws
   * it itself.
   * @param {any} pen
   * @param {number} width
   * @param {unknown[]} key what the drawing depends on
   * @param {(pen: any) => void} draw
   */
  show(pen, width, key, draw) {
    if (!(pen instanceof CanvasRenderingContext2D)) return draw(pen);
    const { canvas, chalk } = this;
    const size = pen.canvas;
    const ratio = size.width / width;
    const now = [size.width, size.height, ...key].join();
    if (now !== this.key) {
      this.key = now;
      [canvas.width, canvas.height] = [size.width, size.height];
      chalk.setTransform(ratio, 0, 0, ratio, 0, 0);
      draw(chalk);
    }
    return pen.drawImage(canvas, 0, 0, width, size.height / ratio);
  }
}
