// @ts-check
/** The text of a model, such as `price ~ w*size + b`: the port of `steepest.objectives.model_text`. */

import { clipped, FormulaError, InputError } from "../../language/errors.js";
import { isPlainName } from "../../language/notation/notation.js";
import { FUNCTIONS, REDUCTIONS } from "../../language/operations.js";
import { nearest } from "../../language/similarity.js";
import { stripped } from "../../language/tokens/characters.js";
import { MODEL } from "../tables.js";

/** @typedef {import("../table.js").Table} Table */

const OF_COLUMNS = new RegExp(`^\\s*(${MODEL.PREDICTORS.join("|")})\\s*(\\(.*\\))?\\s*$`, "s");
const HINT = "write the column that is predicted in front, such as price ~ w*size + b";

/**
 * The place of the `~` in a text, in UTF-16; -1 where there is none. Those in backquotes belong to a name.
 * @param {string} text
 */
export function tildeIn(text) {
  return text.replace(/`[^`]*`/g, (name) => "`".repeat(name.length)).indexOf("~");
}

/**
 * The text with `=` in the place of `~`, as a formula is defined; places in both are the same.
 * @param {string} model with a `~`
 */
export function asDefinition(model) {
  const place = tildeIn(model);
  const second = tildeIn(model.slice(place + 1));
  if (second >= 0) throw new FormulaError("a model has one '~'", model, [...model.slice(0, place + 1 + second)].length);
  return `${model.slice(0, place)}=${model.slice(place + 1)}`;
}

/**
 * The column that is predicted.
 * @param {string} text the definition
 * @param {string} model
 * @param {Table} table
 */
export function targetOf(text, model, table) {
  const front = text.slice(0, text.indexOf("="));
  const head = stripped(front.includes("`") ? text : front);
  const isQuoted = head.startsWith("`");
  const name = isQuoted ? head.slice(1).split("`")[0] : stripped(head.split("(")[0]);
  if (!name) throw new FormulaError(HINT, model, 0);
  const at = (/** @type {string} */ word) => [...model.slice(0, Math.max(model.indexOf(word), 0))].length;
  if (!table.has(name)) {
    if (!/^\p{L}[\p{L}\p{N}_]*$/u.test(name.replace(/^_/, "a")) || FUNCTIONS.has(name) || REDUCTIONS.has(name)) {
      const reason = `in front of '~' stands a column, such as ${clipped(table.names[0])}, not a formula`;
      throw new FormulaError(reason, model, at(head[0]));
    }
    try {
      table.position(name);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new FormulaError(error.reason, model, at(name));
    }
  }
  if (!isQuoted && !isPlainName(name))
    throw new FormulaError(`write \`${clipped(name)}\`, with backquotes`, model, at(name));
  return name;
}

/**
 * What a model of many columns says: its word and where it stands, and the named columns with their places (null for
 * all that there are); null for any other model. Places count characters.
 * @param {string} model
 * @returns {{word: string, place: number, named: {name: string, place: number}[] | null} | null}
 */
export function ofColumns(model) {
  const after = tildeIn(model) + 1;
  const found = OF_COLUMNS.exec(model.slice(after));
  if (!found) return null;
  const [, word, columns] = found;
  const at = (/** @type {number} */ index) => [...model.slice(0, index)].length;
  const begin = model.indexOf(word, after);
  if (columns === undefined) return { word, place: at(begin), named: null };
  let place = model.indexOf("(", begin) + 1;
  const named = (columns.slice(1, -1).match(/(`[^`]*`|[^,`])+|(?<=^|,)(?=,|$)/g) ?? [""]).map((part) => {
    const where = at(place + part.length - part.trimStart().length);
    place += part.length + 1;
    const bare = stripped(part);
    const name = /^`.+`$/s.test(bare) ? bare.slice(1, -1) : bare;
    if (name) return { name, place: where };
    throw new FormulaError("a column is missing: name them with commas between, or none for all", model, where);
  });
  return { word, place: at(begin), named };
}

/**
 * Refuse a lone word that is neither a column nor a model, but spelled almost like one.
 * @param {string} model
 * @param {Table} table
 */
export function checkPredictor(model, table) {
  const place = tildeIn(model);
  const word = stripped(model.slice(place + 1).split("(")[0]);
  const isWord = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(word);
  const near = isWord && !table.has(word) ? nearest(word, MODEL.PREDICTORS) : undefined;
  if (!near || [...word].length <= MODEL.LONG || FUNCTIONS.has(word)) return;
  const reason = `there is no column and no model '${clipped(word)}': did you mean ${near}?`;
  throw new FormulaError(reason, model, [...model.slice(0, model.indexOf(word, place))].length);
}
