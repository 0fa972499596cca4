// @ts-check
/**
 * The exact answer of a fit: least squares by QR, other losses by damped Newton: the port of
 * `steepest.objectives.exact.exact.exact_answer`.
 */
import { spectrum } from "../../curvature.js";
import { gradient } from "../../language/algebra/derivative.js";
import { call, evaluate, names, number, postorder, substitute } from "../../language/expression.js";
import { REDUCTIONS } from "../../language/operations.js";
import { ROWS } from "../../language/tables.js";
import { rowTape } from "../../tape/row_lowering.js";
import { valuesInRows } from "../../tape/row_machine.js";
import { Machine } from "../../tape/tape.js";
import { ldexp } from "../scaling.js";
import { LEAST_SQUARES, NEWTON } from "../tables.js";
import { listed } from "../words.js";
import { singularValues, solveDefinite, solveUpper, triangleOf } from "./matrices.js";
import { insideLink, linearTerms } from "./units.js";

/** @typedef {import("../../language/expression.js").Expression} Expression */
/** @typedef {import("./fit.js").Fit} Fit */
/**
 * The parameters for the scaled columns (null where there is no answer, or none was found), the loss there, whether it
 * is certain that no other position has so low a value, and how it was found, or why there is none.
 * @typedef {{position: number[] | null, value: number | null, unique: boolean, told: string}} Exact
 */

const { BLOCK } = ROWS;
const { PERFECT, MOST_NAMED } = LEAST_SQUARES;
const { FIRST_DAMPING, LEAST_DAMPING, MOST_DAMPING, DEFINITE, SMALL, LAST_PLACE, MOST_STEPS } = NEWTON;
const CONVEX = /** @type {Record<string, string>} */ (NEWTON.CONVEX);

/**
 * The minimum of a fit's loss over all rows.
 * @param {Fit} fit
 * @param {number[]} start where Newton's method begins
 * @returns {Exact}
 */
export function exactAnswer(fit, start) {
  const terms = linearTerms(fit.model, fit.names);
  if (terms && isSquared(fit.loss.expression)) {
    const { position, told } = leastSquares(fit, terms);
    const value = position && fit.valueAt(position);
    return { position, value, unique: position !== null, told };
  }
  const found = newton(fit, start);
  return { ...found, value: found.position && fit.valueAt(found.position) };
}

/**
 * Whether a loss is a positive multiple of (y-p)^2, perhaps with a constant added.
 * @param {Expression} loss
 */
function isSquared(loss) {
  const [slope] = gradient(loss, ["p"]);
  const [bend] = gradient(slope, ["p"]);
  if (names(bend).size || !(evaluate(bend) > 0)) return false;
  const hits = [-2.75, 0.3125, 1.7e3].map((value) => new Map(["y", "p"].map((name) => [name, number(value)])));
  const constant = evaluate(substitute(loss, hits[0]));
  return hits.every((hit) => evaluate(substitute(loss, hit)) === constant && evaluate(substitute(slope, hit)) === 0);
}

/**
 * Expressions without parameters in every row.
 * @param {Fit} fit
 * @param {Expression[]} parts
 */
function inRows({ columns, table }, parts) {
  const tape = rowTape(
    parts.map((part) => reduced(part)),
    [],
    columns,
  );
  return valuesInRows(
    tape,
    [],
    columns.map((name) => table.get(name)),
    table.rows,
  ); // prettier-ignore
}

/**
 * An expression of one row in which sums and means over all rows are numbers.
 * @param {Expression} expression
 * @param {Map<string, number>} [given] the values of the names in them
 */
export function reduced(expression, given = new Map()) {
  /** @type {Map<Expression, Expression>} */
  const made = new Map();
  for (const node of postorder(expression)) {
    const parts = node.arguments.map((part) => /** @type {Expression} */ (made.get(part)));
    if (REDUCTIONS.has(node.operation)) made.set(node, number(evaluate(node, given)));
    else made.set(node, parts.length ? call(node.operation, ...parts) : node);
  }
  return /** @type {Expression} */ (made.get(expression));
}

/**
 * The parameters with the least sum of squares, by Householder's QR with a step of refinement, block after block.
 * @param {Fit} fit
 * @param {{rest: Expression, factors: Expression[]}} terms
 * @returns {{position: number[] | null, told: string}}
 */
function leastSquares(fit, { rest, factors }) {
  const [base, ...matrix] = inRows(fit, [rest, ...factors]);
  const observed = fit.table.get(fit.target);
  const target = base.map((value, row) => observed[row] - value);
  const sizes = matrix.map(largest);
  const size = largest(target) || 1;
  if (![...sizes, size].every(Number.isFinite))
    return { position: null, told: "none: the model has no finite value in every row" };
  const zero = fit.names.filter((_, index) => !sizes[index]);
  if (zero.length)
    return { position: null, told: `none: every value of ${listed(zero, MOST_NAMED)} gives the same predictions` };
  const scales = sizes.map((each) => ldexp(1, Math.floor(Math.log2(each)) + 1));
  const scaled = matrix.map((column, index) => column.map((value) => value / scales[index]));
  const right = target.map((value) => value / size);
  const { triangle, turned } = solvedForm(scaled, right);
  const { values, vectors } = singularValues(triangle);
  const [rows, count] = [right.length, sizes.length];
  const [most, least] = [values[0], values[count - 1]];
  if (rows < count || least <= most * Number.EPSILON * Math.max(rows, count)) {
    const last = vectors[count - 1].map(Math.abs);
    const together = fit.names.filter((_, index) => last[index] > 1e-6 * Math.max(...last));
    const told = `${listed(together, MOST_NAMED)} cannot be told apart by these rows, so many answers are equal`;
    return { position: null, told: `none: ${told}` };
  }
  const first = solveUpper(triangle, turned);
  const correction = solveUpper(triangle, solvedForm(scaled, residuals(scaled, right, first)).turned);
  const found = first.map((value, index) => value + correction[index]);
  const position = found.map((value, index) => (value * size) / scales[index]);
  if (!position.every(Number.isFinite))
    return { position: null, told: "none: the numbers of the answer are beyond 1.8e308" };
  const perfect = largest(residuals(scaled, right, found)) <= PERFECT;
  return { position, told: `least squares by QR${perfect ? "; the model fits every row, up to rounding" : ""}` };
}

/**
 * R of the QR factorization of a matrix, and Q' times the right side.
 * @param {Float64Array[]} matrix its columns
 * @param {Float64Array} right
 */
function solvedForm(matrix, right) {
  const all = [...matrix, right];
  /** @type {number[][]} */
  let triangle = [];
  for (let begin = 0; begin < right.length; begin += BLOCK) {
    const block = all.map((column, index) => [
      ...triangle.map((row) => row[index]),
      ...column.subarray(begin, begin + BLOCK),
    ]);
    triangle = triangleOf(block.map((column) => Float64Array.from(column)));
  }
  const count = matrix.length;
  while (triangle.length < count) triangle.push(Array(count + 1).fill(0));
  const square = triangle.slice(0, count);
  return { triangle: square.map((row) => row.slice(0, count)), turned: square.map((row) => row[count]) };
}

/**
 * Observed minus predicted, with about twice the digits that it is kept with (Dekker's products).
 * @param {Float64Array[]} matrix its columns
 * @param {Float64Array} right
 * @param {number[]} found
 */
function residuals(matrix, right, found) {
  const left = right.slice();
  const lost = new Float64Array(right.length);
  for (const [index, column] of matrix.entries()) {
    const by = -found[index];
    const [high, low] = halves(by);
    for (let row = 0; row < column.length; row++) {
      const value = column[row];
      const product = value * by;
      const [a, b] = halves(value);
      const error = b * low - (product - a * high - b * high - a * low);
      const before = left[row];
      const sum = before + product;
      const part = sum - before;
      lost[row] += error + (before - (sum - part) + (product - part));
      left[row] = sum;
    }
  }
  return left.map((value, row) => value + lost[row]);
}

/** @param {number} value @returns {[number, number]} */
function halves(value) {
  const far = 134217729 * value;
  const high = far - (far - value);
  return [high, value - high];
}

/** @param {Float64Array} values */
function largest(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/**
 * A minimum by Newton's method with Marquardt's damping.
 * @param {Fit} fit
 * @param {number[]} start
 * @returns {Exact}
 */
function newton(fit, start) {
  const none = (/** @type {string} */ told) => ({ position: null, value: null, unique: false, told });
  const machine = new Machine(fit.bare());
  const at = (/** @type {number[]} */ position) => derivativesAt(machine, position);
  const { convex, separates } = shapeOf(fit);
  let position = [...start];
  let here = at(position);
  let damping = FIRST_DAMPING;
  if (!here) return none("none computed: the loss has no finite value and curvature where Newton's method starts");
  let separated = separates(position);
  for (let step = 0; step < MOST_STEPS; step++) {
    const move = dampedStep(here, damping);
    const next = move && position.map((value, i) => value + move[i]);
    const there = next && at(next);
    if (!there || !(there.value <= here.value)) {
      damping *= 10;
      if (damping > MOST_DAMPING) break;
      continue;
    }
    const same =
      next.every((value, i) => value === position[i]) || (there.value === here.value && damping <= LEAST_DAMPING);
    [position, here, damping] = [next, there, Math.max(damping / 10, LEAST_DAMPING)];
    separated ||= separates(position);
    if (separated || same) break;
  }
  if (separated)
    return none("none: the classes can be separated, so the loss falls on as the parameters grow without bound");
  const diagonal = here.hessian.map((row, i) => row[i]);
  const scales = diagonal.map(Math.sqrt);
  const { values } = spectrum(here.hessian.flatMap((row, i) => row.map((value, j) => value / (scales[i] * scales[j]))));
  const steep = Math.max(...here.slope.map((value, i) => Math.abs(value / scales[i])));
  const isMinimum =
    diagonal.every((value) => value > 0) &&
    values[0] > DEFINITE * values[values.length - 1] &&
    (steep <= SMALL * Math.sqrt(Math.abs(here.value) + 1e-300) ||
      steep <= LAST_PLACE * Math.max(...position.map((value, i) => Math.abs(value * scales[i]))));
  if (!isMinimum) return none("none computed: Newton's method found no minimum");
  const told = convex ? "Newton's method, on a convex loss" : "a minimum by Newton's method; there may be others";
  return { position, value: here.value, unique: convex, told };
}

/**
 * The value, the gradient and the Hessian; null where one is not finite.
 * @param {Machine} machine
 * @param {number[]} position
 */
function derivativesAt(machine, position) {
  const { registers, tape } = machine;
  registers.set(position);
  machine.execute();
  const { f, g, H } = tape.outputs;
  if (![...f, ...g, ...H].every((slot) => Number.isFinite(registers[slot]))) return null;
  const hessian = g.map((_, i) => g.map((_, j) => registers[H[i * g.length + j]]));
  return { value: registers[f[0]], slope: g.map((slot) => registers[slot]), hessian };
}

/**
 * Newton's step with Marquardt's damping; null where the damped Hessian is not positive definite.
 * @param {{slope: number[], hessian: number[][]}} here
 * @param {number} damping
 */
function dampedStep({ slope, hessian }, damping) {
  const scales = hessian.map((row, i) => Math.sqrt(Math.max(Math.abs(row[i]), 1e-300)));
  const scaled = hessian.map((row, i) =>
    row.map((value, j) => value / (scales[i] * scales[j]) + (i === j ? damping : 0)),
  );
  const found = solveDefinite(
    scaled,
    slope.map((value, i) => value / scales[i]),
  );
  const step = found?.map((value, i) => -value / scales[i]);
  return step?.every(Number.isFinite) ? step : null;
}

/**
 * Whether the loss is certainly convex, and whether parameters put every row on its own side, so that the loss falls
 * along them without end (Albert and Anderson, Biometrika 71, 1984, p. 1).
 * @param {Fit} fit
 */
function shapeOf(fit) {
  const { model, loss, target, table } = fit;
  const inner = insideLink(model);
  const terms = linearTerms(inner, fit.names);
  const convex = terms !== null && CONVEX[loss.name] === model.operation && inner === model.arguments[0];
  /** @type {(position: number[]) => boolean} */
  let separates = () => false;
  if (terms && convex && loss.name === "log") {
    const [rest, ...factors] = inRows(fit, [terms.rest, ...terms.factors]);
    const observed = table.get(target);
    if (!rest.some(Boolean))
      separates = (position) => {
        let [least, most] = [Infinity, -Infinity];
        for (let row = 0; row < rest.length; row++) {
          const sum = factors.reduce((total, factor, i) => total + factor[row] * position[i], 0);
          const margin = (2 * observed[row] - 1) * sum;
          [least, most] = [Math.min(least, margin), Math.max(most, margin)];
        }
        return position.some(Boolean) && least >= 0 && most > 0;
      };
  }
  return { convex, separates };
}
