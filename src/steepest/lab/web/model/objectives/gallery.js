// @ts-check
/** The gallery: test functions as data. */
import { GROUPS, GALLERY as TABLE } from "./tables.js";

/** @typedef {{position: number[], value: number}} Point */
/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {string} title
 * @property {string} formula
 * @property {string[]} names the parameters in order
 * @property {[number, number][]} view the interval of each parameter that a picture shows first
 * @property {number[]} start
 * @property {number} lr a learning rate that works for plain gradient descent
 * @property {Point[]} minima
 * @property {Point[]} localMinima minima that are higher than the lowest
 * @property {Point[]} saddles
 * @property {string} description
 */

/** The functions by name. @type {Map<string, Entry>} */
export const GALLERY = new Map(
  Object.entries(TABLE).map(([name, { names, view, minima, localMinima, saddles, ...entry }]) => [
    name,
    {
      ...entry,
      name,
      names: names.split(" "),
      view: rows(view).map(([low, high]) => /** @type {[number, number]} */ ([low, high])),
      minima: points(minima),
      localMinima: points(localMinima),
      saddles: points(saddles),
    },
  ]),
);

/** What functions have in common, and those functions. @type {{title: string, entries: Entry[]}[]} */
export const GALLERY_GROUPS = [];
for (const entry of GALLERY.values()) {
  const title = /** @type {Record<string, string>} */ (GROUPS)[entry.name];
  if (title) GALLERY_GROUPS.push({ title, entries: [] });
  GALLERY_GROUPS[GALLERY_GROUPS.length - 1].entries.push(entry);
}

/**
 * Rows of numbers.
 * @param {string} text
 */
function rows(text) {
  const parts = text.split("; ").filter(Boolean);
  return parts.map((row) => row.split(" ").map(Number));
}

/**
 * Positions, each with the value there behind it.
 * @param {string} text
 * @returns {Point[]}
 */
function points(text) {
  return rows(text).map((row) => ({ position: row.slice(0, -1), value: row[row.length - 1] }));
}
