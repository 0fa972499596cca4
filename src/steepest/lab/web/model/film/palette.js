// @ts-check
/** The colors of a film: those that are given, and the most frequent of a picture by median cut (Heckbert 1982). */

const BITS = 5; // of each channel, by which a color is looked up
const SIDE = 1 << BITS;
const SHADES = 7; // from a color to the paper behind it, for smooth edges

/** The index of what a frame leaves as it was. */
export const TRANSPARENT = 255;

/** Up to 255 colors, and the nearest of them to any. */
export class Palette {
  /**
   * @param {Uint8ClampedArray} pixels of a picture: red, green, blue and opacity of each
   * @param {string[]} own colors that must be there, as `#rrggbb`
   * @param {string} paper what they fade into
   */
  constructor(pixels, own, paper) {
    const given = new Map(own.flatMap((color) => ramp(color, paper)).map((color) => [color.join(), color]));
    const kept = [...given.values()].slice(0, TRANSPARENT >> 1);
    /** Red, green and blue of each. @type {number[][]} */
    this.colors = [...kept, ...medianCut(pixels, TRANSPARENT - kept.length)];
    /** The nearest color of each cell of the cube; 255 where it was not asked for yet. */
    this.nearest = new Uint8Array(SIDE ** 3).fill(TRANSPARENT);
    for (const [k, [red, green, blue]] of [...this.colors.entries()].toReversed())
      this.nearest[cellOf(red, green, blue)] = k;
  }

  /** Its bytes in a file: 256 colors. */
  get table() {
    const table = new Uint8Array(3 * 256);
    for (const [k, color] of this.colors.entries()) table.set(color, 3 * k);
    return table;
  }

  /**
   * The index of a color.
   * @param {number} red
   * @param {number} green
   * @param {number} blue
   */
  indexOf(red, green, blue) {
    const cell = cellOf(red, green, blue);
    if (this.nearest[cell] === TRANSPARENT) this.nearest[cell] = this.closest(cell);
    return this.nearest[cell];
  }

  /** @param {number} cell */
  closest(cell) {
    const center = [cell >> (2 * BITS), (cell >> BITS) & (SIDE - 1), cell & (SIDE - 1)].map((c) => (c << 3) | (c >> 2));
    let [least, found] = [Infinity, 0];
    for (const [k, color] of this.colors.entries()) {
      const distance = color.reduce((sum, value, i) => sum + (value - center[i]) ** 2, 0);
      if (distance < least) [least, found] = [distance, k];
    }
    return found;
  }
}

/**
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 */
function cellOf(red, green, blue) {
  return ((red >> 3) << (2 * BITS)) | ((green >> 3) << BITS) | (blue >> 3);
}

/**
 * Colors from one to another.
 * @param {string} color
 * @param {string} paper
 */
function ramp(color, paper) {
  const [from, to] = [color, paper].map((text) => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)));
  return Array.from({ length: SHADES }, (_, k) =>
    from.map((value, i) => Math.round(value + ((to[i] - value) * k) / (SHADES - 1))),
  );
}

/** A color that occurs, as the mean of those in its cell. @typedef {{count: number, color: number[]}} Used */

/**
 * At most so many colors that stand for those of a picture.
 * @param {Uint8ClampedArray} pixels
 * @param {number} most
 */
function medianCut(pixels, most) {
  const boxes = [usedColors(pixels)];
  while (boxes.length < most) {
    const scores = boxes.map((box) => (box.length > 1 ? widest(box).width * total(box) ** 0.5 : 0));
    const score = Math.max(...scores);
    if (!score) break;
    const [box] = boxes.splice(scores.indexOf(score), 1);
    const { channel } = widest(box);
    box.sort((one, other) => one.color[channel] - other.color[channel]);
    let left = total(box) / 2;
    const middle = box.findIndex(({ count }) => {
      left -= count;
      return left <= 0;
    });
    const cut = Math.min(Math.max(middle, 1), box.length - 1);
    boxes.push(box.slice(0, cut), box.slice(cut));
  }
  return boxes.map((box) =>
    [0, 1, 2].map((i) => Math.round(box.reduce((sum, { count, color }) => sum + count * color[i], 0) / total(box))),
  );
}

/**
 * @param {Uint8ClampedArray} pixels
 * @returns {Used[]}
 */
function usedColors(pixels) {
  const sums = new Float64Array(4 * SIDE ** 3);
  for (let at = 0; at < pixels.length; at += 4) {
    const cell = 4 * cellOf(pixels[at], pixels[at + 1], pixels[at + 2]);
    sums[cell]++;
    for (let i = 0; i < 3; i++) sums[cell + 1 + i] += pixels[at + i];
  }
  const found = [];
  for (let cell = 0; cell < sums.length; cell += 4) {
    const count = sums[cell];
    if (count) found.push({ count, color: [1, 2, 3].map((i) => sums[cell + i] / count) });
  }
  return found;
}

/** @param {Used[]} box */
function total(box) {
  return box.reduce((sum, { count }) => sum + count, 0);
}

/**
 * The channel in which colors differ most.
 * @param {Used[]} box
 */
function widest(box) {
  const widths = [0, 1, 2].map((i) => {
    const values = box.map(({ color }) => color[i]);
    return Math.max(...values) - Math.min(...values);
  });
  const width = Math.max(...widths);
  return { width, channel: widths.indexOf(width) };
}
