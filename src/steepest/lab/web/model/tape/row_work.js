// @ts-check
/** How much work an operation on the numbers of a row is. */

const CALL = 12; // a function is as much work as so many sums
const NATIVE = new Set([
  ...["add", "sub", "mul", "div", "neg", "abs", "sqrt"],
  ...["min", "max", "where", "lt", "le", "gt", "ge"],
]);

/** @param {string} operation */
export function workOn(operation) {
  return NATIVE.has(operation) ? 1 : CALL;
}
