// @ts-check
/** Which names of an optimizer's equations are vectors, with one number for each coordinate. */
import { InputError } from "../language/errors.js";
import { postorder } from "../language/expression.js";
import { hessianMistake } from "./optimizer.js";

/** @typedef {import("../language/expression.js").Expression} Expression */

const NUMBERS = ["value", "norm", "dot"];
const VECTORS = ["grad", "noise", "solve"];

/**
 * The names of the equations that are vectors: `theta`, `g` and everything computed from them coordinate by coordinate.
 * @param {[string, Expression][]} equations
 */
export function vectorNames(equations) {
  for (const [, expression] of equations) {
    const mistake = hessianMistake(postorder(expression));
    if (mistake) throw new InputError(mistake);
  }
  const vectors = new Set(["theta", "g"]);
  for (let before = 0; before < vectors.size; ) {
    before = vectors.size;
    for (const name of equations.filter(([, each]) => isVector(each, vectors)).map(([name]) => name)) vectors.add(name);
  }
  return vectors;
}

/**
 * Whether an expression has one number for each coordinate.
 * @param {Expression} root
 * @param {Set<string>} vectors the names that are vectors
 */
export function isVector(root, vectors) {
  /** @type {Map<Expression, boolean>} */
  const results = new Map();
  for (const node of postorder(root)) {
    const { operation } = node;
    if (operation === "name") results.set(node, vectors.has(node.name));
    else if (NUMBERS.includes(operation)) results.set(node, false);
    else results.set(node, VECTORS.includes(operation) || node.arguments.some((part) => results.get(part)));
  }
  return results.get(root) === true;
}
