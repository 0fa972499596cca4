// @ts-check
/**
 * Sums and products in textbook form: like terms collected, fractions as fractions, signs in front. An expression
 * becomes a sum of terms, each a rational coefficient times powers of factors. Products of sums are not multiplied out.
 * Coefficients are exact: a number means the decimal that was written.
 */
import { call, number, postorder } from "../expression.js";
import { REDUCTIONS } from "../operations.js";
import { SIMPLIFY } from "../tables.js";
import { bitLength, greatestCommonDivisor, leastCommonMultiple, quotient, rational, whole } from "./rational.js";
import { ONE_TERM, Sum, Term } from "./terms.js";

/** @typedef {import("../expression.js").Expression} Expression */
/** @typedef {import("./rational.js").Rational} Rational */

const { DECIMALS, LARGEST_POWER, LONGEST_COEFFICIENT, LONGEST_QUOTIENT, MOST_PRODUCTS } = SIMPLIFY;
const PLACES = String(DECIMALS).length - 1; // of a short decimal
const CHAINS = new Map(Object.entries(SIMPLIFY.CHAINS));
const RANKS = new Map(Object.entries(SIMPLIFY.RANKS));
const [NOTHING, ONE] = [whole(0), whole(1)];

/** A coefficient beyond float64. */
class TooLargeError extends Error {}

/** A numerator that is too long to multiply out. */
class TooManyTermsError extends Error {}

/**
 * An equal expression in textbook form: `2*x*2 - x*(4/6)*x` is `4*x - 2*x^2/3`.
 * @param {Expression} root
 */
export function tidy(root) {
  try {
    return new Tidier(hasDecimals(root)).tidy(root);
  } catch (error) {
    if (error instanceof TooLargeError) return root;
    throw error;
  }
}

/**
 * The textbook form of a quotient's derivative: over one denominator, where that is not longer.
 * @param {Expression} root
 */
export function tidyQuotient(root) {
  if (root.parts > LONGEST_QUOTIENT) return root;
  const tidier = new Tidier(hasDecimals(root));
  let separate = root;
  try {
    separate = tidier.tidy(root);
    const joined = tidier.write(tidier.joined(tidier.sumFor(root)));
    return joined.parts <= separate.parts ? joined : separate;
  } catch (error) {
    if (error instanceof TooLargeError || error instanceof TooManyTermsError) return separate;
    throw error;
  }
}

/** @param {Expression} root */
function hasDecimals(root) {
  return postorder(root).some((node) => node.operation === "number" && !Number.isInteger(node.value));
}

/**
 * The sums that occur only in one other sum, and likewise the products: they are merged into it.
 * @param {Expression[]} order
 */
function innerParts(order) {
  /** @type {Map<Expression, number>} */
  const uses = new Map();
  for (const node of order) for (const argument of node.arguments) uses.set(argument, (uses.get(argument) ?? 0) + 1);
  /** @type {Set<Expression>} */
  const inner = new Set();
  for (const node of order) {
    const kind = CHAINS.get(node.operation);
    if (!kind) continue;
    for (const part of node.arguments) if (uses.get(part) === 1 && CHAINS.get(part.operation) === kind) inner.add(part);
  }
  return inner;
}

/** The sums of all parts of one expression; if `decimal`, coefficients are written as 0.5, else as 1/2. */
class Tidier {
  /** @param {boolean} decimal */
  constructor(decimal) {
    this.decimal = decimal;
    /** @type {Map<Expression, Sum>} */
    this.sums = new Map();
    /** @type {Map<Sum, Expression>} */
    this.written = new Map();
    this.products = 0;
  }

  /**
   * The textbook form of an expression.
   * @param {Expression} root
   */
  tidy(root) {
    const order = postorder(root);
    const inner = innerParts(order);
    for (const node of order) if (!inner.has(node)) this.sums.set(node, this.sumOf(node));
    return this.write(this.sumFor(root));
  }

  /**
   * The sum that was found for a part.
   * @param {Expression} part
   */
  sumFor(part) {
    return /** @type {Sum} */ (this.sums.get(part));
  }

  /**
   * A node as a sum, from the sums of its arguments.
   * @param {Expression} node
   */
  sumOf(node) {
    const { operation } = node;
    if (operation === "number") return Sum.of(ONE_TERM, rational(node.value));
    if (operation === "mul") return this.product(this.factors(node));
    if (CHAINS.has(operation)) return this.collected(node);
    const sums = node.arguments.map((argument) => this.sumFor(argument));
    if (operation === "div" && sums[1].size) return this.product([sums[0], this.power(sums[1], whole(-1))]);
    if (operation === "pow" && sums[1].isNumber) return this.power(sums[0], sums[1].coefficient(ONE_TERM));
    if (!sums.length) return Sum.factor(node);
    if (operation === "where" && sums[1].equals(sums[2])) return sums[1];
    if (REDUCTIONS.has(operation) && sums[0].size === 1) {
      const [[term, size]] = sums[0]; // a coefficient stands in front of the mean
      return Sum.of(Term.factor(call(operation, this.write(Sum.of(term, ONE)))), size);
    }
    return Sum.factor(call(operation, ...sums.map((sum) => this.write(sum))));
  }

  /**
   * The terms of a sum, those of the sums merged into it included.
   * @param {Expression} node
   */
  collected(node) {
    const total = new Sum();
    /** @type {[Expression, boolean][]} */
    const waiting = [[node, false]];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [part, negative] = next;
      const known = part === node ? undefined : this.sums.get(part);
      if (known) {
        for (const [term, size] of known) total.add(term, negative ? size.negated() : size);
        continue;
      }
      const { operation } = part;
      if (operation !== "neg") waiting.push([part.arguments[1], negative !== (operation === "sub")]);
      waiting.push([part.arguments[0], negative !== (operation === "neg")]);
    }
    return total;
  }

  /**
   * The factors of a product, those of the products merged into it included.
   * @param {Expression} node
   */
  factors(node) {
    /** @type {Sum[]} */
    const found = [];
    const waiting = [...node.arguments].reverse();
    for (let part = waiting.pop(); part; part = waiting.pop()) {
      const known = this.sums.get(part);
      if (known) found.push(known);
      else waiting.push(...[...part.arguments].reverse());
    }
    return found;
  }

  /**
   * The product as one term; a product of a sum and a sign is the sum with that sign.
   * @param {Sum[]} factors
   */
  product(factors) {
    if (factors.some((part) => !part.size)) return new Sum();
    let size = ONE;
    const sums = factors.filter((part) => {
      const sign = part.sign;
      if (sign < 0) size = size.negated();
      return !sign;
    });
    if (!sums.length) return Sum.of(ONE_TERM, size);
    if (sums.length === 1) return sums[0].scaled(size);
    /** @type {Map<Expression, Rational>} */
    const powers = new Map();
    for (const part of sums) {
      const [term, by] = this.single(part);
      size = size.times(by);
      for (const [base, exponent] of term.factors) powers.set(base, exponent.plus(powers.get(base) ?? NOTHING));
    }
    return Sum.of(new Term([...powers].filter(([, exponent]) => !exponent.isZero)), size);
  }

  /**
   * A sum as one term: its only one, or the whole sum as a factor.
   * @param {Sum} sum
   * @returns {[Term, Rational]}
   */
  single(sum) {
    if (sum.size === 1) return [...sum][0];
    const written = this.written.get(sum) ?? this.write(sum);
    this.written.set(sum, written);
    return [Term.factor(written), ONE];
  }

  /**
   * The power of a sum; that of a single term is a product of powers.
   * @param {Sum} base
   * @param {Rational} exponent
   */
  power(base, exponent) {
    if (exponent.isZero) return Sum.of(ONE_TERM, ONE);
    if (exponent.isOne) return base;
    if (!base.size)
      return exponent.isNegative ? Sum.factor(call("pow", number(0), this.coefficient(exponent))) : new Sum();
    const [term, size] = this.single(base);
    const plain = size.isOne && term.factors.length === 1 && term.factors[0][1].isOne;
    const times = exponent.absolute();
    const small = exponent.isWhole && times.numerator <= LARGEST_POWER;
    if (plain || (small && bits(size) * Number(times.numerator) <= LONGEST_COEFFICIENT)) {
      const powers = term.factors.map(
        ([factor, power]) => /** @type {[Expression, Rational]} */ ([factor, power.times(exponent)]),
      );
      return Sum.of(new Term(powers), size.isOne ? size : size.power(exponent.numerator));
    }
    return Sum.factor(call("pow", this.write(base), this.coefficient(exponent)));
  }

  /**
   * The terms over their common denominator, with the numerator multiplied out.
   * @param {Sum} sum
   */
  joined(sum) {
    /** @type {Map<Expression, Rational>} */
    const lowest = new Map();
    for (const [term] of sum)
      for (const [base, exponent] of term.factors) {
        const low = lowest.get(base) ?? NOTHING;
        lowest.set(base, exponent.isLess(low) ? exponent : low);
      }
    const under = [...lowest].filter(([, exponent]) => exponent.isNegative);
    const total = new Sum();
    for (const [term, size] of sum) {
      const powers = new Map(term.factors);
      for (const [base, exponent] of under) powers.set(base, (powers.get(base) ?? NOTHING).plus(exponent.negated()));
      let part = Sum.of(ONE_TERM, size);
      for (const [base, exponent] of powers) part = this.distributed(part, this.expanded(base, exponent));
      for (const [each, by] of part) total.add(each, by);
    }
    const shared = content(total);
    const numerator = new Sum();
    for (const negative of [false, true]) // 1 - x^2 rather than -x^2 + 1
      for (const [term, size] of total) if (size.isNegative === negative) numerator.add(term, size.over(shared));
    return this.product([numerator, Sum.of(new Term(under), shared)]);
  }

  /**
   * A small power of a sum, multiplied out; any other power unchanged.
   * @param {Expression} base
   * @param {Rational} exponent
   */
  expanded(base, exponent) {
    let [root, power] = [base, exponent];
    if (root.operation === "sqrt" && power.isWhole && power.numerator % 2n === 0n)
      [root, power] = [root.arguments[0], whole(power.numerator / 2n)];
    const sum = this.sums.get(root);
    const times = power.isWhole ? power.numerator : 0n;
    if (!sum || sum.size < 2 || times < 1n || times > 3n)
      return power.isZero ? Sum.of(ONE_TERM, ONE) : Sum.of(new Term([[root, power]]), ONE);
    let total = Sum.of(ONE_TERM, ONE);
    for (let count = 0n; count < times; count++) total = this.distributed(total, sum);
    return total;
  }

  /**
   * The product of two sums, multiplied out.
   * @param {Sum} a
   * @param {Sum} b
   */
  distributed(a, b) {
    this.products += a.size * b.size;
    if (this.products > MOST_PRODUCTS) throw new TooManyTermsError();
    const total = new Sum();
    for (const [left, p] of a)
      for (const [right, q] of b)
        for (const [term, size] of this.product([Sum.of(left, p), Sum.of(right, q)])) total.add(term, size);
    return total;
  }

  /**
   * The expression of a sum.
   * @param {Sum} sum
   */
  write(sum) {
    /** @type {Expression | undefined} */
    let total;
    for (const [term, size] of sum) {
      if (!total) total = this.writeTerm(term, size);
      else total = call(size.isNegative ? "sub" : "add", total, this.writeTerm(term, size.absolute()));
    }
    const written = total ?? number(0);
    if (!this.sums.has(written)) this.sums.set(written, sum);
    return written;
  }

  /**
   * The expression of a term: a product, or a fraction with its sign in the numerator.
   * @param {Term} term
   * @param {Rational} size
   * @returns {Expression}
   */
  writeTerm(term, size) {
    const ordered = term.factors.length > 1 ? [...term.factors].sort(([a], [b]) => byRank(a, b)) : term.factors;
    const upper = ordered.filter(([, power]) => !power.isNegative).map(([base, power]) => this.writePower(base, power));
    const lower = ordered
      .filter(([, power]) => power.isNegative)
      .map(([base, power]) => this.writePower(base, power.negated()));
    const absolute = size.absolute();
    const decimal = this.decimal && BigInt(DECIMALS) % size.denominator === 0n;
    const over = decimal ? absolute : whole(absolute.numerator);
    const under = decimal ? 1n : absolute.denominator;
    if (!over.isOne || !upper.length) upper.unshift(number(toNumber(over)));
    if (under !== 1n) lower.unshift(number(toNumber(whole(under))));
    if (size.isNegative) upper[0] = call("neg", upper[0]);
    return lower.length ? call("div", multiplied(upper), multiplied(lower)) : multiplied(upper);
  }

  /**
   * @param {Expression} base
   * @param {Rational} exponent
   */
  writePower(base, exponent) {
    return exponent.isOne ? base : call("pow", base, this.coefficient(exponent));
  }

  /**
   * The expression of a rational number.
   * @param {Rational} value
   */
  coefficient(value) {
    return this.writeTerm(ONE_TERM, value);
  }
}

/**
 * The nearest float of a rational number, which is whole or a short decimal.
 * @param {Rational} value
 */
function toNumber({ numerator, denominator }) {
  const text = denominator === 1n ? String(numerator) : `${(numerator * BigInt(DECIMALS)) / denominator}e-${PLACES}`;
  const result = Number(text);
  if (!Number.isFinite(result)) throw new TooLargeError();
  return result;
}

/**
 * The greatest common divisor of the coefficients.
 * @param {Sum} sum
 */
function content(sum) {
  let [over, under] = [0n, 1n];
  for (const [, size] of sum) {
    over = greatestCommonDivisor(over, size.numerator);
    under = leastCommonMultiple(under, size.denominator);
  }
  return quotient(over || 1n, under);
}

/** @param {Rational} size */
function bits(size) {
  const { numerator, denominator } = size.absolute();
  return size.absolute().isOne ? 0 : Math.max(bitLength(numerator), bitLength(denominator));
}

/** @param {Expression[]} factors */
function multiplied([first, ...others]) {
  return others.reduce((product, other) => call("mul", product, other), first);
}

/**
 * The order of factors: constants, names, columns, sums, other functions; the first three alphabetically.
 * @param {Expression} a
 * @param {Expression} b
 */
function byRank(a, b) {
  const order = rank(a) - rank(b);
  if (order || !RANKS.has(a.operation)) return order;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** @param {Expression} base */
function rank(base) {
  return RANKS.get(base.operation) ?? (base.operation === "add" || base.operation === "sub" ? 3 : 4);
}
