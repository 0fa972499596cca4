// @ts-check
/** Small dense matrices, as arrays of rows: QR, singular values, Cholesky, triangular systems. */

/**
 * The triangle R of the QR factorization of a matrix by Householder's reflections, with as many rows as it has columns,
 * or fewer.
 * @param {Float64Array[]} columns of the matrix, which are overwritten
 */
export function triangleOf(columns) {
  const rows = columns[0].length;
  const steps = Math.min(rows, columns.length);
  for (let k = 0; k < steps; k++) {
    const pivot = columns[k];
    let square = 0;
    for (let i = k; i < rows; i++) square += pivot[i] * pivot[i];
    const length = Math.sqrt(square);
    if (!length) continue;
    const head = pivot[k] > 0 ? -length : length; // away from the pivot
    const scale = square - pivot[k] * head; // half the square of the reflection's vector
    pivot[k] -= head;
    for (let j = k + 1; j < columns.length; j++) {
      const column = columns[j];
      let product = 0;
      for (let i = k; i < rows; i++) product += pivot[i] * column[i];
      const by = product / scale;
      for (let i = k; i < rows; i++) column[i] -= by * pivot[i];
    }
    pivot.fill(0, k + 1);
    pivot[k] = head;
  }
  return Array.from({ length: steps }, (_, i) => columns.map((column, j) => (j < i ? 0 : column[i])));
}

/**
 * The solution of an upper triangular system.
 * @param {number[][]} triangle
 * @param {ArrayLike<number>} right
 */
export function solveUpper(triangle, right) {
  const count = triangle.length;
  const found = Array(count).fill(0);
  for (let i = count - 1; i >= 0; i--) {
    let rest = right[i];
    for (let j = i + 1; j < count; j++) rest -= triangle[i][j] * found[j];
    found[i] = rest / triangle[i][i];
  }
  return found;
}

/**
 * The singular values of a matrix and their right vectors, the largest first, by one-sided Jacobi rotations (Hestenes,
 * 1958), which find small ones to as many digits as large ones.
 * @param {number[][]} matrix
 */
export function singularValues(matrix) {
  const count = matrix[0].length;
  const columns = Array.from({ length: count }, (_, j) => matrix.map((row) => row[j]));
  const vectors = Array.from({ length: count }, (_, i) => Array.from({ length: count }, (_, j) => Number(i === j)));
  const dot = (/** @type {number[]} */ a, /** @type {number[]} */ b) =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  for (let sweep = 0, turned = true; turned && sweep < 60; sweep++) {
    turned = false;
    for (let p = 0; p < count; p++) {
      for (let q = p + 1; q < count; q++) {
        const [a, b, c] = [dot(columns[p], columns[p]), dot(columns[q], columns[q]), dot(columns[p], columns[q])];
        if (!(Math.abs(c) > 1e-16 * Math.sqrt(a * b))) continue;
        turned = true;
        const ratio = (b - a) / (2 * c);
        const t = (ratio >= 0 ? 1 : -1) / (Math.abs(ratio) + Math.hypot(1, ratio));
        const cosine = 1 / Math.hypot(1, t);
        for (const each of [columns, vectors]) {
          const [left, right] = [each[p], each[q]];
          each[p] = left.map((value, i) => cosine * (value - t * right[i]));
          each[q] = right.map((value, i) => cosine * (value + t * left[i]));
        }
      }
    }
  }
  const lengths = columns.map((column) => Math.hypot(...column));
  const order = [...lengths.keys()].sort((i, j) => lengths[j] - lengths[i]);
  return { values: order.map((i) => lengths[i]), vectors: order.map((i) => vectors[i]) };
}

/**
 * The rank of a matrix, as NumPy counts it.
 * @param {number[][]} matrix
 */
export function rankOf(matrix) {
  const { values } = singularValues(matrix);
  const least = values[0] * Math.max(matrix.length, values.length) * Number.EPSILON;
  return values.filter((value) => value > least).length;
}

/**
 * The least-squares solution for several right sides; the shortest one where there are many.
 * @param {number[][]} matrix
 * @param {number[][]} right a row for each row of the matrix
 * @returns {number[][]} a row for each column of the matrix
 */
export function leastSquares(matrix, right) {
  const { values, vectors } = singularValues(matrix);
  const least = values[0] * Math.max(matrix.length, values.length) * Number.EPSILON;
  const found = vectors[0].map(() => right[0].map(() => 0));
  for (const [k, value] of values.entries()) {
    if (!(value > least)) continue;
    const image = matrix.map((row) => row.reduce((sum, each, j) => sum + each * vectors[k][j], 0) / value);
    for (const [j, own] of right[0]
      .map((_, j) => image.reduce((sum, each, i) => sum + each * right[i][j], 0))
      .entries())
      for (const [i, part] of vectors[k].entries()) found[i][j] += (part * own) / value;
  }
  return found;
}

/**
 * The solution of a system with a positive definite matrix, by Cholesky; null where it is not positive definite.
 * @param {number[][]} matrix
 * @param {number[]} right
 */
export function solveDefinite(matrix, right) {
  const count = right.length;
  const lower = matrix.map(() => Array(count).fill(0));
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i][j];
      for (let k = 0; k < j; k++) rest -= lower[i][k] * lower[j][k];
      if (i === j && !(rest > 0)) return null;
      lower[i][j] = i === j ? Math.sqrt(rest) : rest / lower[j][j];
    }
  }
  const half = Array(count).fill(0);
  for (let i = 0; i < count; i++) {
    let rest = right[i];
    for (let j = 0; j < i; j++) rest -= lower[i][j] * half[j];
    half[i] = rest / lower[i][i];
  }
  const upper = lower.map((_, i) => lower.map((row) => row[i]));
  return solveUpper(upper, half);
}
