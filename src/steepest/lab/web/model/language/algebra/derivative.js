// @ts-check
/** Exact derivatives by the rules in the table of operations. */
import {
  constant,
  evaluate,
  name,
  number,
  ONE,
  postorder,
  reduction,
  rowsOf,
  simplified,
  substitute,
  ZERO,
} from "../expression.js";
import { readExpression } from "../grammar.js";
import { OPERATIONS, REDUCTIONS } from "../operations.js";
import { DERIVATIVE } from "../tables.js";
import { tidy, tidyQuotient } from "./simplify.js";

/** @typedef {import("../expression.js").Expression} Expression */
/** An expression that another one depends on, and the derivative by it. @typedef {[Expression, Expression]} Slope */

/**
 * The partial derivatives of an expression in reverse mode, with shared parts, for evaluation. The adjoints are
 * `root' = 1` and `a' += node' * d(node)/d(a)` for each argument `a` of each node, from the root down. Of the branches
 * of `where`, `min` and `max`, only the one that is taken contributes. A sum over rows contributes to each parameter
 * the sum of the derivatives in the rows.
 * @param {Expression} root
 * @param {string[]} names of the parameters
 */
export function gradient(root, names) {
  return new ReverseMode(root, names).gradient();
}

/** Reverse mode for fixed names; the gradients of branches are kept. */
class ReverseMode {
  /**
   * @param {Expression} root
   * @param {string[]} names
   */
  constructor(root, names) {
    this.root = root;
    this.names = names.map(name);
    /** @type {Map<Expression, Expression[]>} */
    this.branches = new Map();
    this.order = postorder(root);
    this.places = new Map(this.order.map((node, place) => [node, place]));
  }

  /** The gradient of the root, after those of the branches in it, the innermost first. */
  gradient() {
    for (const node of this.order) {
      if (isChoice(node)) for (const branch of node.arguments.slice(-2)) this.sweep(branch);
      else if (REDUCTIONS.has(node.operation)) this.sweep(node.arguments[0]);
    }
    return this.sweep(this.root);
  }

  /**
   * The gradient of a part; the sweep stops at the choices in it, whose branches have theirs already.
   * @param {Expression} root
   * @returns {Expression[]}
   */
  sweep(root) {
    const known = this.branches.get(root);
    if (known) return known;
    /** @type {Map<Expression, Expression>} */
    const adjoints = new Map([[root, ONE]]);
    for (let place = this.places.get(root) ?? 0; place >= 0; place--) {
      const node = this.order[place];
      const adjoint = adjoints.get(node);
      if (!adjoint || node.isConstant || !node.arguments.length) continue;
      for (const [argument, slope] of this.slopes(node)) {
        const change = simplified("mul", adjoint, slope);
        adjoints.set(argument, simplified("add", adjoints.get(argument) ?? ZERO, change));
      }
    }
    const result = this.names.map((parameter) => adjoints.get(parameter) ?? ZERO);
    this.branches.set(root, result);
    return result;
  }

  /**
   * The expressions that a node's adjoint contributes to, each with its factor.
   * @param {Expression} node
   * @returns {Slope[]}
   */
  slopes(node) {
    if (REDUCTIONS.has(node.operation)) {
      const inner = this.branch(node.arguments[0]);
      return this.nonzero((index) =>
        inner[index] === ZERO ? ZERO : reduction(node.operation, inner[index], rowsOf(node)),
      );
    }
    if (!isChoice(node)) return partials(node, false);
    const [condition, a, b] = choice(node);
    const [left, right] = [this.branch(a), this.branch(b)];
    return this.nonzero((index) =>
      left[index] === ZERO && right[index] === ZERO ? ZERO : simplified("where", condition, left[index], right[index]),
    );
  }

  /** @param {Expression} part */
  branch(part) {
    return /** @type {Expression[]} */ (this.branches.get(part));
  }

  /**
   * The parameters with their slopes, without those whose slope is 0.
   * @param {(index: number) => Expression} slope
   * @returns {Slope[]}
   */
  nonzero(slope) {
    return this.names
      .map((target, index) => /** @type {Slope} */ ([target, slope(index)]))
      .filter(([, each]) => each !== ZERO);
  }
}

/**
 * The derivative by one parameter in forward mode, in textbook form, for reading.
 * @param {Expression} root
 * @param {string} parameter
 */
export function derivative(root, parameter) {
  /** @type {Map<Expression, Expression>} */
  const slopes = new Map();
  const slopeOf = (/** @type {Expression} */ node) => /** @type {Expression} */ (slopes.get(node));
  for (const node of postorder(root)) {
    const { operation } = node;
    if (!node.arguments.length) slopes.set(node, operation === "name" && node.name === parameter ? ONE : ZERO);
    else if (node.arguments.every((argument) => slopeOf(argument) === ZERO)) slopes.set(node, ZERO);
    else if (REDUCTIONS.has(operation))
      slopes.set(node, reduction(operation, tidy(slopeOf(node.arguments[0])), rowsOf(node)));
    else if (isChoice(node)) {
      const [condition, a, b] = choice(node);
      slopes.set(node, simplified("where", condition, slopeOf(a), slopeOf(b)));
    } else {
      let total = ZERO;
      for (const [argument, slope] of partials(node, true)) {
        const inOrder = operation === "mul" && argument === node.arguments[0]; // (uv)' = u'v + uv', in this order
        const factors = inOrder ? [slopeOf(argument), slope] : [slope, slopeOf(argument)];
        total = simplified("add", total, simplified("mul", ...factors));
      }
      const fractions = operation === "div" && !node.arguments.some((argument) => slopeOf(argument) === ZERO);
      slopes.set(node, fractions ? tidyQuotient(total) : total);
    }
  }
  return tidy(slopeOf(root));
}

/**
 * Whether an operation chooses one of two branches.
 * @param {Expression} node
 */
function isChoice({ operation }) {
  return operation === "where" || operation === "min" || operation === "max";
}

/**
 * An operation that chooses, as the condition and the branches.
 * @param {Expression} node
 */
function choice({ operation, arguments: args }) {
  if (operation === "where") return args;
  return [simplified(operation === "min" ? "le" : "ge", args[0], args[1]), args[0], args[1]];
}

/** @type {[WeakMap<Expression, Slope[]>, WeakMap<Expression, Slope[]>]} */
const kept = [new WeakMap(), new WeakMap()];

/**
 * The arguments of an operation that are not constant, each with the operation's derivative by it.
 * @param {Expression} node
 * @param {boolean} written whether the derivatives are to be read, not evaluated
 */
function partials(node, written) {
  const known = kept[Number(written)].get(node);
  if (known) return known;
  let found = slopesByRates(node);
  if (!found.length) {
    const [a, b] = node.arguments;
    const meanings = new Map([["a", a], ["r", node], ...(b ? [/** @type {[string, Expression]} */ (["b", b])] : [])]);
    const texts = node.operation === "pow" && !written ? powerRules(a, b) : formulas(node.operation, written);
    found = node.arguments.flatMap((argument, index) =>
      argument.isConstant || index >= texts.length
        ? []
        : [/** @type {Slope} */ ([argument, substitute(rule(texts[index]), meanings)])],
    );
  }
  kept[Number(written)].set(node, found);
  return found;
}

/**
 * The derivative formulas of an operation: the textbook's if `written`, else those to evaluate.
 * @param {string} operation
 * @param {boolean} written
 */
function formulas(operation, written) {
  const { partials, computed } = /** @type {import("../operations.js").Operation} */ (OPERATIONS.get(operation));
  return written || !computed.length ? partials : computed;
}

/** @type {Map<string, Expression>} */
const rules = new Map();

/** @param {string} text */
function rule(text) {
  const found = rules.get(text) ?? readExpression(text, ["a", "b", "r"]);
  rules.set(text, found);
  return found;
}

/**
 * The derivative formulas of a power: the textbook's, but finite where the base is 0 and the power is flat. As 0^b is 0
 * for every positive b, its derivative by the exponent is 0, not 0*log(0).
 * @param {Expression} base
 * @param {Expression} exponent
 */
function powerRules(base, exponent) {
  const [byBase, byExponent] = formulas("pow", true);
  const [flatByBase, flatByExponent] = DERIVATIVE.GUARDED_POWERS;
  const positive = base.isConstant && evaluate(base) !== 0;
  return [exponent.isConstant ? byBase : flatByBase, positive ? byExponent : flatByExponent];
}

/** @type {Map<string, Expression>} */
const ROOTS = new Map([
  ["sqrt", number(2)],
  ["cbrt", number(3)],
]);
/** @type {Map<string, Expression>} */
const LOGARITHMS = new Map([
  ["log", constant("e")],
  ["log2", number(2)],
  ["log10", number(10)],
]);

/**
 * The derivatives of a quotient, a logarithm, a root or a power of exponentials by their rates; empty for other
 * operations. The textbook's derivative of `1/cosh(x)`, `-sinh(x)/cosh(x)^2`, overflows in numerator and denominator
 * where `-tanh(x)/cosh(x)` is still exact.
 * @param {Expression} node
 * @returns {Slope[]}
 */
function slopesByRates(node) {
  const { operation } = node;
  const [a, b] = node.arguments;
  const [base, root] = [LOGARITHMS.get(operation), ROOTS.get(operation)];
  /** @type {(found: Slope[], slope: (rate: Expression) => Expression) => Slope[]} */
  const each = (found, slope) => found.map(([part, rate]) => [part, slope(rate)]);
  const grown = (/** @type {Expression} */ rate) => simplified("mul", node, rate);
  if (operation === "div") {
    const found = rates(b);
    if (!found.length) return [];
    /** @type {Slope[]} */
    const over = a.isConstant ? [] : [[a, simplified("div", ONE, b)]];
    return [...over, ...each(found, (rate) => simplified("neg", grown(rate)))];
  }
  if (base) return each(rates(a, true), (rate) => simplified("div", rate, simplified("log", base)));
  if (root) return each(rates(a, true), (rate) => simplified("div", grown(rate), root));
  if (operation === "pow" && b.isConstant && evaluate(b) < 1)
    return each(rates(a, evaluate(b) > 0), (rate) => simplified("mul", b, grown(rate)));
  return [];
}

/**
 * The derivative of a product over its value, by each part; empty unless some factor is exponential (if `alone`, all).
 * @param {Expression} root
 * @param {boolean} [alone]
 */
function rates(root, alone = false) {
  /** @type {Slope[]} */
  const found = [];
  /** @type {boolean[]} */
  const exponential = [];
  /** @type {Slope[]} */
  const waiting = [[root, ONE]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [node, power] = next;
    const { operation } = node;
    const [a, b] = node.arguments;
    const root = ROOTS.get(operation);
    if (node.isConstant) continue;
    if (operation === "mul" || operation === "div" || operation === "neg") {
      waiting.push([a, power]);
      if (b) waiting.push([b, operation === "mul" ? power : simplified("neg", power)]);
    } else if (operation === "pow" && b.isConstant) waiting.push([a, simplified("mul", power, b)]);
    else if (root) waiting.push([a, simplified("div", power, root)]);
    else {
      const [part, rate] = rateOf(node);
      exponential.push(part !== node && !(alone && operation === "sinh")); // sinh is 0 at 0
      found.push([part, simplified("mul", power, rate)]);
    }
  }
  return (alone ? exponential.every(Boolean) : exponential.some(Boolean)) ? found : [];
}

/**
 * A part and the derivative by it over the value: for an exponential the part is its argument, else the node itself.
 * @param {Expression} node
 * @returns {Slope}
 */
function rateOf(node) {
  const [a, b] = node.arguments;
  if (node.operation === "pow" && a.isConstant && evaluate(a) > 0) return [b, simplified("log", a)];
  const text = OPERATIONS.get(node.operation)?.rate;
  if (text) return [a, substitute(rule(text), new Map([["a", a]]))];
  return [node, simplified("div", ONE, node)];
}
