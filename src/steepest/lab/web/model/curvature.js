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
 * The eigenvalues of a symmetric matrix, ascending, by Jacobi's rotations.
 * @param {number[]} matrix
 */
export function eigenvalues(matrix) {
  const n = Math.round(Math.sqrt(matrix.length));
  const a = [...matrix];
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
        for (let k = 0; k < n; k++) {
          const kp = a[k * n + p];
          const kq = a[k * n + q];
          a[k * n + p] = c * kp - s * kq;
          a[k * n + q] = s * kp + c * kq;
        }
        for (let k = 0; k < n; k++) {
          const pk = a[p * n + k];
          const qk = a[q * n + k];
          a[p * n + k] = c * pk - s * qk;
          a[q * n + k] = s * pk + c * qk;
        }
      }
    }
  }
  return Array.from({ length: n }, (_, i) => a[i * n + i]).sort((x, y) => x - y);
}
