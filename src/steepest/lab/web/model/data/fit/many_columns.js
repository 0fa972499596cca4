// @ts-check
/** Models of many columns, `price ~ linear` or `logistic(size, age)`, written out as formulas with a weight for each. */

import { general } from "../../format.js";
import { clipped, FormulaError, InputError } from "../../language/errors.js";
import { column } from "../../language/expression.js";
import { plain } from "../../language/notation/notation.js";
import { PRECEDENCE } from "../../language/tables.js";
import { isNumeric } from "../table.js";
import { listed } from "../words.js";
import { asDefinition, ofColumns, targetOf, tildeIn } from "./model_text.js";

/** @typedef {import("../table.js").Table} Table */
/** @typedef {{text: string, word: string, told: string[]}} WrittenOut */

const MOST_TOLD = 5; // columns that a note names
const { MOST_PARAMETERS } = PRECEDENCE;

/**
 * The model with its weights, in the order of the columns, and the intercept behind them; null for any other model.
 * @param {string} model
 * @param {Table} table
 * @param {boolean} dropMissing whether rows in which a number is missing are left out
 * @returns {WrittenOut | null}
 */
export function writtenOut(model, table, dropMissing) {
  const found = ofColumns(model);
  if (!found) return null;
  const { word, place, named } = found;
  if (named === null && table.has(word)) {
    const reason = `'${word}' is a column and a model: write \`${word}\` for the column, or ${word}(...) with columns`;
    throw new FormulaError(reason, model, place);
  }
  const target = targetOf(asDefinition(model), model, table);
  const head = model.slice(0, tildeIn(model)).trim();
  if (head.endsWith(")")) {
    const reason = `${word} has a weight for each column: write ${clipped(target)} ~ ${word}`;
    throw new FormulaError(reason, model, [...model.slice(0, model.indexOf("("))].length);
  }
  if (word === "softmax")
    throw new FormulaError("the page does not show 'softmax', which takes weights for every class", model, place);
  table.position(target);
  const { columns, leftOut } = named
    ? { columns: taken(model, table, target, named), leftOut: [] }
    : all(table, target);
  const picked = named || !dropMissing ? table : table.select([target, ...columns], true);
  const constant = named || picked === table ? [] : columns.filter((name) => isConstant(picked.get(name)));
  const kept = columns.filter((name) => !constant.includes(name));
  const without = [...leftOut, ...asConstant(picked, constant)];
  if (!kept.length) {
    const beside = `${table.source} has no column of numbers beside ${clipped(target)} that differs from row to row`;
    throw new InputError(beside);
  }
  if (kept.length >= MOST_PARAMETERS) {
    const count = `${word} takes ${kept.length + 1} parameters here, and the page shows up to ${MOST_PARAMETERS}`;
    const way = `name some of the columns, such as ${word}(${plain(column(kept[0], table))})`;
    throw new FormulaError(`${count}: ${way}`, model, place);
  }
  checkNames(table, [target, ...kept]);
  const [weight, intercept] = ["w", "b"].map((name) => free(name, table));
  const weights = kept.map((_, k) => `${weight}${k + 1}`);
  const sum = kept.map((name, k) => `${weights[k]}*${plain(column(name, table))}`).concat(intercept);
  const score = sum.join(" + ");
  return {
    text: `${plain(column(target, table))}(${[...weights, intercept].join(", ")}) ~ ${word === "linear" ? score : `sigmoid(${score})`}`,
    word,
    told: without.length ? [`left out: ${listed(without, MOST_TOLD)}`] : [],
  };
}

/**
 * Refuse columns that no formula can name.
 * @param {Table} table
 * @param {string[]} names
 */
export function checkNames(table, names) {
  const odd = names.find((name) => name.includes("`"));
  if (odd !== undefined)
    throw new InputError(`${table.source}: no formula can name '${clipped(odd)}', for its backtick: rename the column`);
}

/**
 * A beginning of names that no column has.
 * @param {string} letter
 * @param {Table} table
 */
function free(letter, table) {
  let found = letter;
  while (table.names.some((name) => name.startsWith(found))) found += letter;
  return found;
}

/**
 * The columns that were named.
 * @param {string} model
 * @param {Table} table
 * @param {string} target
 * @param {{name: string, place: number}[]} named
 */
function taken(model, table, target, named) {
  /** @type {string[]} */
  const seen = [];
  for (const { name, place } of named) {
    const refuse = (/** @type {string} */ reason) => {
      throw new FormulaError(reason, model, place);
    };
    try {
      table.position(name);
    } catch (error) {
      refuse(/** @type {InputError} */ (error).reason);
    }
    if (name === target) refuse(`'${clipped(target)}' is on both sides: the model predicts it from other columns`);
    if (seen.includes(name)) refuse(`'${clipped(name)}' is named twice`);
    if (!isNumeric(table.get(name))) refuse(`'${clipped(name)}' holds text, and a weight needs numbers: leave it out`);
    seen.push(name);
  }
  return seen;
}

/**
 * Every other column that can have a weight, and the others, with why they cannot.
 * @param {Table} table
 * @param {string} target
 */
function all(table, target) {
  /** @type {string[][]} */
  const [columns, texts, constant] = [[], [], []];
  for (const [k, name] of table.names.entries()) {
    if (name === target) continue;
    const values = table.columns[k];
    const kind = !isNumeric(values) ? texts : isConstant(values) ? constant : columns;
    kind.push(name);
  }
  for (const name of columns) table.position(name); // refuses a name that two columns have
  return { columns, leftOut: [...texts.map((name) => `${name} (text)`), ...asConstant(table, constant)] };
}

/**
 * Columns with the number that they hold in every row.
 * @param {Table} table
 * @param {string[]} names
 */
function asConstant(table, names) {
  return names.map((name) => `${name} (${general(known(table.get(name))[0] ?? NaN, 6)} in every row)`);
}

/** @param {Float64Array} values */
function isConstant(values) {
  const numbers = known(values);
  return numbers.every((value) => value === numbers[0]);
}

/** @param {Float64Array} values */
function known(values) {
  return values.filter((value) => !Number.isNaN(value));
}
