// @ts-check
/** The colors of maps of many runs: a hue for each minimum, darker for more steps, as Python's maps have them. */
import { MAP, MINIMA, OKLCH } from "../../model/sweep/tables.js";

/** @typedef {import("../../model/sweep/basins.js").Basins} Basins */

const { HUES, LIGHTEST, DARKEST, CHROMA, GOLDEN } = MAP;
const HALVINGS = 12;
export const SHADES = 256;

/**
 * A color by lightness, chroma and hue, with as much of the chroma as a screen shows: see `steepest.plot.oklch`.
 * @param {number} lightness
 * @param {number} chroma
 * @param {number} hue in degrees
 */
export function rgb(lightness, chroma, hue) {
  let [low, high] = [0, chroma];
  if (fits(linear(lightness, high, hue))) low = high;
  else
    for (let k = 0; k < HALVINGS; k++) {
      const middle = (low + high) / 2;
      if (fits(linear(lightness, middle, hue))) low = middle;
      else high = middle;
    }
  return linear(lightness, low, hue).map((part) => {
    const clipped = Math.min(Math.max(part, 0), 1);
    return Math.round(255 * (clipped > 0.0031308 ? 1.055 * clipped ** (1 / 2.4) - 0.055 : 12.92 * clipped));
  });
}

/**
 * @param {number} lightness
 * @param {number} chroma
 * @param {number} hue
 */
function linear(lightness, chroma, hue) {
  const angle = (hue * Math.PI) / 180;
  const lab = [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const times = (/** @type {number[][]} */ rows, /** @type {number[]} */ by) =>
    rows.map((row) => row.reduce((sum, part, k) => sum + part * by[k], 0));
  return times(
    OKLCH.TO_RGB,
    times(OKLCH.TO_LMS, lab).map((part) => part ** 3),
  );
}

/** @param {number[]} parts */
function fits(parts) {
  return parts.every((part) => part >= -0.002 && part <= 1.002);
}

/** Those that were asked for, by order and whether there are many. @type {Map<string, number[][]>} */
const made = new Map();

/**
 * The colors of a minimum, from that of the fewest steps to that of the most: see `steepest.plot.scene.sweep.colors`.
 * @param {number} order of the minimum among those that are reached
 * @param {number} count how many are reached
 */
export function shades(order, count) {
  const many = count > HUES.length;
  const key = `${order} ${many}`;
  const known = made.get(key);
  if (known) return known;
  const hue = many ? (HUES[0] + GOLDEN * order) % 360 : HUES[order];
  const chroma = many ? CHROMA * [1, 0.72, 0.45][order % 3] : CHROMA;
  const colors = Array.from({ length: SHADES }, (_, k) => {
    const light = LIGHTEST + ((DARKEST - LIGHTEST) * k) / (SHADES - 1);
    return rgb(light, Math.min(chroma, 0.32 * (1 - light) + 0.035), hue);
  });
  made.set(key, colors);
  return colors;
}

/**
 * From 0 for the fewest steps to 255 for the most, by the logarithm, between the 1st and the 99th percentile of those
 * that reached a minimum; by the number of steps. With the fewest and the most.
 * @param {Basins} basins
 */
export function levels({ cells, reached }) {
  const { steps } = cells;
  let most = 0;
  for (let cell = 0; cell < steps.length; cell++) if (steps[cell] > most) most = steps[cell];
  const counts = new Int32Array(most + 1);
  let total = 0;
  for (let cell = 0; cell < reached.length; cell++) {
    if (reached[cell] < 0) continue;
    counts[steps[cell]]++;
    total++;
  }
  const ranked = (/** @type {number} */ rank) => {
    let [value, before] = [0, counts[0]];
    while (before <= rank) before += counts[++value];
    return value;
  };
  const part = Math.floor(total / 100);
  const [low, high] = total ? [ranked(part), ranked(total - 1 - part)] : [0, 0];
  const span = Math.max(Math.log1p(high) - Math.log1p(low), 1e-9);
  const table = Uint8Array.from(
    counts,
    (_, count) => Math.min(Math.max((Math.log1p(count) - Math.log1p(low)) / span, 0), 1) * 255,
  );
  return { table, low, high };
}

/** Which minimum has which color: one keeps its own while others come and go, as starts and settings change. */
export class MinimumColors {
  /** The minima that were reached, in the order of their colors. @type {number[][]} */
  seen = [];

  /**
   * The order of each minimum; -1 for one that was never reached.
   * @param {Basins} basins
   */
  orders({ minima, reached }) {
    const present = new Set(reached);
    return minima.map(({ position }, index) => {
      const size = MINIMA.SAME * Math.max(1, ...position.map(Math.abs));
      const same = (/** @type {number[]} */ other) => other.every((part, i) => Math.abs(part - position[i]) <= size);
      const order = this.seen.findIndex(same);
      if (order >= 0 || !present.has(index)) return order;
      return this.seen.push(position) - 1;
    });
  }

  clear() {
    this.seen = [];
  }
}
