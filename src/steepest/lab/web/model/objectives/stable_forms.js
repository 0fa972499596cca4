// @ts-check
/**
 * Numerically stable forms of a formula, whose parts do not overflow: the port of `steepest.runs.stable_forms`. They are
 * proposed where a run ended because a number was too large, and only if they make value and gradient finite there.
 */
import { call, number, ONE, postorder } from "../language/expression.js";
import { plain } from "../language/notation/notation.js";
import { FORMS } from "./tables.js";

/** @typedef {import("../language/expression.js").Expression} Expression */
/** A form of a formula, with the words for it. @typedef {{told: string, expression: Expression}} Form */

/**
 * The stable forms of a formula: one part rewritten at a time, then all of them.
 * @param {Expression} root
 * @returns {Form[]}
 */
export function stableForms(root) {
  const isShort = (/** @type {Expression} */ node) => [...plain(node)].length <= FORMS.LONGEST;
  const shown = [...rewritten(root)].filter((pair) => pair.every(isShort));
  const chosen = [...shown.map((pair) => [pair]), ...(shown.length > 1 ? [shown] : [])];
  return chosen.slice(-FORMS.MOST_TRIED).map((some) => {
    const told = some.map(([old, form]) => `${plain(form)} instead of ${plain(old)}`).join(" and ");
    const stays = some.length === 1 ? "stays" : "stay";
    return { told: `${told} ${stays} finite there`, expression: exchanged(root, new Map(some)) };
  });
}

/**
 * The largest parts of a formula that have a stable form, each with that form.
 * @param {Expression} root
 */
function rewritten(root) {
  /** @type {Map<Expression, Expression>} */
  const forms = new Map();
  /** @type {Map<Expression, Map<Expression, Expression>>} */
  const found = new Map();
  for (const node of postorder(root)) {
    const inner = withParts(node, forms);
    const other = RULES.reduce((form, rule) => form ?? rule(inner), /** @type {Expression | null} */ (null));
    forms.set(node, other ?? inner);
    const below = node.arguments.flatMap((part) => [...(found.get(part) ?? [])]);
    found.set(node, new Map(other ? [[node, other]] : below));
  }
  return /** @type {Map<Expression, Expression>} */ (found.get(root));
}

/**
 * The formula with some of its parts replaced.
 * @param {Expression} root
 * @param {Map<Expression, Expression>} pairs
 */
function exchanged(root, pairs) {
  /** @type {Map<Expression, Expression>} */
  const made = new Map();
  for (const node of postorder(root)) made.set(node, pairs.get(node) ?? withParts(node, made));
  return /** @type {Expression} */ (made.get(root));
}

/**
 * An expression with other arguments.
 * @param {Expression} node
 * @param {Map<Expression, Expression>} made what each argument becomes
 */
function withParts(node, made) {
  const parts = node.arguments.map((part) => /** @type {Expression} */ (made.get(part)));
  return parts.length ? call(node.operation, ...parts) : node;
}

/**
 * The terms of a sum, each with its sign.
 * @param {Expression} node
 * @param {number} [sign]
 * @returns {[number, Expression][]}
 */
function termsOf(node, sign = 1) {
  const [left, right] = node.arguments;
  if (node.operation === "neg") return termsOf(left, -sign);
  if (node.operation !== "add" && node.operation !== "sub") return [[sign, node]];
  return [...termsOf(left, sign), ...termsOf(right, node.operation === "add" ? sign : -sign)];
}

/**
 * @param {Expression} node
 * @returns {Expression}
 */
function minus(node) {
  const [factor, other] = node.arguments;
  if (node.operation === "mul" && factor.operation === "number") return scaled(minus(factor), other);
  return call("neg", node);
}

/**
 * `a - b`; `a + c` where b is -c.
 * @param {Expression} a
 * @param {Expression} b
 */
function difference(a, b) {
  if (isNumber(a, 0)) return minus(b);
  if (b.operation === "neg") return call("add", a, b.arguments[0]);
  return isNumber(b, 0) ? a : call("sub", a, b);
}

/**
 * @param {Expression} node
 * @param {number} value
 */
function isNumber(node, value) {
  return node.operation === "number" && node.value === value;
}

/**
 * The exponent of a power of `e`, also in 1 = e^0; null for anything else.
 * @param {Expression} node
 */
function exponentOf(node) {
  const [base, exponent] = node.arguments;
  if (node.operation === "exp") return base;
  if (node.operation === "pow" && base.operation === "constant" && base.name === "e") return exponent;
  return isNumber(node, 1) ? number(0) : null;
}

/**
 * The exponents of a sum of exponentials with these signs, not all of them 1.
 * @param {Expression} node
 * @param {number[]} signs
 */
function exponentsOf(node, signs) {
  const parts = termsOf(node);
  if (parts.length !== signs.length || parts.some(([sign], index) => sign !== signs[index])) return null;
  const known = parts.map(([, part]) => exponentOf(part)).filter((part) => part !== null);
  return known.length < parts.length || known.every((part) => isNumber(part, 0)) ? null : known;
}

/**
 * The root of a square; of a number that is not negative, too.
 * @param {Expression} node
 */
function squareRoot(node) {
  const [a, b] = node.arguments;
  if (node.operation === "number" && node.value >= 0) return number(Math.sqrt(node.value));
  if (node.operation === "pow" && isNumber(b, 2)) return a;
  return node.operation === "mul" && a === b ? a : null;
}

/**
 * `hypot` or `abs` for the root of a sum of up to three squares, not all of them numbers.
 * @param {Expression} node
 */
function lengthOf(node) {
  const parts = termsOf(node);
  if (parts.length > 3 || parts.some(([sign]) => sign < 0) || parts.every(([, part]) => part.isConstant)) return null;
  const known = parts.map(([, part]) => squareRoot(part)).filter((root) => root !== null);
  if (known.length < parts.length) return null;
  return known.length === 1 ? call("abs", known[0]) : known.reduce((total, other) => call("hypot", total, other));
}

/**
 * @param {Expression} factor
 * @param {Expression} node
 */
function scaled(factor, node) {
  return isNumber(factor, 1) ? node : call("mul", factor, node);
}

/**
 * `sigmoid` for `1/(1 + exp(-x))`, `exp(x)/(1 + exp(x))` and other quotients by two exponentials.
 * @param {Expression} node
 */
function logistic(node) {
  const inverse = node.operation === "pow" && isNumber(node.arguments[1], -1);
  if (!inverse && node.operation !== "div") return null;
  const [above, below] = inverse ? [ONE, node.arguments[0]] : node.arguments;
  const powers = exponentsOf(below, [1, 1]);
  if (!powers) return null;
  const [first, second] = powers;
  const top = exponentOf(above);
  const pairs = [
    [first, second],
    [second, first],
  ];
  for (const [mine, other] of pairs)
    if (top && (top === mine || (isNumber(top, 0) && isNumber(mine, 0))))
      return call("sigmoid", difference(mine, other));
  for (const [mine, other] of pairs)
    if (isNumber(mine, 0)) return scaled(above, call("sigmoid", difference(mine, other)));
  return null;
}

/**
 * `tanh` for a quotient of sinh and cosh, or of exponentials.
 * @param {Expression} node
 */
function hyperbolic(node) {
  if (node.operation !== "div") return null;
  const [above, below] = node.arguments;
  if (above.operation === "sinh" && below.operation === "cosh" && above.arguments[0] === below.arguments[0])
    return call("tanh", below.arguments[0]);
  const over = exponentsOf(above, [1, -1]);
  const under = exponentsOf(below, [1, 1]);
  if (!over || !under || over[0] !== under[0] || over[1] !== under[1]) return null;
  const gap = difference(over[0], over[1]);
  const [a, b] = gap.arguments;
  if (gap.operation === "mul" && isNumber(a, 2)) return call("tanh", b);
  return call("tanh", gap.operation === "add" && a === b ? a : call("div", gap, number(2)));
}

/**
 * `hypot` and `abs` for the root of squares.
 * @param {Expression} node
 */
function root(node) {
  const [inner, exponent] = node.arguments;
  const isRoot = node.operation === "sqrt" || (node.operation === "pow" && isNumber(exponent, 0.5));
  return isRoot ? lengthOf(inner) : null;
}

/**
 * `softplus` for the log of a sum of exponentials, and others that need not compute what they take the log of.
 * @param {Expression} node
 */
function logarithm(node) {
  if (node.operation !== "log") return null;
  const [inner] = node.arguments;
  const parts = termsOf(inner);
  const single = exponentOf(inner);
  if (single) return single;
  const few = parts.length === 2 || parts.length === 3;
  const powers = few
    ? exponentsOf(
        inner,
        parts.map(() => 1),
      )
    : null;
  if (powers) {
    const isZero = (/** @type {Expression} */ power) => isNumber(power, 0);
    const [first, ...others] = [...powers.filter(isZero), ...powers.filter((power) => !isZero(power))];
    return others.reduce((total, power) => {
      const more = call("softplus", difference(power, total));
      return isZero(total) ? more : call("add", total, more);
    }, first);
  }
  if (inner.operation === "sigmoid") return minus(call("softplus", minus(inner.arguments[0])));
  const [one, other] = parts;
  if (parts.length === 2 && one[0] === 1 && other[0] === -1 && isNumber(one[1], 1) && other[1].operation === "sigmoid")
    return minus(call("softplus", other[1].arguments[0]));
  if (inner.operation === "cosh") {
    const size = call("abs", inner.arguments[0]);
    const tail = call("softplus", call("mul", number(-2), size));
    return call("sub", call("add", size, tail), call("log", number(2)));
  }
  const measured = lengthOf(inner);
  return measured && call("mul", number(2), call("log", measured));
}

const RULES = [hyperbolic, logistic, root, logarithm];
