// @ts-check
/** How the page says what is said elsewhere with the options of a command line: the port of `steepest.lab.wording`. */
import { WORDING } from "./shared.js";

const RULES = Object.entries(WORDING).map(([pattern, told]) => ({ pattern: new RegExp(pattern, "u"), told }));

/**
 * A sentence as the page says it.
 * @param {string} sentence
 */
export function pageWording(sentence) {
  return RULES.reduce((told, rule) => told.replace(rule.pattern, rule.told), sentence);
}

/**
 * Whether a sentence asks for the value of a name.
 * @param {string} sentence as it is said elsewhere
 */
export function asksForConstant(sentence) {
  return RULES[0].pattern.test(sentence);
}
