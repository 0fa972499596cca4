// @ts-check
/** Expression -> presentation MathML. */

import { name as nameOf } from "../expression.js";
import { numberText } from "../numbers.js";
import { NOTATION, MATHML as TABLES } from "../tables.js";
import { GREEK } from "../tokens/tokens.js";
import { bracketed, isFunctionPower, isPlainName, nameParts, unwritten, write } from "./notation.js";

/** @typedef {import("../expression.js").Expression} Expression */
/** @typedef {import("./notation.js").Numbers} Numbers */

const { ATOM, ELLIPSIS, POWER, PRODUCT, SIGN, SUM } = NOTATION;
const BRACKETS = new Map(Object.entries(TABLES.BRACKETS));
const COMPARISONS = new Map(Object.entries(TABLES.COMPARISONS));
const FUNCTIONS = new Map(Object.entries(TABLES.FUNCTIONS));
const WORD_FIRST = /^(?:<\w+>)*<mi>\w{2,}<\/mi>/;
const WORD_LAST = /<mi>\w{2,}<\/mi>(?:<\/\w+>)*$/y;
const FIRST_ELEMENT = /^(?:<(?:mrow|msup|msub)>)*<([^>]*)/;
const ESCAPES = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#x27;"],
]);

/**
 * A `<math>` element of presentation MathML.
 * @param {Expression} expression
 * @param {Numbers} [numbers] values that are written in place of names
 */
export function mathml(expression, numbers) {
  return `<math xmlns="http://www.w3.org/1998/Math/MathML">${write(expression, MATHML, numbers)}</math>`;
}

/** `<mrow>...</mrow>` @type {import("./notation.js").Style} */
const MATHML = {
  flat: false,
  number(value) {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "<mi>nan</mi>" : "<mi>∞</mi>";
    const [mantissa, exponent] = numberText(value).split("e");
    if (!exponent) return `<mn>${mantissa}</mn>`;
    const power = `<msup><mn>10</mn><mn>${exponent}</mn></msup>`;
    return mantissa === "1" ? power : `<mrow><mn>${mantissa}</mn><mo>·</mo>${power}</mrow>`;
  },
  name(name) {
    if (name === "pi") return "<mi>π</mi>";
    if (name.startsWith(ELLIPSIS)) return "<mo>⋯</mo>";
    const [base, subscripts] = nameParts(name);
    const letter = `<mi>${escaped(GREEK.get(base) ?? base)}</mi>`;
    if (!subscripts.length) return letter;
    const written = subscripts.map((part) => (isNumber(part) ? `<mn>${part}</mn>` : MATHML.name(part)));
    const row = written.length === 1 ? written[0] : `<mrow>${written.join("<mo>,</mo>")}</mrow>`;
    return `<msub>${letter}${row}</msub>`;
  },
  column: (name) => (isPlainName(name) ? MATHML.name(name) : `<mtext>${escaped(name)}</mtext>`),
  group: (text) => `<mrow><mo>(</mo>${text}<mo>)</mo></mrow>`,
  sum: (left, sign, right) => `<mrow>${left}<mo>${sign === "-" ? "−" : sign}</mo>${right}</mrow>`,
  product({ text: left }, { text: right }) {
    const first = FIRST_ELEMENT.exec(right)?.[1];
    const digits = first === "mn" || (left.endsWith("</mn>") && first === "mfrac");
    WORD_LAST.lastIndex = Math.max(0, left.lastIndexOf("<mi>"));
    const wide = !digits && (WORD_LAST.test(left) || WORD_FIRST.test(right));
    return `<mrow>${left}<mo>${digits ? "·" : "&#x2062;"}</mo>${wide ? '<mspace width="0.17em"/>' : ""}${right}</mrow>`;
  },
  quotient: (left, right) => `<mfrac>${left}${right}</mfrac>`,
  power(base, exponent) {
    if (!isFunctionPower(base, exponent.replace(/^<mn>/, "").replace(/<\/mn>$/, "")))
      return `<msup>${base.text}${exponent}</msup>`;
    const text = base.text.replace(/^<mrow>/, "");
    const apply = text.indexOf("<mo>&#x2061;</mo>");
    return `<mrow><msup>${text.slice(0, apply)}${exponent}</msup>${text.slice(apply)}`;
  },
  negative: (text) => `<mrow><mo>−</mo>${text}</mrow>`,
  function(operation, args, texts) {
    const comparison = COMPARISONS.get(operation);
    if (comparison) return [`<mrow>${texts[0]}<mo>${comparison}</mo>${texts[1]}</mrow>`, SUM];
    switch (operation) {
      case "where":
        return [cases(texts), SUM];
      case "sqrt":
        return [`<msqrt>${texts[0]}</msqrt>`, ATOM];
      case "cbrt":
        return [`<mroot>${texts[0]}<mn>3</mn></mroot>`, ATOM];
      case "exp":
        return [`<msup><mi>e</mi>${texts[0]}</msup>`, POWER];
      case "noise":
        return ["<mi>ξ</mi>", ATOM];
      case "solve": {
        const inverse = `<msup>${bracketed(args[0], ATOM, MATHML).text}<mn>−1</mn></msup>`;
        return [`<mrow>${inverse}<mo>&#x2062;</mo>${bracketed(args[1], SIGN, MATHML).text}</mrow>`, PRODUCT];
      }
    }
    const inner = texts.join("<mo>,</mo>");
    const brackets = BRACKETS.get(operation);
    if (brackets) return [`<mrow><mo>${brackets[0]}</mo>${inner}<mo>${brackets[1]}</mo></mrow>`, ATOM];
    return [`<mrow>${head(operation)}<mo>&#x2061;</mo><mo>(</mo>${inner}<mo>)</mo></mrow>`, ATOM];
  },
};

/** @param {string[]} texts */
function cases([condition, a, b]) {
  const rows = [`${a}</mtd><mtd><mtext>if&#xA0;</mtext>${condition}`, `${b}</mtd><mtd><mtext>otherwise</mtext>`];
  const table = rows.map((row) => `<mtr><mtd>${row}</mtd></mtr>`).join("");
  return `<mrow><mo>{</mo><mtable>${table}</mtable></mrow>`;
}

/** @param {string} operation */
function head(operation) {
  if (operation === "log2" || operation === "log10") return `<msub><mi>log</mi><mn>${operation.slice(3)}</mn></msub>`;
  if (operation === "grad") return "<mrow><mo>∇</mo><mi>f</mi></mrow>";
  return `<mi>${FUNCTIONS.get(operation) ?? operation}</mi>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES.get(sign) ?? sign);
}

/** @param {string} text */
function isNumber(text) {
  return /^[0-9]+$/.test(text);
}

/**
 * A name as MathML, without the `<math>` element around it.
 * @param {string} word
 */
export function symbol(word) {
  return write(nameOf(word), MATHML);
}

/**
 * The equation `assigned = expression` as a `<math>` element.
 * @param {string} assigned
 * @param {Expression} expression
 */
export function equation(assigned, expression) {
  return display(`${symbol(assigned)}<mo>=</mo>${content(expression)}`);
}

/**
 * An expression as a `<math>` element of an HTML page; a note where it is too long to be read.
 * @param {Expression} expression
 */
export function element(expression) {
  return display(content(expression));
}

/** @param {Expression} expression */
function content(expression) {
  const reason = unwritten(expression);
  return reason ? `<mtext>(${reason})</mtext>` : write(expression, MATHML);
}

/** @param {string} inner */
function display(inner) {
  return `<math displaystyle="true">${inner}</math>`;
}
