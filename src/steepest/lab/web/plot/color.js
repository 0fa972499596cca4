// @ts-check
/** Colors written as `#rrggbb`, as red, green and blue from 0 to 255. */

/** @typedef {import("./run_style.js").Theme} Theme */

/**
 * A color between two, with this share of the other.
 * @param {string} one
 * @param {string} other
 * @param {number} share
 */
export function mix(one, other, share) {
  const a = channels(one);
  const b = channels(other);
  return a.map((value, index) => Math.round(value + (b[index] - value) * share));
}

/** @param {string} color */
export function channels(color) {
  return [1, 3, 5].map((first) => parseInt(color.slice(first, first + 2), 16));
}

/**
 * The muted colors of so many bands of height.
 * @param {Theme} theme
 * @param {number} count
 * @param {number} [muted] how much of the paper is mixed in
 */
export function shades(theme, count, muted = theme.muted) {
  const last = theme.colormap.length - 1;
  const hex = (/** @type {number[]} */ rgb) => `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  return Array.from({ length: count }, (_, band) => {
    const height = (band / Math.max(count - 1, 1)) * last;
    const low = Math.min(Math.floor(height), last - 1);
    return mix(hex(mix(theme.colormap[low], theme.colormap[low + 1], height - low)), theme.paper, muted);
  });
}
