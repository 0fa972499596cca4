// @ts-check
/**
 * An expression without the constants that are added to it, whose least value lies at the same place: the port of
 * `steepest.language.added_constant`.
 */
import { call, postorder, reduction, rowsOf, simplified, ZERO } from "../expression.js";
import { REDUCTIONS } from "../operations.js";

/** @typedef {import("../expression.js").Expression} Expression */

/**
 * An expression without the constants that are added to it; itself if there are none.
 * @param {Expression} root
 */
export function withoutConstant(root) {
  /** @type {Map<Expression, Expression>} */
  const kept = new Map();
  for (const node of postorder(root)) {
    const parts = node.arguments.map((part) => /** @type {Expression} */ (kept.get(part)));
    kept.set(node, node.isConstant ? ZERO : keptOf(node, parts));
  }
  return /** @type {Expression} */ (kept.get(root));
}

/**
 * What is left of an operation, if this is left of its arguments.
 * @param {Expression} node
 * @param {Expression[]} parts
 */
function keptOf(node, parts) {
  const { operation } = node;
  const [first, second] = node.arguments;
  if (operation === "add" || operation === "sub" || operation === "neg") return simplified(operation, ...parts);
  if (REDUCTIONS.has(operation)) return reduction(operation, parts[0], rowsOf(node));
  if (operation === "mul" && first.isConstant) return call(operation, first, parts[1]);
  if ((operation === "mul" || operation === "div") && second.isConstant) return call(operation, parts[0], second);
  return node;
}
