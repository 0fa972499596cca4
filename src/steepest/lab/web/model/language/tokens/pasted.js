// @ts-check
/**
 * Text -> tokens of the language: notation pasted from LaTeX, NumPy, SymPy, MATLAB, Mathematica or JavaScript is
 * translated. Every token keeps the position where it was typed, so that a caret points there.
 */
import { dialectReason, spelled } from "../dialects.js";
import { clipped, FormulaError } from "../errors.js";
import { VECTOR_FUNCTIONS } from "../operations.js";
import { PASTED } from "../tables.js";
import { isLatex, withoutLatex } from "./latex_tokens.js";
import { FOREIGN, refuseCharacter, token, tokenize } from "./tokens.js";

/** @typedef {import("./tokens.js").Token} Token */

const DECLARING = new Set(PASTED.DECLARING.split(" "));
const { LARGEST_FACTORIAL } = PASTED;
const ROUNDING = new Map(Object.entries(PASTED.ROUNDING));
const PAIRS = new Map(Object.entries(PASTED.PAIRS));

/**
 * The tokens of a text, the last of kind `end`.
 * @param {string} text
 * @param {Iterable<string>} [known] names that keep their meaning, whatever they mean in other languages
 */
export function readTokens(text, known = []) {
  let tokens = tokensOf(text);
  if (isLatex(tokens)) tokens = withoutLatex(text, tokens, new Set(known));
  tokens = withHeader(text, tokens);
  return tokens.some(({ kind }) => kind === "method" || FOREIGN.has(kind))
    ? new Translator(text, tokens).all()
    : tokens;
}

/**
 * The tokens of a text with mathematical letters as ordinary ones: formulas in PDF files have their own italic x.
 * @param {string} text
 */
function tokensOf(text) {
  const folded = text.replace(/[\u{1d400}-\u{1d7ff}\u210e]/gu, (sign) => sign.normalize("NFKC"));
  try {
    return tokenize(folded);
  } catch (error) {
    throw error instanceof FormulaError ? new FormulaError(error.reason, text, error.position) : error;
  }
}

/**
 * The tokens with `lambda x: ...`, `x => ...`, `(x, y) => ...` and `@(x) ...` as `f(x) = ...`.
 * @param {string} text
 * @param {Token[]} given
 */
function withHeader(text, given) {
  const tokens = withoutWords(text, given);
  const first = tokens[0].kind === "name" && tokens[1]?.kind === "=" ? 2 : 0; // f = lambda x: ...
  const head = tokens[first];
  const isLambda = head.kind === "name" && head.text === "lambda";
  const end = isLambda ? ":" : head.kind === "@" ? ")" : "=>";
  const names = tokens.slice(end === "=>" ? first : first + 1);
  const length = Math.max(
    0,
    names.findIndex(({ kind }) => kind === end),
  );
  let inner = names.slice(0, length);
  if (end !== ":" && length > 1 && inner[0].kind === "(") {
    if (end === ")") inner = inner.slice(1);
    else if (inner[length - 1].kind === ")") inner = inner.slice(1, -1);
  } else if (end === ")") return tokens;
  if (!length || inner.some(({ kind }) => kind !== "name" && kind !== ",")) return tokens;
  const stop = names[length].position;
  return [
    token("name", "f", head.position),
    token("(", "(", head.position, true),
    ...inner,
    token(")", ")", stop),
    token("=", "=", stop),
    ...names.slice(length + 1),
  ];
}

/**
 * The tokens without the keywords of a definition: `const f = ...`, `return ...`, `def f(x): return ...`.
 * @param {string} text
 * @param {Token[]} given
 */
function withoutWords(text, given) {
  let tokens = given;
  const [first, second, third] = tokens;
  const declared = DECLARING.has(first.text) && first.kind === "name" && second?.kind === "name" && third?.kind === "=";
  if (declared || (first.text === "return" && second.kind !== "end")) tokens = tokens.slice(1);
  else if (first.kind === "name" && first.text === "def") {
    const colon = tokens.findIndex(({ kind }) => kind === ":");
    if (colon > 0 && tokens[colon + 1].text === "return")
      tokens = [...tokens.slice(1, colon), token("=", "=", tokens[colon].position), ...tokens.slice(colon + 2)];
  }
  const left = tokens.find((each) => each.kind === "name" && (each.text === "def" || each.text === "return"));
  if (left)
    throw new FormulaError(
      `the word '${left.text}' is not part of the language: write the formula alone`,
      text,
      left.position,
    );
  return tokens;
}

/** One pass over tokens that are not all of the language. */
class Translator {
  /**
   * @param {string} text
   * @param {Token[]} tokens
   */
  constructor(text, tokens) {
    this.text = text;
    this.tokens = tokens;
    this.index = 0;
    /** The tokens of the language so far. @type {Token[]} */
    this.made = [];
    /** Brackets that are not closed yet, and whether they hold the argument of `.pow`. @type {[Token, boolean][]} */
    this.open = [];
    /** The position of each name that was an element, such as x0 for `x[0]`. @type {Map<string, number>} */
    this.indexed = new Map();
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

  /** The translated tokens. */
  all() {
    while (this.index < this.tokens.length) this.one(this.tokens[this.index++]);
    for (const [opening] of this.open)
      if (opening.kind !== "(") this.fail(`this '${opening.kind}' is never closed`, opening.position);
    this.checkIndexed();
    return this.made;
  }

  /**
   * Translate one token, and those behind it that belong to it.
   * @param {Token} token
   */
  one(token) {
    const { kind, position } = token;
    if (kind === "[" && this.isIndex(token)) this.element(token);
    else if (kind === "[" || kind === "(" || ROUNDING.has(kind)) this.openBracket(token);
    else if (PAIRS.has(kind)) this.close(token);
    else if (kind === "!") this.factorial(token);
    else if (kind === "method") this.method(token);
    else if (kind === ";" && this.tokens[this.index].kind === "end")
      return; // the end of a statement
    else if (kind === "=>")
      this.fail("'=>' needs parameters alone in front of it, such as (x, y) => x^2 + y^2", position);
    else if (FOREIGN.has(kind)) refuseCharacter(this.text, position);
    else this.made.push(token);
  }

  /**
   * An opening bracket of any kind as a round one.
   * @param {Token} opening
   */
  openBracket(opening) {
    const { kind, position, glued } = opening;
    const rounding = ROUNDING.get(kind);
    if (rounding) this.made.push(token("name", rounding, position, glued));
    this.open.push([opening, false]);
    this.made.push({ ...opening, kind: "(", text: "(" });
  }

  /**
   * Whether a square bracket holds an index: it stands behind a name that is not a function.
   * @param {Token} bracket
   */
  isIndex(bracket) {
    const before = this.made.at(-1);
    if (before?.kind !== "name" && before?.kind !== ")") return false;
    if (!bracket.glued && this.tokens[this.index].kind !== "number") return false;
    const { text } = before;
    return before.kind === ")" || !(spelled(text) || dialectReason(text) || VECTOR_FUNCTIONS.has(text));
  }

  /**
   * `x[0]` as the name x0; other indices are refused.
   * @param {Token} bracket
   */
  element(bracket) {
    const number = this.tokens[this.index];
    const closing = this.tokens[this.index + 1];
    const before = this.made[this.made.length - 1];
    if (before.kind !== "name" || number.kind !== "number" || !/^\d+$/.test(number.text) || closing.kind !== "]")
      refuseCharacter(this.text, bracket.position);
    this.index += 2;
    const name = `${before.text}${/\d$/.test(before.text) ? "_" : ""}${number.text}`;
    if (!this.indexed.has(name)) this.indexed.set(name, before.position);
    this.made[this.made.length - 1] = { ...before, text: name, prefix: `${before.text}[` };
  }

  /** Refuse `x[0]` beside `x0`, which would become one parameter. */
  checkIndexed() {
    for (const { kind, text, prefix, position } of this.made)
      if (kind === "name" && this.indexed.has(text) && !prefix)
        this.fail(`'${clipped(text)}' and an element of the same name would be one parameter: rename one`, position);
    this.made = this.made.map((each) => (each.prefix.endsWith("[") ? { ...each, prefix: "" } : each));
  }

  /**
   * A closing bracket of any kind as a round one.
   * @param {Token} token
   */
  close(token) {
    const [opening, power] = this.open.pop() ?? [undefined, false];
    const { kind, position } = token;
    if (!opening && kind !== ")") this.fail(`this '${kind}' closes nothing`, position);
    if (opening && opening.kind !== PAIRS.get(kind)) {
      if (kind === ")") this.fail(`this '${opening.kind}' is never closed`, opening.position);
      this.fail(`this '${kind}' does not close the '${opening.kind}' in front of it`, position);
    }
    this.made.push({ ...token, kind: ")", text: ")" });
    const following = this.tokens[this.index];
    if (power && ["^", "superscript", "method"].includes(following.kind))
      this.fail("a power of a power: use brackets, such as (x^2)^3", following.position);
  }

  /**
   * `5!` as the number 120.
   * @param {Token} token
   */
  factorial(token) {
    const before = this.made.at(-1);
    if (before?.kind !== "number" || !/^\d+$/.test(before.text)) return refuseCharacter(this.text, token.position);
    if (before.text.length > 3 || Number(before.text) > LARGEST_FACTORIAL)
      this.fail("this factorial is larger than any number of the machine (1.8e308)", before.position);
    let product = 1n;
    for (let factor = BigInt(before.text); factor > 1n; factor--) product *= factor;
    this.made[this.made.length - 1] = { ...before, text: String(product) };
  }

  /**
   * `x.pow(2)` as x^(2); any other attribute is refused.
   * @param {Token} method
   */
  method({ text: word, position, glued }) {
    const before = this.made.at(-1);
    const called = this.tokens[this.index].kind === "(";
    const behindOperand = before?.kind === "name" || before?.kind === ")";
    if (!word && called && before?.kind === "name" && spelled(before.text)) return; // Julia's sin.(x)
    if (word === "pow" && called && glued && behindOperand) {
      this.made.push(token("^", "^", position, true), this.tokens[this.index]);
      this.open.push([this.tokens[this.index++], true]);
      return;
    }
    if (!behindOperand || !word) refuseCharacter(this.text, position);
    const reason = called && dialectReason(word);
    if (reason) this.fail(reason, position);
    const way = called && spelled(word) ? `write ${clipped(word)}(...)` : "write sin(x), and a name for every number";
    this.fail(`attribute access is not part of the language: ${way}`, position);
  }
}
