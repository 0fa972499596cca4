// @ts-check
/** Sums of terms: each term is a product of powers, with a rational coefficient that is not 0. */
import { whole } from "./rational.js";

/** @typedef {import("../expression.js").Expression} Expression */
/** @typedef {import("./rational.js").Rational} Rational */

const ONE = whole(1);

/** Factors with their powers, each factor once. */
export class Term {
  /** @param {[Expression, Rational][]} factors */
  constructor(factors) {
    this.factors = factors;
    const powers = factors.map(([base, exponent]) => `${base.id}^${exponent}`);
    this.written = powers.join("*");
    /** The same for terms that differ in the order of factors only. */
    this.key = powers.length > 1 ? powers.sort().join("*") : this.written;
  }

  /** @param {Expression} base */
  static factor(base) {
    return new Term([[base, ONE]]);
  }
}

/** The term of a number. */
export const ONE_TERM = new Term([]);

/** Terms with their coefficients, in order of appearance. */
export class Sum {
  constructor() {
    /** @type {Map<string, [Term, Rational]>} */
    this.terms = new Map();
  }

  /**
   * A single term; none if the coefficient is 0.
   * @param {Term} term
   * @param {Rational} size
   */
  static of(term, size) {
    const sum = new Sum();
    if (!size.isZero) sum.terms.set(term.key, [term, size]);
    return sum;
  }

  /** @param {Expression} base */
  static factor(base) {
    return Sum.of(Term.factor(base), ONE);
  }

  [Symbol.iterator]() {
    return this.terms.values();
  }

  /** The number of terms. */
  get size() {
    return this.terms.size;
  }

  /** 1 or -1 for these numbers, 0 for all other sums. */
  get sign() {
    if (this.size !== 1) return 0;
    const size = this.coefficient(ONE_TERM);
    return size.absolute().isOne ? (size.isNegative ? -1 : 1) : 0;
  }

  /** Whether it has no term but a number. */
  get isNumber() {
    return this.size === 0 || (this.size === 1 && this.terms.has(ONE_TERM.key));
  }

  /** @param {Term} term */
  coefficient(term) {
    return this.terms.get(term.key)?.[1] ?? whole(0);
  }

  /**
   * Add a term.
   * @param {Term} term
   * @param {Rational} size
   */
  add(term, size) {
    const known = this.terms.get(term.key);
    const total = known ? known[1].plus(size) : size;
    if (total.isZero) this.terms.delete(term.key);
    else if (known) known[1] = total;
    else this.terms.set(term.key, [term, total]);
  }

  /** @param {Rational} by */
  scaled(by) {
    if (by.isOne) return this;
    const sum = new Sum();
    for (const [key, [term, size]] of this.terms) sum.terms.set(key, [term, size.times(by)]);
    return sum;
  }

  /**
   * Whether it has the same terms, with their factors in the same order.
   * @param {Sum} other
   */
  equals(other) {
    return (
      this.size === other.size &&
      [...this].every(([term, size]) => {
        const known = other.terms.get(term.key);
        return known && known[0].written === term.written && size.plus(known[1].negated()).isZero;
      })
    );
  }
}
