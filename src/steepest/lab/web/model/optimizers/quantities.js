// @ts-check
/** What role a quantity has, derived from the equations: the port of `steepest.optimizers.quantities`. */
import { number, postorder, substitute } from "../language/expression.js";
import { OPERATIONS, value } from "../language/operations.js";
import { vectorNames } from "./vectors.js";

/** @typedef {import("../language/expression.js").Expression} Expression */
/** @typedef {import("./optimizer.js").OptimizerText} OptimizerText */
/**
 * The power of the gradient that something averages, if it can never be negative; else null.
 * @typedef {number | null} Order
 */

const STEPS = new Map([
  ["t", [1, 100]],
  ["T", [100, 100]],
]); // an early and a late step
/** The arguments on whose signs that of an operation depends. */
const SIGN_KEEPERS = new Map([
  ["add", [0, 1]],
  ["sub", [0, 1]],
  ["neg", [0]],
  ["div", [0]],
  ["where", [1, 2]],
  ["sign", [0]],
  ["min", [0, 1]],
  ["max", [0, 1]],
]);

/**
 * The name of the momentum: the first state that accumulates steps or gradients; undefined if there is none. It is a
 * vector, depends on its own last value, and enters the update with its sign, never through a square.
 * @param {OptimizerText} optimizer
 */
export function momentum(optimizer) {
  const { assigned, equations, state } = optimizer;
  const vectors = vectorNames(equations);
  const signs = signSources(equations);
  const moving = reached("theta", signs);
  return assigned.find(
    (name) =>
      state.includes(name) &&
      vectors.has(name) &&
      reached(name, signs, "theta").has(name) &&
      moving.has(name) &&
      order(optimizer, name) === null,
  );
}

/**
 * For each name of the equations the names on whose signs its value depends.
 * @param {[string, Expression][]} equations
 */
function signSources(equations) {
  /** @type {Map<string, Set<string>>} */
  const found = new Map();
  for (const [name, expression] of equations)
    found.set(name, new Set([...(found.get(name) ?? []), ...signed(expression)]));
  return found;
}

/**
 * The names on whose signs that of an expression depends.
 * @param {Expression} root
 */
function signed(root) {
  const seen = new Set([root]);
  for (const node of seen) {
    const [a, b] = node.arguments;
    const product = node.operation === "mul" && a !== b ? [0, 1] : [];
    for (const place of SIGN_KEEPERS.get(node.operation) ?? product) seen.add(node.arguments[place]);
  }
  return [...seen].filter(({ operation }) => operation === "name").map(({ name }) => name);
}

/**
 * The names on whose signs a name depends, directly or through names other than `within`.
 * @param {string} first
 * @param {Map<string, Set<string>>} signs
 * @param {string} [within]
 */
function reached(first, signs, within = "") {
  const found = new Set(signs.get(first));
  for (const name of found) if (name !== within) for (const other of signs.get(name) ?? []) found.add(other);
  return found;
}

/**
 * The power of the gradient that a quantity averages or sums, if the quantity can never be negative; else null. State
 * starts at 0, so it can only become negative in a step. Of hyperparameters only the signs matter: they count as 0.5.
 * @param {OptimizerText} optimizer
 * @param {string} name of the quantity, as the equations assign it
 * @returns {Order}
 */
export function order({ assigned, equations, hyperparameters }, name) {
  const values = new Map(hyperparameters.map((each) => [each, number(0.5)]));
  const given = equations.map(([target, each]) => /** @type {const} */ ([target, substitute(each, values)]));
  /** @type {Map<string, Order>} */
  const found = new Map(assigned.map((each) => [each, 0]));
  for (let round = 0; round < 2 * given.length + 2; round++) {
    let changed = false;
    for (const [target, expression] of given) {
      const made = graded(expression, new Map([...found, ["t", 0], ["T", 0]]));
      const before = found.get(target) ?? null;
      const now = made === null || before === null ? null : Math.max(made, before);
      if (now !== before) changed = true;
      found.set(target, now);
    }
    if (!changed) break;
  }
  return found.get(name) ?? null;
}

/**
 * The order of an expression from those of its names; what depends on `t` and `T` alone is evaluated at two steps.
 * @param {Expression} root
 * @param {Map<string, Order>} known
 */
function graded(root, known) {
  /** @type {Map<Expression, Order>} */
  const results = new Map();
  /** @type {Map<Expression, number[]>} */
  const constants = new Map();
  for (const node of postorder(root)) {
    const { name, operation } = node;
    if (!node.arguments.length) {
      const isName = operation === "name";
      results.set(node, isName ? (known.get(name) ?? null) : node.value >= 0 ? 0 : null);
      if (operation !== "noise" && (!isName || STEPS.has(name)))
        constants.set(node, STEPS.get(name) ?? [node.value, node.value]);
    } else if (OPERATIONS.has(operation) && node.arguments.every((part) => constants.has(part))) {
      const columns = node.arguments.map((part) => /** @type {number[]} */ (constants.get(part)));
      const values = [0, 1].map((step) =>
        value(
          operation,
          columns.map((column) => column[step]),
        ),
      );
      constants.set(node, values);
      results.set(node, values.every((each) => each >= 0) ? 0 : null);
    } else {
      const orders = node.arguments.map((part) => results.get(part) ?? null);
      results.set(node, RULES.get(operation)?.(node, orders) ?? null);
    }
  }
  return results.get(root) ?? null;
}

/** @param {Order[]} orders */
function largest(orders) {
  const known = orders.filter((each) => each !== null);
  return known.length ? Math.max(...known) : null;
}

/**
 * A sum or a choice is not negative if no part is.
 * @param {Order[]} orders
 */
function ofSum(orders) {
  return orders.includes(null) ? null : largest(orders);
}

/** @type {Map<string, (node: Expression, orders: Order[]) => Order>} */
const RULES = new Map(
  Object.entries({
    add: (/** @type {Expression} */ _, /** @type {Order[]} */ orders) => ofSum(orders),
    min: (_, orders) => ofSum(orders),
    where: (_, orders) => ofSum(orders.slice(1)),
    max: (_, orders) => largest(orders),
    mul: (node, [one, other]) => {
      if (node.arguments[0] === node.arguments[1]) return 2 * (one || 1);
      return one === null || other === null ? null : one + other;
    },
    div: (_, [one, other]) => (one === null || other === null ? null : one - other),
    pow: (node, [base]) => {
      const exponent = node.arguments[1];
      if (exponent.operation !== "number") return base;
      return exponent.value % 2 === 0 || base !== null ? exponent.value * (base || 1) : null;
    },
    dot: (node) => (node.arguments[0] === node.arguments[1] ? 2 : null),
    abs: (_, [one]) => one || 1,
    norm: (_, [one]) => one || 1,
    hypot: () => 1,
    sqrt: (_, [one]) => (one || 1) / 2,
    exp: () => 0,
    sigmoid: () => 0,
    softplus: () => 0,
  }),
);
