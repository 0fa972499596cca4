// @ts-check
/** Numbers along an axis, and marks in matplotlib's letters. */

const INSIDE = 0.04; // of the axis: no number stands nearer to its ends

/** Round numbers in an interval, each with its share of the way. @param {[number, number]} interval @param {number} most */
export function numbers([low, high], most) {
  const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough));
  const apart = power * ([1, 2, 5].find((step) => step * power >= rough * (1 - 1e-9)) ?? 10), ticks = [];
  for (let tick = Math.ceil(low / apart); tick * apart <= high; tick++) ticks.push(tick * apart);
  const digits = Math.min(Math.max(-Math.floor(Math.log10(apart) + 1e-9), 0), 20);
  return ticks
    .map((tick) => ({ share: (tick - low) / (high - low), text: brief(tick, digits) }))
    .filter(({ share }) => share >= INSIDE && share <= 1 - INSIDE);
}

/** A round number with a true minus sign. @param {number} value @param {number} digits */
function brief(value, digits) {
  const size = Math.abs(value), plain = Math.abs(value) < 1e6 && (size >= 1e-4 || value === 0);
  const text = plain ? value.toFixed(digits) : String(Number(value.toPrecision(6)).toExponential()).replace("e+", "e");
  return (digits && plain ? text.replace(/\.?0+$/, "") : text).replace(/^-0$/, "0").replace("-", "\u2212");
}

/**
 * The outline of a marker in matplotlib's letters.
 * @param {CanvasRenderingContext2D} pen
 * @param {string} shape
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
export function glyph(pen, shape, x, y, size) {
  const half = size / 2;
  pen.lineJoin = "miter";
  pen.beginPath();
  if (shape === "x") {
    for (const side of [-1, 1]) {
      pen.moveTo(x - half, y - side * half);
      pen.lineTo(x + half, y + side * half);
    }
    return;
  }
  const outline = OUTLINES[shape];
  if (!outline) return pen.arc(x, y, half, 0, 2 * Math.PI);
  outline.forEach(([right, up]) => pen.lineTo(x + half * right, y - half * up));
  pen.closePath();
}

const PLUS = [[1, 3], [1, 1], [3, 1], [3, -1], [1, -1], [1, -3], [-1, -3], [-1, -1], [-3, -1], [-3, 1], [-1, 1], [-1, 3]];
const OUTLINES = /** @type {Record<string, number[][]>} */ ({
  s: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  "^": [[0, 1], [-1, -1], [1, -1]],
  v: [[0, -1], [-1, 1], [1, 1]],
  D: [[0, 1.41], [1.41, 0], [0, -1.41], [-1.41, 0]],
  P: PLUS.map((corner) => corner.map((each) => each / 3)),
  X: PLUS.map(([right, up]) => [(right - up) / 4, (right + up) / 4]),
  "*": Array.from({ length: 10 }, (_, index) => {
    const angle = (Math.PI * index) / 5, far = index % 2 ? 0.382 : 1;
    return [far * Math.sin(angle), far * Math.cos(angle)];
  }),
});
