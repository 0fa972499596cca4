// @ts-check
/** How similar two words are, by their matching blocks (Ratcliff and Metzener, 1988), as in Python's `difflib`. */
import { SUGGESTIONS } from "./tables.js";

const { LEAST } = SUGGESTIONS;
const LONG = 200; // letters: in longer words frequent letters are left out, where blocks begin

/**
 * The choice that a misspelled word most likely meant; undefined if no choice is similar.
 * @param {string} word
 * @param {Iterable<string>} choices
 * @returns {string | undefined}
 */
export function nearest(word, choices) {
  const lower = [...word.toLowerCase()];
  const places = placesOf(lower);
  let best = LEAST;
  /** @type {string | undefined} */
  let found;
  for (const choice of choices) {
    const letters = [...choice];
    if (bound(letters, lower) < best || common(letters, lower) < best) continue;
    const ratio = share(matches(letters, lower, places), letters, lower);
    if (ratio > best || (ratio === best && (found === undefined || choice > found))) {
      best = ratio;
      found = choice;
    }
  }
  return found;
}

/**
 * The share of two words that so many matching letters are.
 * @param {number} count
 * @param {string[]} a
 * @param {string[]} b
 */
function share(count, a, b) {
  return a.length + b.length ? (2 * count) / (a.length + b.length) : 1;
}

/**
 * The largest share that words of these lengths can have.
 * @param {string[]} a
 * @param {string[]} b
 */
function bound(a, b) {
  return share(Math.min(a.length, b.length), a, b);
}

/**
 * The share of the letters that both words have, in any order.
 * @param {string[]} a
 * @param {string[]} b
 */
function common(a, b) {
  /** @type {Map<string, number>} */
  const left = new Map();
  for (const letter of b) left.set(letter, (left.get(letter) ?? 0) + 1);
  const both = a.filter((letter) => {
    const count = left.get(letter) ?? 0;
    left.set(letter, count - 1);
    return count > 0;
  });
  return share(both.length, a, b);
}

/**
 * The places of each letter of a word.
 * @param {string[]} word
 */
function placesOf(word) {
  /** @type {Map<string, number[]>} */
  const places = new Map();
  word.forEach((letter, place) => {
    const known = places.get(letter);
    if (known) known.push(place);
    else places.set(letter, [place]);
  });
  const most = word.length < LONG ? Number.POSITIVE_INFINITY : Math.floor(word.length / 100) + 1;
  for (const [letter, found] of places) if (found.length > most) places.delete(letter);
  return places;
}

/**
 * How many letters are in matching blocks: the longest one, and those on both of its sides.
 * @param {string[]} a
 * @param {string[]} b
 * @param {Map<string, number[]>} places of the letters of `b`
 */
function matches(a, b, places) {
  let count = 0;
  const waiting = [[0, a.length, 0, b.length]];
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    const [aLow, aHigh, bLow, bHigh] = part;
    const [i, j, size] = longestBlock(a, b, places, part);
    if (!size) continue;
    count += size;
    if (aLow < i && bLow < j) waiting.push([aLow, i, bLow, j]);
    if (i + size < aHigh && j + size < bHigh) waiting.push([i + size, aHigh, j + size, bHigh]);
  }
  return count;
}

/**
 * The longest block that two parts of words have in common, the first of several: its places and its length.
 * @param {string[]} a
 * @param {string[]} b
 * @param {Map<string, number[]>} places
 * @param {number[]} part
 */
function longestBlock(a, b, places, [aLow, aHigh, bLow, bHigh]) {
  let [first, second, size] = [aLow, bLow, 0];
  /** @type {Map<number, number>} */
  let lengths = new Map();
  for (let i = aLow; i < aHigh; i++) {
    /** @type {Map<number, number>} */
    const longer = new Map();
    for (const j of places.get(a[i]) ?? []) {
      if (j < bLow) continue;
      if (j >= bHigh) break;
      const length = (lengths.get(j - 1) ?? 0) + 1;
      longer.set(j, length);
      if (length > size) [first, second, size] = [i - length + 1, j - length + 1, length];
    }
    lengths = longer;
  }
  while (first > aLow && second > bLow && a[first - 1] === b[second - 1])
    [first, second, size] = [first - 1, second - 1, size + 1];
  while (first + size < aHigh && second + size < bHigh && a[first + size] === b[second + size]) size++;
  return [first, second, size];
}
