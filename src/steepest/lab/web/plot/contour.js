// @ts-check
/** Heights as bands of color with lines between them: the levels that show a function's shape, and their picture. */
import { LEVELS, LIMITS } from "../model/shared.js";
import { channels, shades } from "./color.js";

const LOWEST = 0.02;
const BARE = 1.6; // times as strong as over their own bands are lines alone
const { BANDS, LONG_TAIL, OUTLIER, CONSTANT, TINY } = LEVELS;
const { LARGEST } = LIMITS;

/**
 * Levels that show the shape of a function, as the pictures of Python choose them.
 * @param {Float64Array} values
 * @param {number} least the lowest value known, or infinity
 * @returns {{levels: Float64Array, spacing: string}}
 */
export function levels(values, least) {
  const finite = within(values);
  const ranks = [0, LOWEST, 0.001, 0.1, 0.5, 0.9, 0.999, 1].flatMap((share) => around(finite.length, share));
  arrange(
    finite,
    [...new Set(ranks)].sort((a, b) => a - b),
  );
  if (!finite.length) return { levels: new Float64Array([-1, 1]), spacing: "linear" };
  let [low, tenth, middle, ninth, high] = [0.001, 0.1, 0.5, 0.9, 0.999].map((share) => quantile(finite, share));
  const bottom = finite[0];
  const top = finite[finite.length - 1];
  if (middle - bottom <= LONG_TAIL ** 2 * (middle - low)) low = bottom;
  if (least > bottom - (middle - low)) low = Math.min(low, least);
  if (top - middle <= OUTLIER * (ninth - tenth)) high = top;
  if (!(high - low > Math.max(CONSTANT * Math.max(Math.abs(low), Math.abs(high)), TINY)))
    return {
      levels: new Float64Array([low - Math.max(1, Math.abs(low)), high + Math.max(1, Math.abs(high))]),
      spacing: "linear",
    };
  const up = high - middle;
  const down = middle - low;
  if (up > LONG_TAIL * (ninth - middle) && down > LONG_TAIL * (middle - tenth) && tenth < middle && middle < ninth) {
    const scale = (ninth - tenth) / 4;
    const from = Math.asinh((low - middle) / scale);
    const to = Math.asinh((high - middle) / scale);
    return { levels: spread((share) => middle + scale * Math.sinh(from + (to - from) * share)), spacing: "symlog" };
  }
  if (up > 3 * down) {
    const scale = Math.max(quantile(finite, LOWEST) - low, (high - low) * 1e-12);
    const ratio = Math.log1p((high - low) / scale);
    return { levels: spread((share) => low + scale * Math.expm1(ratio * share)), spacing: "log" };
  }
  return { levels: spread((share) => low + (high - low) * share), spacing: "linear" };
}

/**
 * The finite values, none larger than can be computed with.
 * @param {Float64Array} values
 */
function within(values) {
  const found = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value - value === 0) found[count++] = Math.min(Math.max(value, -LARGEST), LARGEST);
  }
  return found.subarray(0, count);
}

/** @param {(share: number) => number} level */
function spread(level) {
  return Float64Array.from({ length: BANDS + 1 }, (_, k) => level(k / BANDS));
}

/**
 * The ranks beside a share of a sorted row.
 * @param {number} length
 * @param {number} share
 */
function around(length, share) {
  const low = Math.floor(share * (length - 1));
  return [low, Math.min(low + 1, length - 1)];
}

/**
 * @param {Float64Array} arranged
 * @param {number} share
 */
function quantile(arranged, share) {
  const [low, next] = around(arranged.length, share);
  const part = share * (arranged.length - 1) - low;
  return part ? arranged[low] + (arranged[next] - arranged[low]) * part : arranged[low];
}

/**
 * Put at some ranks what a sort would put there, which takes less than to sort (Hoare's FIND, CACM 4(7), 1961, p. 321).
 * @param {Float64Array} values
 * @param {number[]} ranks ascending
 * @param {number} [from]
 * @param {number} [until]
 */
function arrange(values, ranks, from = 0, until = values.length - 1) {
  if (!ranks.length || from >= until) return;
  const half = ranks.length >> 1;
  const rank = ranks[half];
  let low = from;
  let high = until;
  while (low < high) {
    const pivot = values[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const kept = values[i];
      values[i++] = values[j];
      values[j--] = kept;
    }
    if (rank > j && rank < i) break;
    if (rank <= j) high = j;
    else low = i;
  }
  arrange(values, ranks.slice(0, half), from, rank - 1);
  arrange(values, ranks.slice(half + 1), rank + 1, until);
}

/**
 * Values as positions among the levels: 2.5 is halfway between the third and the fourth.
 * @param {Float64Array} values
 * @param {Float64Array} limits
 */
function levelPositions(values, limits) {
  const found = new Float32Array(values.length);
  const last = limits.length - 2;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) {
      found[i] = NaN;
      continue;
    }
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (limits[middle] <= value) low = middle;
      else high = middle - 1;
    }
    const part = (value - limits[low]) / (limits[low + 1] - limits[low]);
    found[i] = low + Math.max(0, Math.min(part, 0.9999));
  }
  return found;
}

/**
 * Paint bands of color with lines of equal height into pixels, both anti-aliased, by interpolating between the grid's
 * values.
 * @param {ImageData} image
 * @param {Float64Array} values row by row from the picture's lower edge
 * @param {number} columns
 * @param {number} rows
 * @param {Float64Array} limits
 * @param {import("./run_style.js").Theme} theme
 * @param {number} ratio pixels of the image for one of the page
 * @param {boolean} [bare] whether the lines alone are painted, over nothing
 */
export function paint(image, values, columns, rows, limits, theme, ratio, bare = false) {
  const { width, height } = image;
  const pixels = new Uint32Array(image.data.buffer);
  const bands = limits.length - 1;
  const grid = levelPositions(values, limits);
  const colors = shades(theme, bands);
  const line = channels(theme.level[0]);
  const strength = theme.level[1];
  const ink = (line[2] << 16) | (line[1] << 8) | line[0];
  const nowhere = packed(channels(theme.nowhere));
  const half = 0.36 * ratio;
  const flat = Float32Array.from(colors.flat());
  const packs = colors.map(packed);
  const stepX = (columns - 1) / (width - 1 || 1);
  const stepY = (rows - 1) / (height - 1 || 1);
  const edges = Int32Array.from({ length: columns }, (_, cell) =>
    cell === columns - 1 ? width : Math.ceil(cell / stepX - 1e-9),
  );
  for (let j = 0; j < height; j++) {
    const y = (height - 1 - j) * stepY;
    const row = Math.min(Math.floor(y), rows - 2);
    const v = y - row;
    const target = j * width;
    for (let cell = 0; cell < columns - 1; cell++) {
      const at = row * columns + cell;
      const a = grid[at];
      const b = grid[at + 1];
      const c = grid[at + columns];
      const d = grid[at + columns + 1];
      const from = edges[cell];
      const to = edges[cell + 1];
      const left = a + (c - a) * v;
      const right = b + (d - b) * v;
      const slope = right - left;
      if (Number.isNaN(slope)) {
        if (!bare) for (let i = from; i < to; i++) pixels[target + i] = nowhere;
        continue;
      }
      const across = Math.abs(slope) * stepX;
      const along = Math.abs(c - a + (d - b - c + a) * 0.5) * stepY;
      // How much the position changes from one pixel to the next.
      const reach = Math.sqrt(across * across + along * along);
      const low = Math.min(left, right);
      const high = Math.max(left, right);
      const band = Math.floor(low);
      if (low - band > reach * (half + 1) && high < band + 1 - reach * (half + 1)) {
        const color = packs[band];
        if (!bare) for (let i = from; i < to; i++) pixels[target + i] = color;
        continue;
      }
      for (let i = from; i < to; i++) {
        const position = left + slope * (i * stepX - cell);
        const nearest = Math.round(position);
        const distance = Math.abs(position - nearest) / (reach || 1);
        const own = Math.min(Math.floor(position), bands - 1) * 3;
        let red = flat[own];
        let green = flat[own + 1];
        let blue = flat[own + 2];
        if (nearest > 0 && nearest < bands && distance < half + 1) {
          const other = (position < nearest ? nearest : nearest - 1) * 3;
          const share = Math.max(0, 0.5 - distance);
          const cover =
            strength * Math.max(0, Math.min(1, half + 0.5 - distance)) * Math.min(1, 0.34 / (reach || 0.34));
          if (bare) {
            pixels[target + i] = (Math.round(255 * Math.min(1, BARE * cover)) << 24) | ink;
            continue;
          }
          red += (flat[other] - red) * share;
          green += (flat[other + 1] - green) * share;
          blue += (flat[other + 2] - blue) * share;
          red += (line[0] - red) * cover;
          green += (line[1] - green) * cover;
          blue += (line[2] - blue) * cover;
        }
        if (!bare) pixels[target + i] = 0xff000000 | (blue << 16) | (green << 8) | red;
      }
    }
  }
}

/** @param {number[]} rgb */
function packed([red, green, blue]) {
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
}
