// @ts-check
/** What is fitted, and how, as the page's state has it and as it comes from outside. */
import { clipped, InputError } from "../language/errors.js";
import { USUAL } from "./fit/fit.js";
import { equalTables, Table, tableOf } from "./table.js";

/** @typedef {import("./fit/fit.js").DataSettings} DataSettings */

/**
 * What is fitted, from a state: its table is one already, or data for JSON; without one it is that of the page, if
 * its name says no other.
 * @param {any} data
 * @param {DataSettings | null} given with the page
 * @returns {DataSettings | null}
 */
export function dataOf(data, given) {
  if (!data) return null;
  const { table = null, source = null, ...settings } = data;
  if (!table && (!given || (source && source !== given.table.source))) {
    const which = source ? clipped(source) : "the table";
    throw new InputError(`this link has no table in it, because it is long: open ${which} first`);
  }
  const made = table instanceof Table ? table : table ? tableOf(table) : /** @type {DataSettings} */ (given).table;
  return { ...USUAL, ...settings, table: given && equalTables(made, given.table) ? given.table : made };
}

/**
 * Whether the same is fitted in the same way.
 * @param {DataSettings | null} one
 * @param {DataSettings | null} other
 */
export function equalData(one, other) {
  if (!one || !other) return one === other;
  const fields = /** @type {(keyof DataSettings)[]} */ ([
    "table",
    "loss",
    "scale",
    "batch",
    "order",
    "one",
    "dropMissing",
  ]);
  return fields.every((field) => one[field] === other[field]);
}
