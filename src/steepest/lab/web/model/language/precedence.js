// @ts-check
/**
 * Tokens -> expression, but for names: operators by their precedence (a Pratt parser), brackets, bars and numbers.
 * V. R. Pratt, "Top Down Operator Precedence", POPL 1973.
 */
import { overflows } from "../tape/operations.js";
import { clipped, FormulaError, grouped } from "./errors.js";
import { call, number, postorder } from "./expression.js";
import { CONSTANTS, DOMAINS, FUNCTIONS, REDUCTIONS, value } from "./operations.js";
import { split, unknownName } from "./suggestions.js";
import { PRECEDENCE } from "./tables.js";

/** @typedef {import("./expression.js").Expression} Expression */
/** @typedef {import("./tokens/tokens.js").Token} Token */

const { CROSSED, DECIMAL_COMMA, DEEPEST, MOST_NODES, MOST_PARAMETERS, POWER, PRODUCT, SIGN, SUM } = PRECEDENCE;
export const COMPARISON_SIGNS = new Map(Object.entries(PRECEDENCE.COMPARISON_SIGNS));
const BINARY = new Map([
  ["+", "add"],
  ["-", "sub"],
  ["*", "mul"],
  ["/", "div"],
]);

/**
 * What a text is read with.
 * @typedef {object} Context
 * @property {string[] | null} known the names that may occur; null where every name is a parameter
 * @property {Map<string, number>} [functions] those besides the language's, with their numbers of arguments
 * @property {Map<string, Expression>} [meanings] what other names stand for: columns of a table, constants
 * @property {number} [noiseFrom] how many `noise()` earlier equations have
 * @property {(word: string) => string} [wayOut] what is said behind an unknown name
 */

/** One pass over the tokens of a text; `name` is left to `Parser`. */
export class PrecedenceParser {
  /**
   * @param {string} text
   * @param {Token[]} tokens
   * @param {number} first
   * @param {Context} context
   */
  constructor(text, tokens, first, { known, functions, meanings, noiseFrom = 0, wayOut = () => "" }) {
    this.text = text;
    this.tokens = tokens;
    this.index = first;
    this.known = known;
    /** @type {Map<string, number>} */
    this.extra = functions ?? new Map();
    /** @type {Map<string, Expression>} */
    this.meanings = meanings ?? new Map();
    /** The names that keep their meaning, whatever they mean in other languages. */
    this.given = new Set([...(known ?? []), ...freeNames(this.meanings.keys())]);
    this.noise = noiseFrom;
    this.wayOut = wayOut;
    /** Where each name first occurs. @type {Map<string, number>} */
    this.positions = new Map();
    /** The depth at which each name occurs. @type {Map<string, number>} */
    this.deepest = new Map();
    /** Where each expression was typed. @type {Map<Expression, number>} */
    this.origins = new Map();
    /** Where each column was typed first outside of sums and means over rows. @type {Map<Expression, number>} */
    this.outside = new Map();
    /** In how many sums and means the next token stands. */
    this.reducing = 0;
    this.nodes = 0;
    this.depth = 0;
    /** The brackets and bars that are not closed yet. @type {string[]} */
    this.open = [];
  }

  /** The expression of all tokens, checked. */
  whole() {
    if (this.token.kind === "end") this.fail("there is no formula: write one, such as x^2 + y^2");
    const expression = this.expression(0);
    if (this.token.kind !== "end") this.unexpected();
    this.checkNames();
    this.checkConstants(expression);
    return expression;
  }

  /** Refuse names that nothing defines, and `xy` where x and y are known: adjacent letters are one name. */
  checkNames() {
    const { given, known, meanings, positions } = this;
    if (!known) checkParameters([...positions.values()], this.text);
    const all = new Set([...positions.keys(), ...given, ...CONSTANTS.keys()]);
    const defined = new Set(known);
    for (const [word, position] of positions) {
      if (defined.has(word)) continue;
      const pieces = word.length > 1 ? split(word, without(all, word)) : [];
      if (pieces.length) this.fail(`adjacent letters are one name: write ${clipped(pieces.join("*"))}`, position);
      if (known) this.fail(unknownName(word, [...known, ...meanings.keys()]) + this.wayOut(word), position);
    }
  }

  /**
   * Refuse a constant part that is not a finite real number, the innermost first.
   * @param {Expression} expression
   */
  checkConstants(expression) {
    /** @type {Map<Expression, number>} */
    const values = new Map();
    for (const node of postorder(expression)) {
      if (!node.isConstant) continue;
      const { operation } = node;
      const numbers = node.arguments.map((argument) => /** @type {number} */ (values.get(argument)));
      const result = numbers.length ? value(operation, numbers) : node.value;
      values.set(node, result);
      if (Number.isFinite(result)) continue;
      const origin = this.origins.get(node);
      if (overflows(operation, numbers))
        this.fail("this constant part is larger than any number of the machine (1.8e308)", origin);
      const word = operation === "div" ? "a quotient" : operation === "pow" ? "a power" : operation;
      this.fail(`this constant part is not a finite real number: ${word} needs ${DOMAINS.get(operation)}`, origin);
    }
  }

  /**
   * The longest expression whose operators bind tighter than `floor`.
   * @param {number} floor
   * @returns {Expression}
   */
  expression(floor) {
    const levels = this.token.kind === "-" && (floor === SUM || floor === PRODUCT) ? 2 : 1; // x*-y is written x*(-y)
    this.checkDepth(levels);
    this.depth += levels;
    let left = this.prefix();
    for (let strength = this.strength(); strength > floor; strength = this.strength())
      left = this.infix(left, strength);
    this.depth -= levels;
    return left;
  }

  /**
   * Refuse to nest so many levels deeper than a formula may be.
   * @param {number} levels
   */
  checkDepth(levels) {
    if (this.depth + levels > DEEPEST + 1)
      this.fail(`the formula is nested more than ${DEEPEST} deep: split it into smaller parts`);
  }

  /** How tightly the next token binds to its left; 0 if it is no operator. */
  strength() {
    const { kind } = this.token;
    if (kind === "+" || kind === "-") return SUM;
    if (kind === "*" || kind === "/" || this.startsOperand()) return PRODUCT;
    return kind === "^" || kind === "superscript" ? POWER : 0;
  }

  /** Whether the next token begins a factor, as in the product `2x`. */
  startsOperand() {
    const { kind } = this.token;
    return kind === "number" || kind === "name" || kind === "(" || (kind === "|" && this.open.at(-1) !== "|");
  }

  /**
   * The operator at the next token, with `left` as its first argument.
   * @param {Expression} left
   * @param {number} strength
   */
  infix(left, strength) {
    const { kind, position } = this.token;
    const operation = BINARY.get(kind);
    if (strength === POWER) return this.power(left);
    if (operation) {
      this.index++;
      return this.node(operation, position, left, this.expression(strength));
    }
    if (kind === "number" && this.tokens[this.index - 1].kind === "number")
      this.fail("two numbers side by side: write '*' between them");
    return this.node("mul", position, left, this.expression(strength));
  }

  /**
   * `base^exponent`, or a base with a superscript; powers group from the right.
   * @param {Expression} base
   */
  power(base) {
    const token = this.advance();
    if (token.kind !== "superscript") return this.node("pow", token.position, base, this.expression(POWER - 1));
    if (this.token.kind === "^" || this.token.kind === "superscript")
      this.fail("a power of a power: use brackets, such as (x^2)^3");
    this.checkDepth(1);
    return this.node("pow", token.position, base, this.number(token));
  }

  /** What an expression begins with: a sign, a number, a name, a bracket or a bar. @returns {Expression} */
  prefix() {
    const token = this.advance();
    switch (token.kind) {
      case "number":
        return this.number(token);
      case "name":
        return this.name(token);
      case "-":
        return this.node("neg", token.position, this.expression(SIGN));
      case "+":
        return this.expression(SIGN);
      case "(":
        return this.inside("(", token);
      case "|":
        return this.node("abs", token.position, this.inside("|", token));
      default:
        this.index--;
        return this.unexpected();
    }
  }

  /**
   * The number that a token writes.
   * @param {Token} token
   */
  number({ text, position }) {
    const value = Number(text);
    if (!Number.isFinite(value))
      this.fail(`${clipped(text)} is larger than any number of the machine (1.8e308)`, position);
    this.count();
    return number(value);
  }

  /**
   * What a name stands for, with a function's arguments.
   * @param {Token} token
   * @returns {Expression}
   */
  name(token) {
    throw new Error(`${token.text} is not read here`);
  }

  /**
   * The expression up to the closing bracket or bar.
   * @param {string} bracket
   * @param {Token} opening
   */
  inside(bracket, opening) {
    this.open.push(bracket);
    if (bracket === "(" && this.token.kind === ")") this.fail("there is nothing between the brackets");
    const inner = this.expression(0);
    this.close(bracket, opening);
    return inner;
  }

  /**
   * Move past the closing bracket or bar.
   * @param {string} bracket
   * @param {Token} opening
   */
  close(bracket, opening) {
    const { kind } = this.token;
    if (kind === (bracket === "(" ? ")" : "|")) {
      this.index++;
      this.open.pop();
    } else if (kind === "end") this.neverClosed(bracket, opening.position);
    else if (kind === ")") this.fail(CROSSED);
    else this.unexpected();
  }

  /** The next token. */
  get token() {
    return this.tokens[this.index];
  }

  /** The next token, and move past it. */
  advance() {
    return this.tokens[this.index++];
  }

  /**
   * Count parts of the formula; refuse more than it may have.
   * @param {number} [more]
   */
  count(more = 1) {
    this.nodes += more;
    if (this.nodes > MOST_NODES) this.fail(`the formula has more than ${grouped(MOST_NODES)} parts`);
  }

  /**
   * An operation that was typed at a position.
   * @param {string} operation
   * @param {number} position
   * @param {Expression[]} args
   */
  node(operation, position, ...args) {
    const result = call(operation, ...args);
    if (result.operation !== "number") this.count(); // -2 is a number
    if (!this.origins.has(result)) this.origins.set(result, position);
    return result;
  }

  /**
   * Refuse the text at a position, or at the next token.
   * @param {string} reason
   * @param {number} [position]
   * @returns {never}
   */
  fail(reason, position = this.token.position) {
    throw new FormulaError(reason, this.text, position);
  }

  /**
   * Refuse a bracket or a bar that is never closed.
   * @param {string} bracket
   * @param {number} position
   * @returns {never}
   */
  neverClosed(bracket, position) {
    const nested = bracket === "|" && this.tokens.filter(({ kind }) => kind === "|").length > 2;
    this.fail(`this '${bracket}' is never closed${nested ? ": write abs(...) for bars inside bars" : ""}`, position);
  }

  /**
   * Refuse the next token, which cannot stand where it stands.
   * @returns {never}
   */
  unexpected() {
    const { kind, position } = this.token;
    const before = this.tokens[this.index - 1];
    if (kind === "end") {
      if (before.kind === "(" || before.kind === "|") this.neverClosed(before.kind, before.position);
      this.fail("the formula is unfinished: something is missing at the end");
    }
    if (kind === "/" && (before ?? this.tokens[this.tokens.length - 1]).kind === "/")
      this.fail("'//' is not part of the language: write floor(a/b)");
    if (kind === ",") this.fail(DECIMAL_COMMA);
    if (COMPARISON_SIGNS.has(kind))
      this.fail("a comparison is read only as the first argument of where: where(x < 0, a, b)");
    if (kind === ")" && this.open.at(-1) === "|") this.fail(CROSSED);
    if (kind === ")") this.fail(this.open.length ? "something is missing before this ')'" : "this ')' closes nothing");
    const signs = [...this.text];
    const shown = signs[position] === "\\" ? signs.slice(position).join("").split(" ")[0] : signs[position];
    this.fail(`'${clipped(shown)}' cannot stand here: something is missing in front of it`);
  }
}

/**
 * The names of columns and constants that read without backquotes: the others are functions or constants of the
 * language.
 * @param {Iterable<string>} meanings
 */
function freeNames(meanings) {
  return [...meanings].filter((name) => !CONSTANTS.has(name) && !FUNCTIONS.has(name) && !REDUCTIONS.has(name));
}

/**
 * Refuse more parameters than a formula may have.
 * @param {number[]} positions where each parameter first stands in the text
 * @param {string} text
 */
export function checkParameters(positions, text) {
  if (positions.length > MOST_PARAMETERS)
    throw new FormulaError(
      `a formula has at most ${MOST_PARAMETERS} parameters, and this one has ${positions.length}`,
      text,
      positions[MOST_PARAMETERS],
    );
}

/**
 * @param {Set<string>} words
 * @param {string} word
 */
function without(words, word) {
  const others = new Set(words);
  others.delete(word);
  return others;
}
