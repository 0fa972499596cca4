// @ts-check
/** Second derivatives at a point. */

/** @typedef {import("./tape/tape.js").Machine} Machine */

/**
 * The Hessian at a position, row by row; null where the tape has none.
 * @param {Machine} objective
 * @param {ArrayLike<number>} position
 */
export function hessianAt(objective, position) {
  const slots = objective.tape.outputs.H;
  if (!slots) return null;
  for (let i = 0; i < position.length; i++) objective.registers[i] = position[i];
  objective.execute();
  return slots.map((slot) => objective.registers[slot]);
}

/**
 * The eigenvalues of a symmetric matrix, ascending.
 * @param {number[]} matrix
 */
export function eigenvalues(matrix) {
  return spectrum(matrix).values;
}

/**
 * The eigenvalues of a symmetric matrix, ascending, with their eigenvectors of length 1, by Jacobi's rotations.
 * @param {number[]} matrix
 * @returns {{values: number[], vectors: number[][]}}
 */
export function spectrum(matrix) {
  const n = Math.round(Math.sqrt(matrix.length));
  const largest = Math.max(...matrix.map(Math.abs));
  const scale = largest > 0 ? largest : 1;
  const a = matrix.map((value) => value / scale);
  const v = a.map((_, i) => (i % (n + 1) ? 0 : 1));
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += Math.abs(a[p * n + q]);
    if (!(off > 0)) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (!a[p * n + q]) continue;
        const ratio = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
        const t = (ratio >= 0 ? 1 : -1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) rotate(a, k * n + p, k * n + q, c, s);
        for (let k = 0; k < n; k++) rotate(a, p * n + k, q * n + k, c, s);
        for (let k = 0; k < n; k++) rotate(v, k * n + p, k * n + q, c, s);
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i * n + i] - a[j * n + j]);
  return {
    values: order.map((i) => a[i * n + i] * scale),
    vectors: order.map((i) => order.map((_, k) => v[k * n + i])),
  };
}

/**
 * @param {number[]} matrix
 * @param {number} p
 * @param {number} q
 * @param {number} c
 * @param {number} s
 */
function rotate(matrix, p, q, c, s) {
  const [x, y] = [matrix[p], matrix[q]];
  matrix[p] = c * x - s * y;
  matrix[q] = s * x + c * y;
}
