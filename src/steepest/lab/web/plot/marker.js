// @ts-check
/** Markers, by matplotlib's letters. */

/**
 * Corners of a marker of size 1.
 * @param {string} corners
 */
const polygon = (corners) => corners.split(" ").map((corner) => corner.split(",").map(Number));

/** @type {Record<string, number[][]>} */
const POLYGONS = {
  s: polygon("-0.85,-0.85 0.85,-0.85 0.85,0.85 -0.85,0.85"),
  "^": polygon("0,-1.1 1.05,0.8 -1.05,0.8"),
  v: polygon("0,1.1 1.05,-0.8 -1.05,-0.8"),
  D: polygon("0,-1.15 1.15,0 0,1.15 -1.15,0"),
  P: polygon("-0.4,-1 0.4,-1 0.4,-0.4 1,-0.4 1,0.4 0.4,0.4 0.4,1 -0.4,1 -0.4,0.4 -1,0.4 -1,-0.4 -0.4,-0.4"),
  X: polygon(
    "0,-0.5 0.55,-1.05 1.05,-0.55 0.5,0 1.05,0.55 0.55,1.05 0,0.5 -0.55,1.05 -1.05,0.55 -0.5,0 -1.05,-0.55 -0.55,-1.05",
  ),
  "*": Array.from({ length: 10 }, (_, k) => [
    Math.sin((k * Math.PI) / 5) * (k % 2 ? 0.5 : 1.25),
    -Math.cos((k * Math.PI) / 5) * (k % 2 ? 0.5 : 1.25),
  ]),
};

/**
 * The outline of a marker as the current path.
 * @param {any} context
 * @param {string} marker
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
export function markerPath(context, marker, x, y, size) {
  const shape = POLYGONS[marker];
  context.beginPath();
  if (marker === "x") {
    for (const side of [-1, 1]) {
      context.moveTo(x - size, y - side * size);
      context.lineTo(x + size, y + side * size);
    }
  } else if (!shape) {
    context.arc(x, y, size, 0, 2 * Math.PI);
  } else {
    const [[firstX, firstY], ...others] = shape;
    context.moveTo(x + firstX * size, y + firstY * size);
    for (const [dx, dy] of others) context.lineTo(x + dx * size, y + dy * size);
    context.closePath();
  }
}
