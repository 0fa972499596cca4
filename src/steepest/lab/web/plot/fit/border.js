// @ts-check
/**
 * Where values on a grid pass a border: marching squares, chained to lines (Lorensen and Cline, Comput. Graph. 21(4),
 * 1987, p. 163).
 */

/** A line through points in cells of the grid: x, y, x, y, ... @typedef {number[]} Line */

/**
 * The lines of a border on a grid; values that are not finite have none beside them.
 * @param {ArrayLike<number>} values row by row
 * @param {number} columns
 * @param {number} rows
 * @param {number} border
 * @returns {Line[]}
 */
export function borderLines(values, columns, rows, border) {
  /** The sides of the squares that each crossed side is joined with. @type {Map<number, number[]>} */
  const joined = new Map();
  const join = (/** @type {number} */ one, /** @type {number} */ other) => {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ]) {
      const known = joined.get(from);
      if (known) known.push(to);
      else joined.set(from, [to]);
    }
  };
  const upper = (/** @type {number} */ at) => 2 * at; // a side by the grid point that it begins at: across, or down
  const left = (/** @type {number} */ at) => 2 * at + 1;
  for (let row = 0; row < rows - 1; row++) {
    for (let column = 0; column < columns - 1; column++) {
      const at = row * columns + column;
      const [a, b, c, d] = [values[at], values[at + 1], values[at + columns + 1], values[at + columns]];
      const code = Number(a > border) + 2 * Number(b > border) + 4 * Number(c > border) + 8 * Number(d > border);
      if (code === 0 || code === 15 || !Number.isFinite(a + b + c + d)) continue;
      const sides = [];
      if ((code ^ (code >> 1)) & 1) sides.push(upper(at));
      if (((code >> 1) ^ (code >> 2)) & 1) sides.push(left(at + 1));
      if (((code >> 2) ^ (code >> 3)) & 1) sides.push(upper(at + columns));
      if (((code >> 3) ^ code) & 1) sides.push(left(at));
      for (let k = 0; k + 1 < sides.length; k += 2) join(sides[k], sides[k + 1]);
    }
  }
  const place = (/** @type {number} */ side) => {
    const at = side >> 1;
    const other = side & 1 ? at + columns : at + 1;
    const share = (border - values[at]) / (values[other] - values[at]);
    const [x, y] = [at % columns, Math.floor(at / columns)];
    return side & 1 ? [x, y + share] : [x + share, y];
  };
  const ends = [...joined.keys()].filter((side) => joined.get(side)?.length === 1);
  return [...ends, ...joined.keys()].flatMap((side) => {
    const line = walk(joined, side);
    return line.length > 1 ? [line.flatMap(place)] : [];
  });
}

/**
 * The sides along a line from one of them, which are then joined no more.
 * @param {Map<number, number[]>} joined
 * @param {number} side
 */
function walk(joined, side) {
  const line = [side];
  for (let at = side; ; ) {
    const next = joined.get(at)?.pop();
    if (next === undefined) return line;
    const back = /** @type {number[]} */ (joined.get(next));
    back.splice(back.indexOf(at), 1);
    line.push(next);
    at = next;
  }
}
