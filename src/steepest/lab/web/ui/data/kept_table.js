// @ts-check
/**
 * A table that is too long for the page's address: the browser keeps it for a reload of the same tab, and nobody else
 * sees it.
 */
import { grouped } from "../../model/language/errors.js";
import { missingInLink } from "../../model/state.js";

/** @typedef {import("../../model/data/table.js").Table} Table */

const KEY = "steepest-table";
const MOST = 150_000; // cells: a browser keeps about five million characters
export const FORGOTTEN = `A reload forgets a table of more than ${grouped(MOST)} cells: save the page as HTML to keep it.`;

/**
 * Whether a table is too long to be kept.
 * @param {Table} table
 */
export function isTooLong({ rows, names }) {
  return rows * names.length > MOST;
}

export class KeptTable {
  /** The last one that was kept. @type {Table | null} */
  table = null;
  /** By which the entry of the browser's history knows it; empty where it was not kept. */
  name = "";

  /**
   * Keep the table of a state, where its address and the page itself do not have it.
   * @param {import("../../model/state.js").State} state
   * @param {Table | null} given with the page
   * @returns {string} its name; empty where nothing was kept
   */
  keep(state, given) {
    const table = /** @type {Table | null} */ (state.data?.table ?? null);
    if (!table || table === given || isTooLong(table) || !missingInLink(state)) return "";
    if (table === this.table) return this.name;
    this.table = table;
    const name = crypto.randomUUID?.() ?? String(Math.random());
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ name, table }));
      this.name = name;
    } catch {
      this.name = ""; // full, or refused
    }
    return this.name;
  }

  /**
   * The table of this name, as data for JSON; null where there is none.
   * @param {string | undefined} name
   */
  recall(name) {
    if (!name) return null;
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
      return kept?.name === name ? kept.table : null;
    } catch {
      return null;
    }
  }
}
