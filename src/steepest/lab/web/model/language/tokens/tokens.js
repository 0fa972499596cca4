// @ts-check
/** Text -> tokens: what people type, with a reason for every character and word that is refused. */
import { GREEK as SIGN_NAMES } from "../../shared.js";
import { PREFIXES } from "../dialects.js";
import { clipped, FormulaError, grouped } from "../errors.js";
import { TOKENS } from "../tables.js";
import { characterReason, isSpace } from "./characters.js";

const LONGEST = TOKENS.LONGEST;
export const GREEK = new Map(Object.entries(SIGN_NAMES));
const LETTERS = new Map(Object.entries(TOKENS.LETTERS));
const SUBSCRIPTS = new Map(Object.entries(TOKENS.SUBSCRIPTS));
const SUPERSCRIPTS = new Map(Object.entries(TOKENS.SUPERSCRIPTS));
const SIGNS = new Map(Object.entries(TOKENS.SIGNS));
const ROOTS = new Map(Object.entries(TOKENS.ROOTS));
const OPERATORS = new Set(TOKENS.OPERATORS.split(" "));
/** Signs of LaTeX and of programming languages, which `latex_tokens.js` and `pasted.js` translate or refuse. */
export const FOREIGN = new Set(TOKENS.FOREIGN.split(" "));
export const KEYWORDS = new Set(TOKENS.KEYWORDS.split(" "));
export const NOT_NUMBERS = new Set(TOKENS.NOT_NUMBERS.split(" "));
const BEFORE_OPERANDS = new Set(["+", "-", "*", "/", "^", "(", ",", "=", "[", "{"]);

/**
 * A piece of the text.
 * @typedef {object} Token
 * @property {string} kind `number`, `name`, `superscript`, `end`, or the sign itself; before foreign notation is
 *   translated also `command` (of LaTeX), `method`, or one of the `FOREIGN` signs
 * @property {string} text the normalized spelling
 * @property {number} position of the first character in the text
 * @property {boolean} glued whether no white space precedes it
 * @property {string} prefix the `np.` of `np.sin`, or the backquote in front of a column's name
 */

/**
 * @param {string} kind
 * @param {string} text
 * @param {number} position
 * @param {boolean} [glued]
 * @param {string} [prefix]
 * @returns {Token}
 */
export function token(kind, text, position, glued = false, prefix = "") {
  return { kind, text, position, glued, prefix };
}

/**
 * The order of names: alphabetical, with the numbers in them by value.
 * @param {string} a
 * @param {string} b
 */
export function natural(a, b) {
  const [left, right] = [a, b].map((each) => each.split(/(\d+)/));
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const order = index % 2 ? byValue(left[index], right[index]) : alphabetical(left[index], right[index]);
    if (order) return order;
  }
  return left.length - right.length || alphabetical(a, b);
}

/**
 * @param {string} a
 * @param {string} b
 */
function alphabetical(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The order of two whole numbers of any length.
 * @param {string} a
 * @param {string} b
 */
function byValue(a, b) {
  const [left, right] = [a, b].map((digits) => digits.replace(/^0+/, ""));
  return left.length - right.length || alphabetical(left, right);
}

/**
 * The tokens of a text, the last of kind `end`; foreign notation is not translated yet.
 * @param {string} text
 * @returns {Token[]}
 */
export function tokenize(text) {
  return new Tokenizer(text).all();
}

/** One pass over the characters of a text; those beyond U+FFFF count once, as in Python. */
class Tokenizer {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.signs = [...text];
    this.index = 0;
  }

  all() {
    const { signs } = this;
    if (signs.length > LONGEST)
      this.fail(`the formula has ${grouped(signs.length)} characters and may have ${grouped(LONGEST)}`, LONGEST);
    /** @type {Token[]} */
    const tokens = [];
    let spaced = true;
    if (signs[0] === "\ufeff") this.index = 1;
    while (this.index < signs.length) {
      if (isSpace(signs[this.index])) {
        this.index++;
        spaced = true;
        continue;
      }
      let next = this.next();
      if (next.kind === "name" && PREFIXES.has(next.text) && !next.prefix) next = this.behindPrefixes(next);
      if (next.kind === "name" && next.prefix !== "`") this.checkWord(next, tokens.at(-1), !spaced);
      next.glued = !spaced;
      tokens.push(next);
      spaced = false;
    }
    tokens.push(token("end", "", signs.length));
    return tokens;
  }

  /**
   * Refuse the text at a position.
   * @param {string} reason
   * @param {number} position
   * @returns {never}
   */
  fail(reason, position) {
    throw new FormulaError(reason, this.text, position);
  }

  /**
   * A token of the next so many characters, which are passed.
   * @param {string} kind
   * @param {number} length
   * @param {string} [text]
   */
  take(kind, length, text = kind) {
    this.index += length;
    return token(kind, text, this.index - length);
  }

  /**
   * The token that starts at the index, behind which the index is then.
   * @returns {Token}
   */
  next() {
    const { signs, index } = this;
    const sign = SIGNS.get(signs[index]) ?? signs[index];
    const following = signs[index + 1] ?? "";
    if (isDigit(sign) || (sign === "." && isDigit(following))) return this.number();
    if (isLetter(sign)) return this.name();
    if (SUPERSCRIPTS.has(sign)) return this.superscript();
    if (sign === "`") return this.quoted();
    const root = ROOTS.get(sign);
    if (root) return this.take("name", 1, root);
    const pair = sign + following;
    if (pair === "**") return this.take("^", 2);
    if (["<=", ">=", "==", "!=", "=>"].includes(pair)) return this.take(pair, 2);
    if (pair === ":=") return this.take("=", 2);
    if (sign === ".") return this.dot();
    if (sign === "\\") return this.command();
    if (OPERATORS.has(sign) || sign === "<=" || sign === ">=" || sign === "!=" || FOREIGN.has(sign))
      return this.take(sign, 1);
    return refuseCharacter(this.text, index);
  }

  /** A decimal number: digits, an optional point, an optional exponent. */
  number() {
    const { signs, index: start } = this;
    let end = this.skipDigits(start);
    if (signs[end] === ".") end = this.skipDigits(end + 1);
    if (signs[end] === "e" || signs[end] === "E") {
      const digits = signs[end + 1] === "+" || signs[end + 1] === "-" ? end + 2 : end + 1;
      const after = this.skipDigits(digits);
      if (after > digits) end = after;
    }
    const following = signs[end];
    const text = signs.slice(start, end).join("");
    if (following === "." && signs[end - 1] === ".")
      this.fail("ranges and sums over an index are not part of the language: write the terms out", end - 1);
    if (following === ".") this.fail("a number has one decimal point", end);
    if (following === "_") this.fail("write numbers without underscores", end);
    if ((following === "f" || following === "F") && text.includes(".") && !isWordPart(signs[end + 1] ?? ""))
      this.fail(`write ${clipped(text)} without the ${following}, or with '*' between them`, end);
    return this.take("number", end - start, text);
  }

  /** @param {number} index */
  skipDigits(index) {
    let end = index;
    while (end < this.signs.length && isDigit(this.signs[end])) end++;
    return end;
  }

  /** A name: a letter, then letters, digits, underscores and subscripts; Greek signs are spelled out. */
  name() {
    const { signs, index: start } = this;
    let text = "";
    let index = start;
    while (index < signs.length) {
      const sign = signs[index];
      const letter = LETTERS.get(sign);
      const digit = SUBSCRIPTS.get(sign);
      if (letter !== undefined) text += letter;
      else if (digit !== undefined) text += index > start && SUBSCRIPTS.has(signs[index - 1]) ? digit : `_${digit}`;
      else if (isLetter(sign) || isDigit(sign) || sign === "_") text += sign;
      else break;
      index++;
      if ((sign === "π" && index === start + 1) || signs[index] === "π") break;
    }
    if (signs[index] === "." && isDigit(signs[index + 1] ?? ""))
      this.fail("write '*' between a name and a number, such as x*0.5", index);
    return this.take("name", index - start, text);
  }

  /**
   * The `sin` of `np.sin` or `torch.nn.functional.relu`: a name behind those of libraries.
   * @param {Token} first
   */
  behindPrefixes(first) {
    const { signs } = this;
    let last = first;
    while (PREFIXES.has(last.text) && signs[this.index] === "." && isLetter(signs[this.index + 1] ?? "")) {
      this.index++;
      last = this.name();
    }
    return { ...last, prefix: signs.slice(first.position, last.position).join("") };
  }

  /** The name of a column in backquotes, which may have any characters but these. */
  quoted() {
    const { signs, index: start } = this;
    const end = signs.indexOf("`", start + 1);
    if (end < 0) this.fail("this '`' is never closed: it stands on both sides of a column's name", start);
    this.index = end + 1;
    return token("name", signs.slice(start + 1, end).join(""), start, false, "`");
  }

  /** The dot of an elementwise operator such as `.^`, or of a method such as `.pow`. */
  dot() {
    const { signs, index: start } = this;
    if (["+", "-", "*", "/", "^"].includes(signs[start + 1])) {
      this.index++;
      return { ...this.next(), position: start };
    }
    let end = start + 1;
    while (end < signs.length && (isLetter(signs[end]) || isDigit(signs[end]) || signs[end] === "_")) end++;
    return this.take("method", end - start, signs.slice(start + 1, end).join(""));
  }

  /** A command of LaTeX: a backslash with letters or with one sign, such as `\frac` and `\,`. */
  command() {
    const { signs, index: start } = this;
    let end = start + 1;
    while (end < signs.length && /^[A-Za-z]$/.test(signs[end])) end++;
    end = Math.max(end, Math.min(start + 2, signs.length));
    const text = signs.slice(start + 1, end).join("");
    return this.take("command", end - start, isSpace(text) ? " " : text);
  }

  superscript() {
    const { signs, index: start } = this;
    let exponent = "";
    let end = start;
    for (; SUPERSCRIPTS.has(signs[end]); end++) exponent += SUPERSCRIPTS.get(signs[end]);
    if (!/^[-+]?\d+$/.test(exponent))
      this.fail("a superscript is a whole number, such as x² or x⁻¹: write other powers with ^", start);
    return this.take("superscript", end - start, exponent);
  }

  /**
   * Refuse words that have a meaning in other languages only.
   * @param {Token} token
   * @param {Token | undefined} previous
   * @param {boolean} glued
   */
  checkWord({ text: word, position }, previous, glued) {
    const following = this.signs[position + 2];
    // if(condition, a, b) of spreadsheets
    if (word === "if" && (following === "(" || following === "[") && beginsOperand(previous)) return;
    if (word === "if" || word === "else") this.fail("a choice is written where(condition, a, b)", position);
    if (word === "and" || word === "or" || word === "not")
      this.fail(`the word '${word}' is not part of the language: nest one where in another`, position);
    if (word === "True" || word === "False")
      this.fail(`'${word}' is not a number of the language: a choice is written where(condition, a, b)`, position);
    // def f(x): return x^2
    if ((word === "def" && !previous) || (word === "return" && (!previous || previous.kind === ":"))) return;
    if (KEYWORDS.has(word))
      this.fail(`the word '${word}' is not part of the language: write the formula alone`, position);
    if (NOT_NUMBERS.has(word.toLowerCase())) this.fail(`'${word}' is not a number of the language`, position);
    if (word === "pI") this.fail("write pi for the number π, not pI", position);
    if (["i", "j", "I", "J"].includes(word) && glued && previous?.kind === "number")
      this.fail(
        `complex numbers are not part of the language: write ${clipped(previous.text)}*${word} if ${word} is a parameter`,
        position,
      );
  }
}

/** @param {string} sign */
function isDigit(sign) {
  return sign >= "0" && sign <= "9" && sign.length === 1;
}

/** @param {string} sign */
function isLetter(sign) {
  return ((sign >= "a" && sign <= "z") || (sign >= "A" && sign <= "Z") || LETTERS.has(sign)) && sign.length === 1;
}

/** @param {string} sign */
function isWordPart(sign) {
  return isLetter(sign) || isDigit(sign) || sign === "_" || SUBSCRIPTS.has(sign);
}

/**
 * Whether an operand is expected behind a token.
 * @param {Token | undefined} previous
 */
function beginsOperand(previous) {
  return !previous || BEFORE_OPERANDS.has(previous.kind);
}

/**
 * Refuse a character, with the reason and what to type instead.
 * @param {string} text
 * @param {number} index
 * @returns {never}
 */
export function refuseCharacter(text, index) {
  throw new FormulaError(characterReason([...text][index]), text, index);
}
