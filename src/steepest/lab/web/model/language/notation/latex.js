// @ts-check
/** Expression -> LaTeX for mathematics mode. */

import { numberText } from "../numbers.js";
import { NOTATION, LATEX as TABLES } from "../tables.js";
import { GREEK } from "../tokens/tokens.js";
import { bracketed, isFunctionPower, isPlainName, nameParts, write } from "./notation.js";

/** @typedef {import("../expression.js").Expression} Expression */
/** @typedef {import("./notation.js").Numbers} Numbers */

const FUNCTIONS = new Map(Object.entries(TABLES.FUNCTIONS));
const COMPARISONS = new Map(Object.entries(TABLES.COMPARISONS));
const TEXT_ESCAPES = new Map(Object.entries(TABLES.TEXT_ESCAPES));
const { ATOM, ELLIPSIS, POWER, PRODUCT, SIGN, SUM } = NOTATION;
const BRACKETS = new Map(Object.entries(TABLES.BRACKETS));

/**
 * LaTeX for mathematics mode.
 * @param {Expression} expression
 * @param {Numbers} [numbers] values that are written in place of names
 */
export function latex(expression, numbers) {
  return write(expression, LATEX, numbers);
}

/** `2 x^{2} - 4 x` @type {import("./notation.js").Style} */
const LATEX = {
  flat: false,
  number(value) {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "\\mathrm{nan}" : "\\infty";
    const [mantissa, exponent] = numberText(value).split("e");
    if (!exponent) return mantissa;
    const power = `10^{${exponent}}`;
    return mantissa === "1" ? power : `${mantissa} \\cdot ${power}`;
  },
  name(name) {
    if (name === "pi") return "\\pi";
    if (name.startsWith(ELLIPSIS)) return "\\cdots";
    const [base, subscripts] = nameParts(name);
    const written = subscripts.map((part) => (/^[0-9]+$/.test(part) ? part : LATEX.name(part)));
    return written.length ? `${word(base)}_{${written.join(",")}}` : word(base);
  },
  column(name) {
    if (isPlainName(name)) return LATEX.name(name);
    return `\\text{${name.replace(/[#$%&_{}\\~^]/g, (sign) => TEXT_ESCAPES.get(sign) ?? sign)}}`;
  },
  group: (text) => `\\left(${text}\\right)`,
  sum: (left, sign, right) => `${left} ${sign} ${right}`,
  product({ text: left }, { text: right }) {
    if (/^[0-9]/.test(right) || (/[0-9]$/.test(left) && right.startsWith("\\frac"))) return `${left} \\cdot ${right}`;
    const wide = left.slice(left.lastIndexOf(" ") + 1).includes("\\mathrm") || right.startsWith("\\mathrm");
    return wide ? `${left} \\, ${right}` : `${left} ${right}`;
  },
  quotient: (left, right) => `\\frac{${left}}{${right}}`,
  power(base, exponent) {
    const { text } = base;
    if (!isFunctionPower(base, exponent))
      return text.includes("_") ? `{${text}}^{${exponent}}` : `${text}^{${exponent}}`;
    const bracket = text.indexOf("\\left(");
    return `${text.slice(0, bracket)}^{${exponent}}${text.slice(bracket)}`;
  },
  negative: (text) => `-${text}`,
  function(operation, args, texts) {
    const comparison = COMPARISONS.get(operation);
    const brackets = BRACKETS.get(operation);
    if (comparison) return [`${texts[0]} ${comparison} ${texts[1]}`, SUM];
    if (operation === "where") {
      const rows = `${texts[1]} & \\text{if } ${texts[0]} \\\\ ${texts[2]} & \\text{otherwise}`;
      return [`\\begin{cases} ${rows} \\end{cases}`, SUM];
    }
    if (operation === "exp" && texts[0].length <= TABLES.LONGEST_EXPONENT && !texts[0].includes("\\frac"))
      return [`e^{${texts[0]}}`, POWER];
    if (operation === "noise") return ["\\xi", ATOM];
    if (operation === "solve")
      return [`${bracketed(args[0], ATOM, LATEX).text}^{-1} ${bracketed(args[1], SIGN, LATEX).text}`, PRODUCT];
    if (brackets) return [`${brackets[0]}${texts.join(", ")}${brackets[1]}`, ATOM];
    const head = FUNCTIONS.get(operation) ?? `\\operatorname{${operation}}`;
    return [`${head}\\left(${texts.join(", ")}\\right)`, ATOM];
  },
};

/** @param {string} text */
function word(text) {
  if (GREEK.has(text)) return text === "epsilon" ? "\\varepsilon" : `\\${text}`;
  return text.length === 1 ? text : `\\mathrm{${text.replaceAll("_", "\\_")}}`;
}
