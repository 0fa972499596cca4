// @ts-check
/** A formula whose names may be columns of a table: the port of `steepest.objectives.data`. */
import { clipped, FormulaError, InputError } from "../language/errors.js";
import { column } from "../language/expression.js";
import { readFormula } from "../language/grammar.js";
import { CONSTANTS, FUNCTIONS, REDUCTIONS } from "../language/operations.js";
import { nearest } from "../language/similarity.js";
import { listed } from "../language/suggestions.js";
import { tokenize } from "../language/tokens/tokens.js";
import { columnsOf } from "../tape/row_lowering.js";
import { MODEL } from "./tables.js";

/** @typedef {import("../language/expression.js").Expression} Expression */
/** @typedef {import("./table.js").Table} Table */

/**
 * A formula over a table, and the table of the columns that it names, a number in every row.
 * @param {string} text
 * @param {Table} whole
 * @param {Map<string, Expression>} constants what other names stand for
 * @param {{row?: boolean, further?: string[], dropMissing?: boolean}} [how] whether it is the formula of one row; columns
 *   that the table must have besides; whether rows in which a number is missing are left out
 */
export function readOver(text, whole, constants, { row = false, further = [], dropMissing = false } = {}) {
  if (!whole.rows) throw new InputError(`${whole.source} has no rows`);
  checkMeanings(text, whole.names, constants);
  const formula = readFormula(text, meaningsOf(whole, whole.names, constants), row);
  if (!(text.includes("=") && text.split("=")[0].includes("("))) checkSpelling(text, formula.names, whole.names);
  const used = [...new Set([...further, ...columnsOf([formula.expression])])];
  if (!used.length)
    throw new FormulaError(`the formula names no column of ${whole.source}, which has ${listed(whole.names)}`, text, 0);
  const table = whole.select(used, dropMissing);
  return { table, ...readFormula(text, meaningsOf(table, table.names, constants), row) };
}

/**
 * What the names of columns and constants stand for.
 * @param {Table} table
 * @param {string[]} names
 * @param {Map<string, Expression>} constants
 */
export function meaningsOf(table, names, constants) {
  return new Map([...names.map((name) => /** @type {const} */ ([name, column(name, table)])), ...constants]);
}

/**
 * Refuse a name that means two things, and a column's name with spaces or foreign letters that is not in backquotes.
 * @param {string} text
 * @param {string[]} names
 * @param {Map<string, Expression>} constants
 */
function checkMeanings(text, names, constants) {
  const bare = text.replace(/`[^`]*`/g, (quoted) => " ".repeat(quoted.length));
  for (const name of names) {
    const isWords = /^[\p{L}_][\p{L}\p{N}_ ]*$/u.test(name);
    if (!isWords || /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const found = new RegExp(`(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`, "u").exec(bare);
    if (found) {
      const at = [...bare.slice(0, found.index)].length;
      throw new FormulaError(`this column's name stands in backquotes: \`${name}\``, text, at);
    }
  }
  const signs = [...text];
  const tokens = tokenize(text.replaceAll("~", " "));
  const quoted = new Set(tokens.filter(({ prefix }) => prefix === "`").map((token) => token.text));
  for (const { kind, prefix, text: word, position } of tokens) {
    if (kind !== "name" || !names.includes(word)) continue;
    if (constants.has(word))
      throw new FormulaError(`'${word}' is a column and a constant with a value: rename one`, text, position);
    if (prefix || quoted.has(word)) continue;
    const way = `write \`${word}\` for the column`;
    if (CONSTANTS.has(word))
      throw new FormulaError(`'${word}' is a column and a constant of the language: ${way}`, text, position);
    const rest = signs.slice(position + [...word].length).join("");
    if ((FUNCTIONS.has(word) || REDUCTIONS.has(word)) && !/^\s*[(^]/.test(rest))
      throw new FormulaError(`'${word}' is a column and a function: ${way}`, text, position);
  }
}

/**
 * Refuse a parameter that nobody declared and that is spelled almost like a column.
 * @param {string} text
 * @param {string[]} parameters
 * @param {string[]} columns
 */
function checkSpelling(text, parameters, columns) {
  const isLong = (/** @type {string} */ word) => [...word].length > MODEL.SHORT;
  for (const parameter of parameters) {
    const near = isLong(parameter) ? nearest(parameter, columns) : undefined;
    if (!near || !isLong(near)) continue;
    const position = tokenize(text).find((token) => token.text === parameter)?.position ?? 0;
    const advice = `did you mean ${near}? (if it is a parameter, give it another name)`;
    throw new FormulaError(`there is no column '${clipped(parameter)}': ${advice}`, text, position);
  }
}
