// @ts-check
/** GIF: one palette, and rectangles over the picture before (GIF89a specification, CompuServe 1990). */
import { blocks, compressed } from "./lzw.js";
import { TRANSPARENT } from "./palette.js";

const COLOR_TABLE = 0xf7; // a global table of 256 colors
const FOREVER = [0x21, 0xff, 0x0b, ...ascii("NETSCAPE2.0"), 3, 1, 0, 0, 0];
const KEEP_AND_TRANSPARENT = 0x05; // the picture stays under the next rectangle; one color is transparent
const SHORTEST = 2; // hundredths of a second: players slow down what is faster
const LONGEST = 0xffff;

/** @typedef {{left: number, top: number, right: number, bottom: number}} Rectangle */

export class Gif {
  /**
   * @param {number} width
   * @param {number} height
   * @param {import("./palette.js").Palette} palette
   * @param {string} comment what made it
   */
  constructor(width, height, palette, comment) {
    this.width = width;
    this.height = height;
    this.palette = palette;
    /** @type {Uint8Array[]} */
    this.parts = [
      Uint8Array.from([...ascii("GIF89a"), ...short(width), ...short(height), COLOR_TABLE, 0, 0]),
      palette.table,
      Uint8Array.from([...FOREVER, 0x21, 0xfe]),
      blocks(new TextEncoder().encode(comment)),
    ];
    /** The colors of the picture so far. @type {Uint32Array | null} */
    this.before = null;
    /** A rectangle whose duration may grow. @type {{image: Uint8Array, seconds: number} | null} */
    this.waiting = null;
    this.seconds = 0;
    this.hundredths = 0;
  }

  /**
   * A frame; one that changes nothing lengthens the one before.
   * @param {Uint8ClampedArray} pixels red, green, blue and opacity of each, all opaque
   * @param {number} seconds
   */
  add(pixels, seconds) {
    const colors = new Uint32Array(pixels.buffer, pixels.byteOffset, this.width * this.height);
    const { before, width, height, waiting } = this;
    const rectangle = before ? changed(before, colors, width) : { left: 0, top: 0, right: width, bottom: height };
    if (!rectangle && waiting) {
      waiting.seconds += seconds;
      return;
    }
    this.flush();
    const { left, top, right, bottom } = /** @type {Rectangle} */ (rectangle);
    const indices = new Uint8Array((right - left) * (bottom - top));
    let to = 0;
    for (let row = top; row < bottom; row++)
      for (let at = row * width + left; at < row * width + right; at++, to++)
        indices[to] =
          before && before[at] === colors[at]
            ? TRANSPARENT
            : this.palette.indexOf(pixels[4 * at], pixels[4 * at + 1], pixels[4 * at + 2]);
    const descriptor = [0x2c, ...[left, top, right - left, bottom - top].flatMap(short), 0];
    this.waiting = { image: joined([Uint8Array.from(descriptor), compressed(indices)]), seconds };
    if (before) before.set(colors);
    else this.before = colors.slice();
  }

  /** Write the frame that waits; times are rounded to hundredths so that their sum is right. */
  flush() {
    if (!this.waiting) return;
    const { image, seconds } = this.waiting;
    this.seconds += seconds;
    const delay = Math.max(Math.round(100 * this.seconds) - this.hundredths, SHORTEST);
    this.hundredths += delay;
    const shown = short(Math.min(delay, LONGEST));
    this.parts.push(Uint8Array.from([0x21, 0xf9, 4, KEEP_AND_TRANSPARENT, ...shown, TRANSPARENT, 0]), image);
    this.waiting = null;
  }

  /** The file. */
  bytes() {
    this.flush();
    return joined([...this.parts, Uint8Array.of(0x3b)]);
  }
}

/**
 * The smallest rectangle around everything that differs; null if nothing does.
 * @param {Uint32Array} before
 * @param {Uint32Array} after
 * @param {number} width
 * @returns {Rectangle | null}
 */
function changed(before, after, width) {
  let [left, right, top, bottom] = [width, 0, -1, 0];
  for (let at = 0; at < after.length; at++) {
    if (before[at] === after[at]) continue;
    const row = Math.floor(at / width);
    const column = at - row * width;
    if (top < 0) top = row;
    bottom = row + 1;
    if (column < left) left = column;
    if (column >= right) right = column + 1;
  }
  return top < 0 ? null : { left, top, right, bottom };
}

/** @param {string} text */
function ascii(text) {
  return [...text].map((letter) => letter.charCodeAt(0));
}

/** @param {number} value */
function short(value) {
  return [value & 255, value >> 8];
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
