// @ts-check
/**
 * Expression -> text: `write` decides on brackets and signs, and a style how each part is written. Plain and textbook
 * text are written here; `latex.js` and `mathml.js` have further styles. Plain and textbook text read back to the same
 * expression.
 */
import { grouped } from "../errors.js";
import { postorder } from "../expression.js";
import { numberText, repr } from "../numbers.js";
import { CONSTANTS, FUNCTIONS, REDUCTIONS } from "../operations.js";
import { NOTATION } from "../tables.js";
import { GREEK, KEYWORDS, NOT_NUMBERS } from "../tokens/tokens.js";

/** @typedef {import("../expression.js").Expression} Expression */
/** Values that are written in place of names. @typedef {Map<string, number>} Numbers */

const { ATOM, POWER, PRODUCT, SIGN, SUM } = NOTATION; // how tightly a part binds
const { ELLIPSIS, HELD, LONGEST_WRITTEN } = NOTATION;
const POWERED = new Set(NOTATION.POWERED.split(" ")); // sin^2(x) rather than sin(x)^2
const DECIMAL = /\.\d*(e-?\d+)?$/; // a number with a point at the end of a text
const COMPARISON_SIGNS = new Map(Object.entries(NOTATION.COMPARISON_SIGNS));

/**
 * A written part of an expression.
 * @typedef {object} Fragment
 * @property {string} text without a leading minus sign
 * @property {number} level how tightly the part binds, from `SUM` to `ATOM`
 * @property {boolean} negative whether a minus sign leads it
 * @property {Expression} node the part itself
 */

/**
 * How one notation writes each kind of expression; a `flat` one writes quotients on one line.
 * @typedef {object} Style
 * @property {boolean} flat
 * @property {(value: number) => string} number a number that is not negative
 * @property {(name: string) => string} name a name or a named constant
 * @property {(name: string) => string} column the name of a column, which may have any characters but backquotes
 * @property {(text: string) => string} group the text in brackets
 * @property {(left: string, sign: string, right: string) => string} sum a sum or a difference
 * @property {(left: Fragment, right: Fragment) => string} product
 * @property {(left: string, right: string) => string} quotient
 * @property {(base: Fragment, exponent: string) => string} power
 * @property {(text: string) => string} negative the text behind a minus sign
 * @property {(operation: string, args: Fragment[], texts: string[]) => [string, number]} function any other operation,
 *   and its level; `texts` are the arguments with their signs
 */

/**
 * Plain text with every product sign, as in `2*x^2 - 4*x`.
 * @param {Expression} expression
 * @param {Numbers} [numbers]
 */
export function plain(expression, numbers) {
  return write(expression, PLAIN, numbers);
}

/**
 * Text as a textbook prints it: `2x^2 - 4x exp(x)`.
 * @param {Expression} expression
 * @param {Numbers} [numbers]
 */
export function textbook(expression, numbers) {
  return write(expression, TEXTBOOK, numbers);
}

/**
 * Why an expression is too long to be written; empty if it is not.
 * @param {Expression} expression
 */
export function unwritten({ parts }) {
  return parts > LONGEST_WRITTEN ? `too long to write out: ${grouped(parts)} parts` : "";
}

/**
 * An expression in a style.
 * @param {Expression} root
 * @param {Style} style
 * @param {Numbers} [numbers]
 */
export function write(root, style, numbers = new Map()) {
  /** @type {Map<Expression, Fragment>} */
  const done = new Map();
  for (const node of postorder(root)) done.set(node, fragment(node, done, style, numbers));
  return withSign(/** @type {Fragment} */ (done.get(root)), style).replaceAll(HELD, " ");
}

/**
 * @param {Expression} node
 * @param {Map<Expression, Fragment>} done
 * @param {Style} style
 * @param {Numbers} numbers
 * @returns {Fragment}
 */
function fragment(node, done, style, numbers) {
  const { operation, name } = node;
  /** @type {(text: string, level: number, negative?: boolean) => Fragment} */
  const made = (text, level, negative = false) => ({ text, level, negative, node });
  const given = operation === "name" ? numbers.get(name) : undefined;
  if (operation === "number") return writtenNumber(node.value, node, style);
  if (given !== undefined) return writtenNumber(given, node, style);
  if (operation === "column") return made(style.column(name), ATOM);
  if (!node.arguments.length) return made(style.name(name), ATOM);
  const args = writtenArguments(node).map((argument) => /** @type {Fragment} */ (done.get(argument)));
  switch (operation) {
    case "add":
    case "sub": {
      const right = bracketed(args[1], PRODUCT, style).text;
      return made(style.sum(withSign(args[0], style), operation === "add" ? "+" : "-", right), SUM);
    }
    case "mul": {
      const left = bracketed(args[0], PRODUCT, style, true);
      return made(style.product(left, bracketed(args[1], SIGN, style)), PRODUCT, left.negative);
    }
    case "div":
      return writtenQuotient(node, done, style);
    case "neg":
      return made(bracketed(args[0], style.flat ? POWER : PRODUCT, style).text, SIGN, true);
    case "pow": {
      const exponent = style.flat ? bracketed(args[1], SIGN, style, true) : args[1];
      return made(style.power(bracketed(args[0], ATOM, style), withSign(exponent, style)), POWER);
    }
    default: {
      const shown = operation === "noise" ? [] : args;
      const texts = shown.map((argument) => withSign(argument, style));
      return made(...style.function(operation, shown, texts));
    }
  }
}

/**
 * The arguments as they are written: `max(max(a, b), c)` is max(a, b, c).
 * @param {Expression} node
 */
function writtenArguments({ operation, arguments: args }) {
  let written = args;
  while ((operation === "min" || operation === "max") && written[0].operation === operation)
    written = [...written[0].arguments, ...written.slice(1)];
  return written;
}

/**
 * @param {number} value
 * @param {Expression} node
 * @param {Style} style
 * @returns {Fragment}
 */
function writtenNumber(value, node, style) {
  const negative = value < 0 || Object.is(value, -0);
  const compound = !style.flat && repr(value).includes("e"); // 2.5 times a power of ten
  return { text: style.number(Math.abs(value)), level: compound ? PRODUCT : negative ? SIGN : ATOM, negative, node };
}

/**
 * A quotient on one line, or a fraction with the sign of its numerator in front.
 * @param {Expression} node
 * @param {Map<Expression, Fragment>} done
 * @param {Style} style
 * @returns {Fragment}
 */
function writtenQuotient(node, done, style) {
  const written = (/** @type {Expression} */ part) => /** @type {Fragment} */ (done.get(part));
  const [numerator, denominator] = node.arguments;
  let over = written(numerator);
  if (style.flat) {
    over = bracketed(over, PRODUCT, style, true);
    const under = bracketed(written(denominator), SIGN, style).text;
    return { text: style.quotient(over.text, under), level: PRODUCT, negative: over.negative, node };
  }
  if (numerator.operation === "neg" && !written(numerator.arguments[0]).negative)
    over = { ...written(numerator.arguments[0]), negative: true };
  const text = style.quotient(over.text, withSign(written(denominator), style));
  return { text, level: SIGN, negative: over.negative, node };
}

/**
 * The text of a part, its minus sign included.
 * @param {Fragment} part
 * @param {Style} style
 */
function withSign({ text, negative }, style) {
  return negative ? style.negative(text) : text;
}

/**
 * A part in brackets, unless it binds as tightly as `level`; with a minus sign only if it may be `leading`.
 * @param {Fragment} part
 * @param {number} level
 * @param {Style} style
 * @param {boolean} [leading]
 * @returns {Fragment}
 */
export function bracketed(part, level, style, leading = false) {
  if (part.level >= level && (leading || !part.negative)) return part;
  return { ...part, text: style.group(withSign(part, style)), level: ATOM, negative: false };
}

/**
 * The text of a sum without spaces, for use inside brackets.
 * @param {string} text
 */
function withoutSpaces(text) {
  return text.replaceAll(" + ", "+").replaceAll(" - ", "-");
}

/**
 * Whether a column's name reads as that name without backquotes.
 * @param {string} text
 */
export function isPlainName(text) {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(text) || NOT_NUMBERS.has(text.toLowerCase()) || text.toLowerCase() === "pi")
    return false;
  return !CONSTANTS.has(text) && !FUNCTIONS.has(text) && !REDUCTIONS.has(text) && !KEYWORDS.has(text);
}

/** `2*x^2 - 4*x` @type {Style} */
const PLAIN = {
  flat: true,
  number: numberText,
  name: (name) => (name.startsWith(ELLIPSIS) ? ELLIPSIS : name),
  column: (name) => (isPlainName(name) ? name : `\`${name}\``.replaceAll(" ", HELD)),
  group: (text) => `(${withoutSpaces(text)})`,
  sum: (left, sign, right) => `${left} ${sign} ${right}`,
  product: (left, right) => `${left.text}*${right.text}`,
  quotient: (left, right) => `${left}/${right}`,
  power: (base, exponent) => `${base.text}^${exponent}`,
  negative: (text) => `-${text}`,
  function(operation, _, texts) {
    const inner = texts.map(withoutSpaces);
    const sign = COMPARISON_SIGNS.get(operation);
    return sign ? [`${inner[0]} ${sign} ${inner[1]}`, SUM] : [`${operation}(${inner.join(", ")})`, ATOM];
  },
};

/** `2x^2 - 4x`: a product sign only where its absence would read differently. @type {Style} */
const TEXTBOOK = {
  ...PLAIN,
  product: (left, right) => `${left.text}${separator(left, right)}${right.text}`,
  power(base, exponent) {
    if (!isFunctionPower(base, exponent)) return PLAIN.power(base, exponent);
    const bracket = base.text.indexOf("(");
    return `${base.text.slice(0, bracket)}^${exponent}${base.text.slice(bracket)}`;
  },
  function(operation, args, texts) {
    if (operation === "abs" && !texts[0].includes("|")) return [`|${withoutSpaces(texts[0])}|`, ATOM];
    return PLAIN.function(operation, args, texts);
  },
};

/**
 * The separator of two factors in textbook text.
 * @param {Fragment} left
 * @param {Fragment} right
 */
function separator(left, right) {
  const last = left.text.at(-1);
  const first = right.text[0];
  const word = lastWord(left.text);
  const number = /^[0-9.]/.test(word);
  // Behind anything but a coefficient, a bar would close an open one.
  if (first === "|") return left.text === word && number ? "" : "*";
  if (/[0-9]/.test(first) || last === "|" || left.node.operation === "div") return "*";
  if (number) {
    const head = right.text[1] ?? ""; // 2x, 2(x+1); but 2 e, since 2e-3 is a number
    const exponent = /[eE]/.test(first) && !/[A-Za-z]/.test(head);
    const imaginary = /[ijIJ]/.test(first) && !/[A-Za-z0-9_]/.test(head); // 2i would be a complex number
    // 0.5f is C's single precision.
    const single = /[fF]/.test(first) && DECIMAL.test(left.text) && !/[A-Za-z0-9_]/.test(head);
    return exponent || imaginary || single || (left.text.includes("^") && /[A-Za-z]/.test(first)) ? " " : "";
  }
  const stem = word.replace(/[0-9_]+$/, "");
  // Not the name of a function.
  if (stem.length > 1 && !GREEK.has(stem) && stem !== "pi" && (first === "(" || word.length > 2)) return "*";
  return last === ")" || first === "(" ? "" : " ";
}

/**
 * The name or number that the text ends with; empty after a bracket.
 * @param {string} text
 */
function lastWord(text) {
  let start = text.length;
  while (start && /[\p{L}\p{N}_.]/u.test(text[start - 1])) start--;
  const word = text.slice(start);
  return word.replace(/^[0-9.]+/, "") || word;
}

/**
 * Whether a power is written behind the name of its base's function, as in `sin^2(x)`.
 * @param {Fragment} base
 * @param {string} exponent
 */
export function isFunctionPower(base, exponent) {
  return /^[0-9]+$/.test(exponent) && POWERED.has(base.node.operation) && base.level === ATOM;
}

/**
 * A name as its base and its subscripts: `x_1` as x and 1.
 * @param {string} name
 * @returns {[string, string[]]}
 */
export function nameParts(name) {
  const place = name.indexOf("_");
  let [base, subscript] = place < 0 ? [name, ""] : [name.slice(0, place), name.slice(place + 1)];
  if (!subscript) {
    base = name.replace(/[0-9_]+$/, "");
    subscript = name.slice(base.length).replace(/^_+|_+$/g, "");
  }
  return [base, subscript.split("_").filter(Boolean)];
}
