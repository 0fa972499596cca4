// @ts-check
/** What was most likely meant: misspelled names, functions of other languages, products without a sign. */
import { READINGS, REASONS, SPELLINGS } from "./dialects.js";
import { clipped, grouped } from "./errors.js";
import { FUNCTIONS, REDUCTIONS } from "./operations.js";
import { nearest } from "./similarity.js";
import { SUGGESTIONS } from "./tables.js";
import { GREEK } from "./tokens/tokens.js";

const SIGNATURES = new Map(Object.entries(SUGGESTIONS.SIGNATURES));
const SINGLE = ["ln", ...[...FUNCTIONS].filter(([, { arity }]) => arity === 1).map(([word]) => word)].sort(byLength);

/**
 * The longer word first.
 * @param {string} a
 * @param {string} b
 */
function byLength(a, b) {
  return b.length - a.length;
}

/**
 * A call of a function, such as `atan2(y, x)`.
 * @param {string} word
 */
export function signature(word) {
  if (REDUCTIONS.has(word)) return `${word}(w*x)`;
  return SIGNATURES.get(word) ?? (FUNCTIONS.get(word)?.arity === 2 ? `${word}(a, b)` : `${word}(x)`);
}

/**
 * The first names of many for a sentence.
 * @param {string[]} words
 * @param {number} [most]
 */
export function listed(words, most = 8) {
  const shown = words.slice(0, most).map(clipped).join(", ");
  return words.length > most ? `${shown} and ${grouped(words.length - most)} more` : shown;
}

/**
 * Whether another language has a function with that name.
 * @param {string} word
 */
export function isElsewhere(word) {
  const lower = word.toLowerCase();
  return SPELLINGS.has(lower) || READINGS.has(lower) || REASONS.has(lower);
}

/**
 * How to write another language's function here.
 * @param {string} word
 */
function otherLanguage(word) {
  const lower = word.toLowerCase();
  const reason = REASONS.get(lower);
  const spelling = SPELLINGS.get(lower);
  if (reason) return `there is no function '${word}': ${reason}`;
  const ours = spelling ? signature(spelling) : READINGS.get(lower)?.at(-1)?.split(": ")[1];
  return `${word} needs its arguments in brackets: write ${ours}`;
}

/**
 * The sentence about an unknown function, and whether it suggests another one.
 * @param {string} word
 * @param {string[]} functions
 * @returns {[string, boolean]}
 */
export function noFunction(word, functions) {
  const head = [...functions].sort(byLength).find((name) => word.endsWith(name) && word !== name);
  const near = nearest(word, functions);
  const base = /^log_?(\d+)$/.exec(word);
  if (base) return [`there is no function '${clipped(word)}': write log(x)/log(${clipped(base[1])})`, true];
  if (isElsewhere(word)) return [otherLanguage(word), true];
  if (head && (word.length - head.length === 1 || !near))
    return [`adjacent letters are one name: write ${clipped(word.slice(0, -head.length))}*${head}(...)`, true];
  const shown = clipped(word);
  if (near) return [`there is no function '${shown}': did you mean ${near}?`, true];
  return [`there is no function '${shown}': write ${shown}*(...) if it is a parameter`, false];
}

/**
 * The sentence about an unknown name.
 * @param {string} word
 * @param {string[]} known
 */
export function unknownName(word, known) {
  const near = nearest(word, known);
  if (near) return `unknown name '${clipped(word)}': did you mean ${near}?`;
  return `unknown name '${clipped(word)}': ${known.length ? `known are ${known.join(", ")}` : "write a number"}`;
}

/**
 * The known names that a word is composed of; empty if it is not.
 * @param {string} word
 * @param {Iterable<string>} known
 * @returns {string[]}
 */
export function split(word, known) {
  if (word.length < 2 || GREEK.has(word)) return [];
  const ordered = [...known].sort();
  /** @type {(string[] | undefined)[]} */
  const parts = [[]]; // for the first 0, 1, 2, ... letters of the word
  for (let end = 1; end <= word.length; end++) {
    for (const name of ordered) {
      const before = end < name.length ? undefined : parts[end - name.length];
      if (before && word.startsWith(name, end - name.length)) {
        parts[end] = [...before, name];
        break;
      }
    }
  }
  return parts[word.length] ?? [];
}

/**
 * The call that was written without brackets and space, such as `sin(2x)` for `sin2x`; empty for any other word.
 * @param {string} word
 */
export function fused(word) {
  const head = SINGLE.find((each) => word.startsWith(each) && isTerm(word.slice(each.length)));
  return head && head !== word ? `${head}(${word.slice(head.length)})` : "";
}

/**
 * Whether a text is digits, one letter that may be Greek, and digits, or some of these.
 * @param {string} text
 */
function isTerm(text) {
  const letters = text.replace(/^\d+/, "").replace(/\d+$/, "");
  return letters.length < 2 ? /^[A-Za-z]?$/.test(letters) : GREEK.has(letters);
}
