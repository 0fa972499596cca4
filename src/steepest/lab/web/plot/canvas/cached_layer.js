// @ts-check
/** What is drawn once and shown until it changes, as words take a browser their time. */

export class CachedLayer {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.layerContext = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.key = "";
  }

  /**
   * Show what `draw` draws, over all of the context's canvas, which is so many CSS pixels wide; a context that writes
   * SVG draws it itself.
   * @param {any} context
   * @param {number} width
   * @param {unknown[]} key what the drawing depends on
   * @param {(context: any) => void} draw
   */
  show(context, width, key, draw) {
    if (!(context instanceof CanvasRenderingContext2D)) return draw(context);
    const { canvas, layerContext } = this;
    const size = context.canvas;
    const ratio = size.width / width;
    const now = [size.width, size.height, ...key].join();
    if (now !== this.key) {
      this.key = now;
      [canvas.width, canvas.height] = [size.width, size.height];
      layerContext.setTransform(ratio, 0, 0, ratio, 0, 0);
      draw(layerContext);
    }
    return context.drawImage(canvas, 0, 0, width, size.height / ratio);
  }
}
