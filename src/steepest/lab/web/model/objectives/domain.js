// @ts-check
/** The domain of a formula and its gradient, and seeded random points in it: the port of `steepest.objectives.domain`. */
import { gradient } from "../language/algebra/derivative.js";
import { call, evaluate, ONE, postorder, postorderOf } from "../language/expression.js";
import { value } from "../language/operations.js";
import { pcg3d } from "../tape/operations.js";
import { DOMAIN } from "./tables.js";

/** @typedef {import("../language/expression.js").Expression} Expression */
/** @typedef {[number, number][]} View */

const { APPROACHES, AROUND, BEYOND, HALVINGS, IN_VIEW, LONGEST, MOVES, SCALES } = DOMAIN;
const ROOTS = ["log", "log2", "log10", "sqrt"];

/** The set where a formula and its gradient are finite. */
export class Domain {
  /**
   * @param {Expression} expression
   * @param {string[]} names
   */
  constructor(expression, names) {
    this.names = names;
    this.results = [expression, ...gradient(expression, names)];
    this.order = postorderOf(this.results);
    this.margins = marginsOf(expression);
  }

  /**
   * Whether value and gradient are finite at a point.
   * @param {number[]} point
   */
  holds(point) {
    const given = this.named(point);
    /** @type {Map<Expression, number>} */
    const values = new Map();
    for (const node of this.order) {
      const parts = node.arguments.map((part) => /** @type {number} */ (values.get(part)));
      const lone = node.operation === "name" ? Number(given.get(node.name)) : node.value;
      values.set(node, parts.length ? value(node.operation, parts) : lone);
    }
    return this.results.every((result) => Number.isFinite(values.get(result)));
  }

  /**
   * A seeded random point of the domain, in the view if one is found there; undefined if none is found.
   * @param {View} view
   * @param {number} seed
   */
  random(view, seed) {
    const inView = Array.from({ length: IN_VIEW }, (_, index) => randomPoint(view, seed, index));
    const within = inView.find((point) => this.holds(point));
    if (within) return within;
    for (const point of inView.slice(0, APPROACHES)) {
      const found = this.movedInside(point);
      if (found) return this.around(found, seed) ?? found;
    }
    for (const by of SCALES) {
      const wider = /** @type {View} */ (view.map(([low, high]) => [low * by, high * by]));
      for (let index = 0; index < AROUND; index++) {
        const point = randomPoint(wider, seed, index);
        if (this.holds(point)) return point;
      }
    }
    return undefined;
  }

  /**
   * A point moved across one violated boundary after another (Agmon, Canadian J. Math. 6, 1954, p. 382); undefined if
   * it does not reach the domain.
   * @param {number[]} point
   */
  movedInside(point) {
    for (let move = 0; move < MOVES; move++) {
      const given = this.named(point);
      const margin = this.margins.find((each) => evaluate(each, given) <= 0);
      if (!margin) break;
      const missing = evaluate(margin, given);
      const slopes = gradient(margin, this.names).map((slope) => evaluate(slope, given));
      const square = Math.hypot(...slopes) ** 2;
      if (!(square > 0 && square < Infinity && Number.isFinite(missing))) return undefined;
      const longest = (LONGEST * (1 + Math.hypot(...point))) / Math.sqrt(square);
      const by = Math.min((BEYOND * -missing + 1e-3) / square, longest);
      point = point.map((each, index) => each + by * slopes[index]);
    }
    return this.holds(point) ? point : undefined;
  }

  /**
   * A random point of the domain around one of it that may be close to the boundary, from large boxes to small ones.
   * @param {number[]} point
   * @param {number} seed
   */
  around(point, seed) {
    for (let halving = 0; halving < HALVINGS; halving++) {
      const box = /** @type {View} */ (
        point.map((each) => {
          const reach = Math.max(1, Math.abs(each)) / 2 ** halving;
          return [each - reach, each + reach];
        })
      );
      const points = Array.from({ length: AROUND }, (_, index) => randomPoint(box, seed, index));
      const inside = points.filter((each) => this.holds(each));
      if (inside.length > 1) return inside[0];
    }
    return undefined;
  }

  /** @param {number[]} point */
  named(point) {
    return new Map(this.names.map((name, index) => [name, point[index]]));
  }
}

/**
 * The seed's random point of that number, uniform in the view.
 * @param {View} view
 * @param {number} seed
 * @param {number} index
 */
function randomPoint(view, seed, index) {
  return view.map(([low, high], k) => low + (high - low) * uniform(seed, index, k));
}

/**
 * A coordinate of the seed's random point of that number: between 0 and 1, both exclusive.
 * @param {number} seed
 * @param {number} index
 * @param {number} coordinate
 */
function uniform(seed, index, coordinate) {
  return (pcg3d(coordinate, index, ~seed)[2] + 0.5) / 4294967296;
}

/**
 * What must be positive for each operation to have a value and a derivative, the innermost first.
 * @param {Expression} root
 */
function marginsOf(root) {
  return postorder(root).flatMap((node) => {
    const [argument, exponent] = node.arguments;
    if (node.isConstant || !argument) return [];
    const { operation } = node;
    if (ROOTS.includes(operation) || (operation === "pow" && !isWhole(exponent)))
      return argument.isConstant ? [] : [argument];
    return operation === "asin" || operation === "acos" ? [call("sub", ONE, call("mul", argument, argument))] : [];
  });
}

/** @param {Expression} exponent */
function isWhole(exponent) {
  return exponent.isConstant && Number.isInteger(evaluate(exponent));
}
