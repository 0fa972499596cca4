// @ts-check
/** Errors of the user: one line each, with the place and what to do instead. */

import { ERRORS } from "./tables.js";
import { printable } from "./tokens/characters.js";

const { CONTEXT, LONGEST_SENTENCE, LONGEST_WORD, MOST_READ } = ERRORS;
const ECHO = /(?<![\p{L}\p{N}_])'[^']*'(?![\p{L}\p{N}_])|\S{120,}/gu; // quoted input, or a long run without white space

/** An input that cannot be used: an unknown name, a bad number. */
export class InputError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(sentence(message));
    this.reason = this.message;
  }
}

/** A text that is not a formula: what is wrong, where, and what to write instead. */
export class FormulaError extends Error {
  /**
   * @param {string} reason one sentence
   * @param {string} text the whole text as it was given
   * @param {number} position the index of the character at fault; characters beyond U+FFFF count once, as in Python
   * @param {string} [where] the part of a longer input that the text is, such as `equation 2`
   */
  constructor(reason, text, position, where = "") {
    super(sentence(reason));
    this.reason = this.message;
    this.text = text;
    this.position = Math.max(0, Math.min(position, [...text].length));
    this.where = where;
  }

  /**
   * The same error in a part of a longer input.
   * @param {string} where
   */
  within(where) {
    return new FormulaError(this.reason, this.text, this.position, where);
  }

  /** The reason, the part of the text around the place, and a caret below the place. */
  toString() {
    const [line, caret] = excerpt([...this.text], this.position);
    return `${this.where && `${this.where}: `}${this.reason}\n  ${line}\n  ${" ".repeat(caret)}^`;
  }
}

/**
 * One printable line around a position, and the caret's column in it.
 * @param {string[]} text
 * @param {number} position
 * @returns {[string, number]}
 */
function excerpt(text, position) {
  const first = Math.max(0, Math.min(position - CONTEXT / 2, text.length - CONTEXT));
  const shown = text
    .slice(first, first + CONTEXT)
    .map(printable)
    .join("");
  const window = first + CONTEXT < text.length ? `${shown}…` : shown;
  return first ? [`…${window}`, position - first + 1] : [window, position];
}

/**
 * A word for a sentence: a long one ends in `…`.
 * @param {string} word
 */
export function clipped(word) {
  if (word.length <= LONGEST_WORD) return word;
  const signs = [...word];
  return signs.length <= LONGEST_WORD ? word : `${signs.slice(0, LONGEST_WORD - 1).join("")}…`;
}

/**
 * A message as one line of bounded length: quoted input is clipped, and unprintable characters are replaced.
 * @param {string} message
 */
function sentence(message) {
  const signs = [...message].slice(0, MOST_READ).map(printable).join("");
  const line = signs.split(" ").filter(Boolean).join(" ");
  const told = line.replace(ECHO, (echo) => (echo.endsWith("'") ? `'${clipped(echo.slice(1, -1))}'` : clipped(echo)));
  const all = [...told];
  return all.length <= LONGEST_SENTENCE ? told : `${all.slice(0, LONGEST_SENTENCE - 1).join("")}…`;
}

/**
 * A whole number with commas between thousands.
 * @param {number} count
 */
export function grouped(count) {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
