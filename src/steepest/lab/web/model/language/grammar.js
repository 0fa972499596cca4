// @ts-check
/**
 * Text -> expression: formulas, expressions of known names, and the equations of an optimizer. Only what the tables of
 * operations and dialects contain is read; nothing is executed. Every refusal has a position.
 */

import { dialectReason } from "./dialects.js";
import { clipped, FormulaError } from "./errors.js";
import { CONSTANTS, FUNCTIONS, REDUCTIONS, VECTOR_FUNCTIONS } from "./operations.js";
import { ALIASES, Parser } from "./parser.js";
import { checkParameters } from "./precedence.js";
import { strippedEnd } from "./tokens/characters.js";
import { readTokens } from "./tokens/pasted.js";
import { natural } from "./tokens/tokens.js";

/** @typedef {import("./expression.js").Expression} Expression */
/** @typedef {import("./tokens/tokens.js").Token} Token */
/** What some names stand for: constants, and columns of a table. @typedef {Map<string, Expression>} Meanings */

/** @type {Map<string, number>} */
const NO_FUNCTIONS = new Map();

/**
 * The formula of a text: the expression and its parameters in order. `f(w, b) = ...` in front names the parameters and
 * their order; otherwise they are the names that occur, sorted alphabetically and by the numbers in them.
 * @param {string} text such as `2x^2 - 4x`
 * @param {Meanings} [meanings] what some names stand for; over the rows of columns `mean` and `sum` are taken
 * @param {boolean} [row] whether the formula is that of one row, so that columns may stand anywhere
 * @returns {{expression: Expression, names: string[]}}
 */
export function readFormula(text, meanings = new Map(), row = false) {
  const overRows = [...meanings.values()].some(isColumn);
  const functions = overRows ? REDUCTIONS : NO_FUNCTIONS;
  const tokens = readTokens(text, meanings.keys());
  const { declared, label, first } = readHeader(text, tokens, meanings, functions);
  const wayOut = (/** @type {string} */ word) =>
    `; a constant needs a value, such as --let ${word}=1, or let={'${word}': 1}`;
  const parser = new Parser(text, tokens, first, { known: declared, functions, meanings, wayOut });
  const expression = parser.whole();
  if (overRows) parser.checkRows(expression, row);
  const { positions } = parser;
  if (!positions.size) {
    const free = ["x", "w", "a", "theta"].find((word) => !meanings.has(word)) ?? "parameter";
    const reason = `the formula has no parameter: name what to minimize over, such as ${free}`;
    throw new FormulaError(reason, text, tokens[first].position);
  }
  const place = positions.get(label);
  if (place !== undefined) throw new FormulaError(`'${clipped(label)}' stands on both sides of '='`, text, place);
  return { expression, names: declared ?? [...positions.keys()].sort(natural) };
}

/**
 * An expression of known names, such as a schedule in `t` and `T`.
 * @param {string} text
 * @param {string[]} known the names that may occur
 */
export function readExpression(text, known) {
  const tokens = readTokens(text, known);
  if (tokens.some(isEquals)) refuseAssignment(text, tokens);
  return new Parser(text, tokens, 0, { known }).whole();
}

/**
 * The equations of an optimizer as pairs of a name and the expression assigned to it.
 * @param {string[]} texts equations `name = expression`, which may use each other's names and the vector functions
 * @param {string[]} known the other names that may occur
 */
export function readAssignments(texts, known) {
  const heads = texts.map((text, index) => within(index, () => readTarget(text, known)));
  const names = [...new Set([...known, ...heads.map(({ word }) => word)])];
  let noiseFrom = 0;
  return heads.map(({ word, tokens }, index) => {
    const parser = new Parser(texts[index], tokens, 2, { known: names, functions: VECTOR_FUNCTIONS, noiseFrom });
    const expression = within(index, () => parser.whole());
    noiseFrom = parser.noise;
    return /** @type {[string, Expression]} */ ([word, expression]);
  });
}

/**
 * What a function returns; its errors tell the number of the equation.
 * @template Result
 * @param {number} index
 * @param {() => Result} read
 */
function within(index, read) {
  try {
    return read();
  } catch (error) {
    throw error instanceof FormulaError ? error.within(`equation ${index + 1}`) : error;
  }
}

/**
 * The name that an equation assigns, and all its tokens.
 * @param {string} text
 * @param {string[]} known
 */
function readTarget(text, known) {
  const tokens = readTokens(text, [...known, ...VECTOR_FUNCTIONS.keys()]);
  const [target, equals, ...others] = tokens;
  const end = strippedEnd(text);
  if (end.endsWith(";")) throw new FormulaError("one equation at a time: leave out the ';'", text, [...end].length - 1);
  if (target.kind !== "name" || equals?.kind !== "=")
    throw new FormulaError("an equation assigns a name, such as theta = theta - lr*g", text, target.position);
  const second = others.find(isEquals);
  if (second) throw new FormulaError("one '=' an equation: separate equations by ';'", text, second.position);
  const word = target.text;
  if (isTaken(word) || VECTOR_FUNCTIONS.has(word))
    throw new FormulaError(`'${word}' is a constant or a function: assign another name`, text, target.position);
  return { word, tokens };
}

/**
 * The declared parameters (null if there are none), the label in front of `=`, and the index of the formula's first
 * token.
 * @param {string} text
 * @param {Token[]} tokens
 * @param {Meanings} meanings
 * @param {Map<string, number>} functions
 * @returns {{declared: string[] | null, label: string, first: number}}
 */
function readHeader(text, tokens, meanings, functions) {
  const equals = tokens.findIndex(isEquals);
  if (equals < 0) return { declared: null, label: "", first: 0 };
  const behind = tokens.slice(equals + 1);
  if (behind.some(isEquals)) refuseAssignment(text, behind, functions);
  const head = tokens.slice(0, equals);
  const [name] = head;
  const first = equals + 1;
  // sin(x) = 1/2 is an equation to solve, not a definition.
  if (name?.kind === "name" && isTaken(name.text) && !name.prefix) refuseAssignment(text, tokens, functions);
  if (name?.kind === "name" && head.length === 1)
    return { declared: null, label: meanings.has(name.text) ? "" : name.text, first };
  if (!isSignature(head)) refuseAssignment(text, tokens, functions);
  const parameters = head.slice(2, -1).filter((_, index) => index % 2 === 0);
  if (!parameters.length)
    throw new FormulaError("name the parameters, such as f(x, y) = ...", text, head[head.length - 1].position);
  checkNames(text, parameters, meanings);
  checkParameters(
    parameters.map(({ position }) => position),
    text,
  );
  return { declared: parameters.map((parameter) => parameter.text), label: "", first };
}

/**
 * Whether tokens are a name with names in brackets, such as `f(x, y)`.
 * @param {Token[]} tokens
 */
function isSignature(tokens) {
  const kinds = tokens.map(({ kind }) => kind).join(" ");
  return kinds === "name ( )" || /^name \( name(?: , name)* \)$/.test(kinds);
}

/**
 * Refuse parameters that have a meaning already, or are named twice.
 * @param {string} text
 * @param {Token[]} parameters
 * @param {Meanings} meanings
 */
function checkNames(text, parameters, meanings) {
  /** @type {Set<string>} */
  const before = new Set();
  for (const { text: word, position } of parameters) {
    const meaning = meanings.get(word);
    const column = meaning && isColumn(meaning) ? "column of the table" : "constant with a value";
    const kind = isTaken(word) ? (CONSTANTS.has(word) ? "constant" : "function") : meaning && column;
    const shown = isTaken(word) ? word : clipped(word);
    if (kind) throw new FormulaError(`'${shown}' is a ${kind}: give the parameter another name`, text, position);
    if (before.has(word)) throw new FormulaError(`the parameter '${shown}' is named twice`, text, position);
    before.add(word);
  }
}

/**
 * Refuse the first `=` among the tokens, with what was probably meant.
 * @param {string} text
 * @param {Token[]} tokens
 * @param {Map<string, number>} [functions] those that the formula may have besides the language's
 * @returns {never}
 */
function refuseAssignment(text, tokens, functions = NO_FUNCTIONS) {
  const { position } = /** @type {Token} */ (tokens.find(isEquals));
  const before = tokens.filter((token) => token.position < position);
  for (const [index, token] of tokens.entries()) {
    if (token.position >= position || functions.has(token.text)) continue;
    const reason = token.kind === "name" && tokens[index + 1].kind === "(" ? dialectReason(token.text) : "";
    if (reason) throw new FormulaError(reason, text, token.position);
  }
  const last = before.at(-1);
  if (last && before.length > 2 && last.kind === "name" && before.at(-2)?.kind === ",") {
    const reason = "the arguments of a function have no names: give them in order, such as clip(x, a, b)";
    throw new FormulaError(reason, text, last.position);
  }
  let advice = "to bring two sides together, minimize (left - right)^2";
  if (isEquals(tokens[0])) advice = "leave out the one in front (and note that -x^2 is -(x^2) here)";
  if (before.some((token) => token.text === "where")) advice = "the comparisons of where are <, <=, >, >=, == and !=";
  throw new FormulaError(`'=' inside a formula: ${advice}`, text, position);
}

/** @param {Token} token */
function isEquals({ kind }) {
  return kind === "=";
}

/** @param {Expression} meaning */
function isColumn({ operation }) {
  return operation === "column";
}

/**
 * Whether a word is a constant or a function of the language.
 * @param {string} word
 */
function isTaken(word) {
  return CONSTANTS.has(word) || FUNCTIONS.has(word) || ALIASES.has(word);
}
