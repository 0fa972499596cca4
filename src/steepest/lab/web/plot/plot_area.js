// @ts-check
/** Where a picture's coordinates lie on its canvas, in CSS pixels. */
import { clip } from "./canvas/clip.js";

/** @typedef {number[][]} Box */

const MARGINS = { left: 46, right: 10, top: 10, bottom: 28 };
const FAR = 1e9; // pixels: a canvas draws nothing right beyond
const EDGE = 20; // pixels beside the picture in which paths are still drawn
const NARROWEST = 1e-12; // of the size of the numbers at the ends of an axis
const WIDEST = 1e12;

export class PlotArea {
  width = 0;
  height = 0;
  /** The interval of each axis. @type {Box} */
  box = [
    [-1, 1],
    [-1, 1],
  ];

  /** @param {{left: number, right: number, top: number, bottom: number}} margins around the plot */
  constructor(margins = MARGINS) {
    this.margins = margins;
    this.left = margins.left;
    this.top = margins.top;
  }

  get plotWidth() {
    return Math.max(1, this.width - this.margins.left - this.margins.right);
  }

  get plotHeight() {
    return Math.max(1, this.height - this.margins.top - this.margins.bottom);
  }

  get right() {
    return this.left + this.plotWidth;
  }

  get bottom() {
    return this.top + this.plotHeight;
  }

  /** @param {number} x */
  toX(x) {
    const [low, high] = this.box[0];
    return Math.max(-FAR, Math.min(FAR, this.left + ((x - low) / (high - low)) * this.plotWidth));
  }

  /** @param {number} y */
  toY(y) {
    const [low, high] = this.box[1];
    return Math.max(-FAR, Math.min(FAR, this.top + (1 - (y - low) / (high - low)) * this.plotHeight));
  }

  /**
   * The position at a pixel.
   * @param {number} x
   * @param {number} y
   */
  fromPixels(x, y) {
    const [[left, right], [low, high]] = this.box;
    return [
      left + ((x - this.left) / this.plotWidth) * (right - left),
      low + (1 - (y - this.top) / this.plotHeight) * (high - low),
    ];
  }

  /**
   * A coordinate with no more digits than a pixel can tell.
   * @param {number} value
   * @param {number} axis
   */
  rounded(value, axis) {
    const [low, high] = this.box[axis];
    const pixel = (high - low) / (axis ? this.plotHeight : this.plotWidth);
    return rounded(value, pixel);
  }

  /**
   * Whether a pixel is in the picture or close beside it.
   * @param {number} x
   * @param {number} y
   * @param {number} [edge]
   */
  contains(x, y, edge = EDGE) {
    return x >= this.left - edge && x <= this.right + edge && y >= this.top - edge && y <= this.bottom + edge;
  }

  /**
   * The part of a line that is in the picture or close beside it; null if there is none.
   * @param {number} ax
   * @param {number} ay
   * @param {number} bx
   * @param {number} by
   */
  clipped(ax, ay, bx, by) {
    if (this.contains(ax, ay) && this.contains(bx, by)) return [ax, ay, bx, by];
    const across = [this.left - EDGE, this.right + EDGE];
    const part = clip(ax, ay, bx, by, across, [this.top - EDGE, this.bottom + EDGE]);
    if (!part) return null;
    const dx = bx - ax;
    const dy = by - ay;
    const [first, last] = part;
    return [ax + first * dx, ay + first * dy, last < 1 ? ax + last * dx : bx, last < 1 ? ay + last * dy : by];
  }

  /**
   * Show this box, unless no numbers can tell its ends apart or it is too wide; whether it does.
   * @param {Box} box
   */
  show(box) {
    const close = (/** @type {number[]} */ [low, high]) =>
      !(high - low > NARROWEST * Math.max(Math.abs(low), Math.abs(high)));
    if (box.some((interval) => close(interval) || interval[1] - interval[0] > WIDEST)) return false;
    this.box = box;
    return true;
  }

  /**
   * Move by so many pixels.
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    const [[left, right], [low, high]] = this.box;
    const x = (-dx / this.plotWidth) * (right - left);
    const y = (dy / this.plotHeight) * (high - low);
    return this.show([
      [left + x, right + x],
      [low + y, high + y],
    ]);
  }

  /**
   * Show so many times as much, with what is at a pixel staying there.
   * @param {number} x
   * @param {number} y
   * @param {number} factor
   */
  zoomAround(x, y, factor) {
    const center = this.fromPixels(x, y);
    return this.show(
      this.box.map(([low, high], i) => [
        center[i] + (low - center[i]) * factor,
        center[i] + (high - center[i]) * factor,
      ]),
    );
  }
}

/**
 * A number with no more digits than a pixel can tell.
 * @param {number} value
 * @param {number} pixel what a pixel is on its axis
 */
export function rounded(value, pixel) {
  const unit = 10 ** Math.floor(Math.log10(pixel));
  return Number((Math.round(value / unit) * unit).toPrecision(12));
}
