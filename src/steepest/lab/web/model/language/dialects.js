// @ts-check
/**
 * The functions and constants of other languages: other names of this language's functions, and formulas for further
 * ones.
 */
import { FUNCTIONS } from "./operations.js";
import { DIALECTS } from "./tables.js";

export const PREFIXES = new Set(DIALECTS.PREFIXES.split(" "));
export const SPELLINGS = new Map(Object.entries(DIALECTS.SPELLINGS));
/** Names of other languages that need no brackets around one argument: `arctan x`. */
export const BARE = new Set(DIALECTS.BARE.split(" "));
/** Formulas of this language for functions of others, such as `x: x^2`. */
export const READINGS = new Map(Object.entries(DIALECTS.READINGS).map(([word, texts]) => [word, texts.split("; ")]));
/** Why a function of other languages is refused. */
export const REASONS = new Map(
  Object.entries(DIALECTS.REASONS).flatMap(([reason, words]) =>
    words.split(" ").map((word) => /** @type {[string, string]} */ ([word, reason])),
  ),
);
const NOT_HERE = new Map(Object.entries(DIALECTS.NOT_HERE));
const LETTER_FUNCTIONS = new Map(Object.entries(DIALECTS.LETTER_FUNCTIONS));
export const CONSTANT_NAMES = new Map(Object.entries(DIALECTS.CONSTANTS));
const CONSTANTS_BEHIND_A_PREFIX = new Map(Object.entries(DIALECTS.CONSTANTS_BEHIND_A_PREFIX));

/**
 * The function of another language's name, in any case: a key of `FUNCTIONS` or of `READINGS`; undefined if there is
 * none.
 * @param {string} word
 */
export function spelled(word) {
  if (NOT_HERE.has(word)) return undefined;
  return [word, word.toLowerCase()]
    .map((each) => SPELLINGS.get(each) ?? each)
    .find((name) => FUNCTIONS.has(name) || READINGS.has(name));
}

/**
 * Why a word in front of brackets is refused; empty if it is not in the tables.
 * @param {string} word
 */
export function dialectReason(word) {
  const reason = REASONS.get(word.toLowerCase());
  const known = NOT_HERE.get(word) ?? LETTER_FUNCTIONS.get(word);
  return known ?? (reason ? `there is no function '${word}': ${reason}` : "");
}

/**
 * The constant that another language calls so; undefined if there is none.
 * @param {string} word
 * @param {boolean} prefixed whether a library's name stands in front, as in `Math.E`
 */
export function constantSpelled(word, prefixed) {
  return (prefixed ? CONSTANTS_BEHIND_A_PREFIX : CONSTANT_NAMES).get(word);
}
