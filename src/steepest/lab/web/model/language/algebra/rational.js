// @ts-check
/** Exact rational numbers. */
import { decimalParts } from "../numbers.js";

/** A quotient in lowest terms, with a positive denominator. */
export class Rational {
  /**
   * @param {bigint} numerator
   * @param {bigint} denominator
   */
  constructor(numerator, denominator) {
    this.numerator = numerator;
    this.denominator = denominator;
  }

  get isZero() {
    return this.numerator === 0n;
  }

  get isOne() {
    return this.numerator === 1n && this.denominator === 1n;
  }

  get isWhole() {
    return this.denominator === 1n;
  }

  get isNegative() {
    return this.numerator < 0n;
  }

  negated() {
    return new Rational(-this.numerator, this.denominator);
  }

  absolute() {
    return this.isNegative ? this.negated() : this;
  }

  /** @param {Rational} other */
  plus(other) {
    if (this.isWhole && other.isWhole) return new Rational(this.numerator + other.numerator, 1n);
    return quotient(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  /** @param {Rational} other */
  times(other) {
    if (this.isWhole && other.isWhole) return new Rational(this.numerator * other.numerator, 1n);
    return quotient(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  /** @param {Rational} other */
  over(other) {
    return quotient(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  /** @param {bigint} exponent */
  power(exponent) {
    if (exponent >= 0n) return new Rational(this.numerator ** exponent, this.denominator ** exponent);
    return quotient(this.denominator ** -exponent, this.numerator ** -exponent);
  }

  /** @param {Rational} other */
  isLess(other) {
    return this.numerator * other.denominator < other.numerator * this.denominator;
  }

  toString() {
    return this.isWhole ? String(this.numerator) : `${this.numerator}/${this.denominator}`;
  }
}

/** @param {bigint | number} value */
export function whole(value) {
  return new Rational(BigInt(value), 1n);
}

/**
 * @param {bigint} numerator
 * @param {bigint} denominator not 0
 */
export function quotient(numerator, denominator) {
  const sign = denominator < 0n ? -1n : 1n;
  const common = greatestCommonDivisor(numerator, denominator) * sign;
  return new Rational(numerator / common, denominator / common);
}

/**
 * A number as the decimal that was written for it.
 * @param {number} value finite
 */
export function rational(value) {
  if (Number.isSafeInteger(value)) return whole(value);
  const [digits, power] = decimalParts(value);
  return power < 0 ? quotient(digits, 10n ** BigInt(-power)) : whole(digits * 10n ** BigInt(power));
}

/**
 * @param {bigint} a
 * @param {bigint} b
 */
export function greatestCommonDivisor(a, b) {
  let [one, other] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (other) [one, other] = [other, one % other];
  return one;
}

/**
 * @param {bigint} a
 * @param {bigint} b
 */
export function leastCommonMultiple(a, b) {
  return (a / greatestCommonDivisor(a, b)) * b;
}

/**
 * How many binary digits a whole number has.
 * @param {bigint} value
 */
export function bitLength(value) {
  return value === 0n ? 0 : (value < 0n ? -value : value).toString(2).length;
}
