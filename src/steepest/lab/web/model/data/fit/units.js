// @ts-check
/** What the parameters of a model are in other units of the columns: the port of `steepest.objectives.units`. */
import { gradient } from "../../language/algebra/derivative.js";
import { call, evaluate, name, names, postorder, substitute, ZERO } from "../../language/expression.js";
import { REDUCTIONS } from "../../language/operations.js";
import { UNITS } from "../tables.js";
import { leastSquares, rankOf } from "./matrices.js";

/** @typedef {import("../../language/expression.js").Expression} Expression */
/** @typedef {import("../scaling.js").Scaling} Scaling */
/**
 * The linear map from the parameters for scaled columns to those for the columns in their own units, original = matrix
 * scaled + offset, row by row; null where there is none, and why not, as the end of a sentence.
 * @typedef {{matrix: number[][] | null, offset: number[], reason: string}} Units
 */

/**
 * A model that is linear in its parameters as its part without any, and the factor of each; null if it is not linear.
 * @param {Expression} model
 * @param {string[]} parameters
 */
export function linearTerms(model, parameters) {
  const factors = gradient(model, parameters);
  if (factors.some((factor) => [...names(factor)].some((each) => parameters.includes(each)))) return null;
  return { rest: substitute(model, new Map(parameters.map((each) => [each, ZERO]))), factors };
}

/**
 * What a model's outermost function of one argument is taken of, such as z of sigmoid(z).
 * @param {Expression} model
 */
export function insideLink(model) {
  let inner = model;
  while (UNITS.LINKS.includes(inner.operation)) [inner] = inner.arguments;
  return inner;
}

/**
 * How a model's parameters change with the scaling of its columns.
 * @param {Expression} model
 * @param {string[]} parameters
 * @param {Scaling} scaling
 * @returns {Units}
 */
export function unitsOf(model, parameters, scaling) {
  const count = parameters.length;
  const none = (/** @type {string} */ reason) => ({ matrix: null, offset: [], reason });
  if (scaling.method === "none") {
    const identity = parameters.map((_, i) => parameters.map((_, j) => Number(i === j)));
    return { matrix: identity, offset: parameters.map(() => 0), reason: "" };
  }
  const inside = insideLink(model);
  if (postorder(inside).some(({ operation }) => REDUCTIONS.has(operation)))
    return none("the model takes a mean or sum over the rows");
  const inner = named(inside);
  const terms = linearTerms(inner, parameters);
  if (!terms) return none("the model is not linear in its parameters");
  const columns = scaling.names.map((each) => `column ${each}`);
  const rows = [...terms.factors, terms.rest].map((part) => affine(part, columns));
  if (!rows.every((row) => row !== null)) return none("the model is not affine in the scaled columns");
  // For 1 and each column the coefficient of each parameter, then what has none.
  const original = [-1, ...columns.keys()].map((_, k) => rows.map((row) => /** @type {number[]} */ (row)[k]));
  const scaled = original.map((row, k) => (k ? row.map((value) => value / scaling.scales[k - 1]) : [...row]));
  for (let j = 0; j <= count; j++)
    scaled[0][j] -= scaling.shifts.reduce((sum, shift, k) => sum + shift * scaled[k + 1][j], 0);
  const basis = original.map((row) => row.slice(0, count));
  const wanted = scaled.map((row, k) => [...row.slice(0, count), row[count] - original[k][count]]);
  const found = leastSquares(basis, wanted); // a row for each parameter
  const largest = Math.max(...found.flat().map(Math.abs));
  const isClose = wanted.every((row, k) => {
    const left = row.map((value, j) =>
      Math.abs(basis[k].reduce((sum, each, i) => sum + each * found[i][j], 0) - value),
    );
    const size = Math.max(...basis[k].map(Math.abs)) * largest + Math.max(...row.map(Math.abs));
    return Math.max(...left) <= UNITS.CLOSE * size;
  });
  if (rankOf(basis) < count || !isClose)
    return none("no parameter can take up what the scaling adds: the model needs a constant term, such as + b");
  return { matrix: found.map((row) => row.slice(0, count)), offset: found.map((row) => row[count]), reason: "" };
}

/**
 * The parameters for the columns in their own units; null where the model has none.
 * @param {Units} units
 * @param {ArrayLike<number>} position
 */
export function originalOf({ matrix, offset }, position) {
  if (!matrix) return null;
  return matrix.map((row, i) => row.reduce((sum, value, j) => sum + value * position[j], 0) + offset[i]);
}

/**
 * An expression with names for its columns.
 * @param {Expression} root
 */
function named(root) {
  /** @type {Map<Expression, Expression>} */
  const made = new Map();
  for (const node of postorder(root)) {
    const parts = node.arguments.map((part) => /** @type {Expression} */ (made.get(part)));
    const kept = parts.length ? call(node.operation, ...parts) : node;
    made.set(node, node.operation === "column" ? name(`column ${node.name}`) : kept);
  }
  return /** @type {Expression} */ (made.get(root));
}

/**
 * The value of an expression where all columns are 0, and its slope along each; null if it is not affine in them.
 * @param {Expression} part
 * @param {string[]} columns
 */
function affine(part, columns) {
  const slopes = gradient(part, columns);
  if (slopes.some((slope) => names(slope).size)) return null;
  return [evaluate(part, new Map(columns.map((each) => [each, 0]))), ...slopes.map((slope) => evaluate(slope))];
}
