// @ts-check
/** Counts and lists in sentences, as Python writes them. */
import { clipped, grouped } from "../language/errors.js";

/**
 * A count with its noun.
 * @param {number} count
 * @param {string} noun
 */
export function counted(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Words for a sentence, of which the last may be a number of further ones.
 * @param {string[]} words
 * @param {number} most how many are named
 * @param {number} [count] of all words, if only the first are given
 */
export function listed(words, most, count = 0) {
  const all = Math.max(count, words.length);
  const named = words.slice(0, most).map((word) => clipped(word));
  if (all > named.length) named.push(`${grouped(all - named.length)} more`);
  return [...(named.length > 1 ? [named.slice(0, -1).join(", ")] : []), ...named.slice(-1)].join(" and ");
}
