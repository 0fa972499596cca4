// @ts-check
/**
 * Tokens of LaTeX -> tokens of the language, each at the position where it was typed: `\frac{1}{2} x^{2}` is
 * (1/2) x^2. Nothing is expanded as TeX would do it; commands that are not in the tables are refused.
 */

import { CONSTANT_NAMES, spelled } from "../dialects.js";
import { clipped, FormulaError } from "../errors.js";
import { CONSTANTS } from "../operations.js";
import { LATEX_TOKENS } from "../tables.js";
import { printable } from "./characters.js";
import { GREEK, refuseCharacter, token } from "./tokens.js";

/** @typedef {import("./tokens.js").Token} Token */

const { DEEPEST, LONGEST_PRODUCT } = LATEX_TOKENS;
const SKIPPED = new Set(LATEX_TOKENS.SKIPPED.split("\n"));
const WHOLE = new Set(LATEX_TOKENS.WHOLE.split(" "));
const CLOSING = new Set(LATEX_TOKENS.CLOSING.split(" "));
const FRACTIONS = new Set(LATEX_TOKENS.FRACTIONS.split(" "));
const FONTS = new Set(LATEX_TOKENS.FONTS.split(" "));
const SIGNS = new Map(Object.entries(LATEX_TOKENS.SIGNS));
const OPENING = new Map(Object.entries(LATEX_TOKENS.OPENING));
const LETTERS = new Map(Object.entries(LATEX_TOKENS.LETTERS));
const REFUSED = new Map(Object.entries(LATEX_TOKENS.REFUSED));

/**
 * Whether there are braces, commands or dollar signs among the tokens.
 * @param {Token[]} tokens
 */
export function isLatex(tokens) {
  return tokens.some(({ kind }) => kind === "command" || kind === "{" || kind === "}" || kind === "$");
}

/**
 * The tokens of the language for tokens of LaTeX.
 * @param {string} text that the tokens were made of, for errors
 * @param {Token[]} tokens
 * @param {Set<string>} known names that keep their meaning
 */
export function withoutLatex(text, tokens, known) {
  let [first, last] = [0, tokens.length - 1]; // the last is the end
  while (last - first > 1 && isWhole(tokens[first]) && isWhole(tokens[last - 1])) {
    first++;
    last--;
  }
  const end = tokens[tokens.length - 1];
  const translator = new Translator(text, [...tokens.slice(first, last), end], known);
  translator.until("end");
  return [...translator.made, end];
}

/**
 * Whether a token encloses a whole formula.
 * @param {Token} token
 */
function isWhole({ kind, text }) {
  return kind === "$" || (kind === "command" && WHOLE.has(text));
}

/** @param {string} text */
function isWord(text) {
  return /^[\p{L}\p{N}]+$/u.test(text);
}

/** One pass over tokens of LaTeX; `made` are the tokens of the language so far. */
class Translator {
  /**
   * @param {string} text
   * @param {Token[]} tokens
   * @param {Set<string>} known
   */
  constructor(text, tokens, known) {
    this.text = text;
    this.signs = [...text];
    this.tokens = tokens;
    this.known = known;
    this.index = 0;
    this.depth = 0;
    /** @type {Token[]} */
    this.made = [];
  }

  /** The next token. */
  get token() {
    return this.tokens[this.index];
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
   * Add a token at the position of another one.
   * @param {string} kind
   * @param {Token} origin
   * @param {string} [text]
   */
  put(kind, origin, text = kind) {
    this.made.push(token(kind, text, origin.position, origin.glued));
  }

  /**
   * Translate everything in front of the closing token.
   * @param {string} closing
   */
  until(closing) {
    while (this.token.kind !== closing && this.token.kind !== "end") this.one();
  }

  /** Translate the next token, or a command with its arguments. */
  one() {
    const token = this.token;
    this.index++;
    switch (token.kind) {
      case "command":
        return this.command(token);
      case "{":
        return this.group(token);
      case "}":
        return this.fail("this '}' closes nothing", token.position);
      case "_":
        return this.subscript(token);
      case "name":
        return this.word(token);
      case "^":
        this.made.push(token);
        return this.power();
      case "$":
      case "end":
        return this.refuse(token.position);
      case "~":
        return undefined;
      default:
        this.made.push(token);
    }
  }

  /**
   * Refuse the character at a position.
   * @param {number} position
   */
  refuse(position) {
    refuseCharacter(this.text, position);
  }

  /**
   * `{...}` as brackets.
   * @param {Token} opening
   */
  group(opening) {
    this.put("(", opening);
    this.inside(opening);
    this.put(")", this.tokens[this.index - 1]);
  }

  /**
   * Translate everything up to a closing brace, and move past it.
   * @param {Token} opening
   */
  inside(opening) {
    this.deeper(opening);
    this.until("}");
    if (this.token.kind === "end") this.fail(`this '${opening.kind}' is never closed`, opening.position);
    this.index++;
    this.depth--;
  }

  /**
   * Begin a level of nesting; refuse too many.
   * @param {Token} token
   */
  deeper(token) {
    if (++this.depth > DEEPEST)
      this.fail(`the formula is nested more than ${DEEPEST} deep: split it into smaller parts`, token.position);
  }

  /**
   * A command's argument in brackets: a group, or one letter, digit or command, as LaTeX takes it.
   * @param {Token} command
   */
  argument(command) {
    const token = this.token;
    const { kind, text, position } = token;
    const unclear = kind === "number" && !/^\d+$/.test(text); // \frac.5x
    if (unclear || ["end", "}", ")", "]", "|", "$"].includes(kind))
      this.fail(`\\${clipped(command.text)} needs an argument in braces`, command.position);
    this.put("(", token);
    if (kind === "{") {
      this.index++;
      this.inside(token);
    } else if (
      kind === "number" ||
      (kind === "name" && [...text].length > 1 && this.signs[position] === [...text][0])
    ) {
      const [head, ...rest] = text;
      this.made.push({ ...token, text: head });
      if (rest.length)
        this.tokens[this.index] = { ...token, text: rest.join(""), position: position + 1, glued: true }; // \frac12 is 1/2
      else this.index++;
    } else {
      this.deeper(token);
      this.one();
      this.depth--;
    }
    this.put(")", this.tokens[this.index - 1]);
  }

  /** The exponent; braces around one token become no brackets, so that `sin^{2} x` is sin^2 x. */
  power() {
    const token = this.token;
    if (token.kind === "number" && token.text.length > 1)
      this.fail(`LaTeX raises to one digit: write ^{${clipped(token.text)}}`, token.position);
    const exponent = token.kind === "{" ? this.tokens[this.index + 1] : token;
    const transposed = exponent.kind === "name" && exponent.text === "T" && !this.known.has("T");
    if (transposed || exponent.text === "top" || exponent.text === "intercal")
      this.fail("transposes are not part of the language: write the products out, such as a*x + b*y", token.position);
    if (token.kind !== "{") return;
    const kinds = this.tokens.slice(this.index + 1, this.index + 4).map(({ kind }) => kind);
    const one = (kinds[0] === "number" || kinds[0] === "name") && kinds[1] === "}";
    const signed = kinds[0] === "-" && kinds[1] === "number" && kinds[2] === "}";
    const length = one ? 1 : signed ? 2 : 0;
    if (!length) return;
    this.index++;
    for (let count = 0; count < length; count++) this.one();
    this.index++;
  }

  /**
   * `_1` or `_{max}` behind a letter, as a part of its name.
   * @param {Token} sign
   */
  subscript(sign) {
    const name = this.made.at(-1);
    if (name?.kind !== "name") return this.refuse(sign.position);
    this.made.pop();
    this.made.push(this.subscripted(name, sign));
  }

  /**
   * A name with the subscript that follows.
   * @param {Token} name
   * @param {Token} sign
   */
  subscripted(name, sign) {
    return { ...name, text: `${name.text.replace(/_+$/, "")}_${this.subscriptText(sign)}` };
  }

  /**
   * The text of a subscript, in braces or not.
   * @param {Token} sign
   */
  subscriptText(sign) {
    const token = this.token;
    this.index++;
    if ((token.kind === "number" || token.kind === "name") && isWord(token.text)) return token.text;
    let parts = "";
    if (token.kind === "{") {
      const isPart = () =>
        this.token.kind === "number" ||
        this.token.kind === "name" ||
        (this.token.kind === "command" && GREEK.has(this.token.text));
      for (; isPart(); this.index++) parts += this.token.text;
    }
    if (token.kind !== "{" || this.token.kind !== "}" || !isWord(parts.replaceAll("_", "")))
      this.fail("a subscript is a name or a number, such as x_{1}", sign.position);
    this.index++;
    return parts;
  }

  /**
   * A name; a few letters side by side are a product, as in LaTeX.
   * @param {Token} token
   */
  word(token) {
    const { text, position, glued, prefix } = token;
    if (text.endsWith("_") && this.token.kind === "{") {
      this.made.push(this.subscripted(token, token));
      return;
    }
    const length = [...text].length;
    const typed = this.signs.slice(position, position + length).join("");
    const whole = !/^\p{L}+$/u.test(text) || length > LONGEST_PRODUCT || typed !== text;
    const meant =
      this.known.has(text) || GREEK.has(text) || spelled(text) || CONSTANT_NAMES.has(text) || CONSTANTS.has(text);
    if (whole || prefix || meant) this.made.push(token);
    else
      for (const [offset, letter] of [...text].entries())
        this.made.push(newName(letter, position + offset, glued || offset > 0));
  }

  /**
   * Translate a command by the tables.
   * @param {Token} token
   */
  command(token) {
    const { text: word, position } = token;
    const sign = SIGNS.get(word);
    const opening = OPENING.get(word);
    const letter = LETTERS.get(word) ?? (GREEK.has(word) ? word : undefined);
    const found = spelled(word);
    if (SKIPPED.has(word)) this.skipped(token);
    else if (FRACTIONS.has(word)) this.fraction(token);
    else if (word === "sqrt") this.root(token);
    else if (FONTS.has(word)) this.font(token);
    else if (sign) this.put(sign, token);
    else if (opening) {
      this.put("name", token, opening);
      this.put("(", { ...token, glued: true });
    } else if (CLOSING.has(word)) this.put(")", token);
    else if (letter) this.put("name", token, letter);
    else if (((found && found !== "where") || word === "lg") && !(word === "min" && this.token.kind === "_"))
      this.called(token);
    else {
      const shown = [...clipped(word)].map(printable).join("");
      this.fail(REFUSED.get(word) ?? `the LaTeX command \\${shown} is not read`, position);
    }
  }

  /**
   * `\frac{1}{2}`; `\frac{d}{dx}` is not a quotient.
   * @param {Token} token
   */
  fraction(token) {
    const texts = this.tokens.slice(this.index, this.index + 5).map(({ text }) => text);
    if (texts[0] === "{" && texts[1] === "d" && texts[2] === "}" && texts[3] === "{" && texts[4]?.startsWith("d"))
      this.fail(REFUSED.get("partial") ?? "", token.position);
    this.put("(", token);
    this.argument(token);
    this.put("/", token);
    this.argument(token);
    this.put(")", token);
  }

  /**
   * A space, a size, or `\left|` and `\right|`, which are bars with a side.
   * @param {Token} token
   */
  skipped({ text }) {
    const following = this.token;
    if (text !== "left" && text !== "right") return;
    if (following.kind === "|") {
      this.index++;
      if (text === "left") this.put("name", following, "abs");
      this.put(text === "left" ? "(" : ")", { ...following, glued: true });
    } else if (following.kind === "[" || following.kind === "]") {
      this.index++;
      this.put(following.kind === "[" ? "(" : ")", following);
    }
  }

  /**
   * `\sin`, and `\log_{2}`, whose base is part of its name.
   * @param {Token} token
   */
  called(token) {
    this.put("name", token, token.text);
    if (token.text !== "log" || this.token.kind !== "_") return;
    this.index++;
    this.made[this.made.length - 1].text = `log_${this.subscriptText(token)}`;
  }

  /**
   * `\sqrt{x}`, and `\sqrt[3]{x}`.
   * @param {Token} token
   */
  root(token) {
    if (this.token.kind !== "[") {
      this.put("name", token, "sqrt");
      this.argument(token);
      return;
    }
    const degree = this.tokens[this.index + 1];
    if (degree.kind !== "number" || this.tokens[this.index + 2].kind !== "]")
      this.fail("the degree of a root is a whole number, such as \\sqrt[3]{x}", this.token.position);
    this.index += 3;
    if (degree.text === "2" || degree.text === "3") {
      this.put("name", token, degree.text === "2" ? "sqrt" : "cbrt");
      this.argument(token);
      return;
    }
    this.put("(", token);
    this.argument(token);
    for (const sign of ["^", "("]) this.put(sign, degree);
    this.put("number", degree, "1");
    this.put("/", degree);
    this.put("number", degree, degree.text);
    for (const sign of [")", ")"]) this.put(sign, degree);
  }

  /**
   * `\operatorname{relu}` and `\mathrm{lr}`: one name, not a product of letters.
   * @param {Token} token
   */
  font(token) {
    if (this.token.kind === "*") this.index++;
    const [opening = token, name = token, closing = token] = this.tokens.slice(this.index, this.index + 3);
    if (opening.kind === "{" && name.kind === "name" && closing.kind === "}") {
      this.index += 3;
      this.made.push(name);
    } else if (opening.kind === "{") {
      this.index++;
      this.group(opening);
    } else this.fail(`\\${clipped(token.text)} needs a name in braces`, token.position);
  }
}

/**
 * @param {string} letter
 * @param {number} position
 * @param {boolean} glued
 */
function newName(letter, position, glued) {
  return token("name", letter, position, glued);
}
