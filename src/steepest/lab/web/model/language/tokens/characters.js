// @ts-check
/** Characters: white space, what can be printed, and what Unicode calls those that are refused. */
import { NAMES, SPACES, SUPER, TOKENS } from "../tables.js";

const WHITE = new Set(SPACES.split(" ").map((code) => String.fromCodePoint(Number.parseInt(code, 16))));
const RAISED = new Set(SUPER);
const LOOKALIKES = new Map(Object.entries(TOKENS.LOOKALIKES));
const REFUSED = new Map(Object.entries(TOKENS.REFUSED));

/** @param {string} character */
export function isSpace(character) {
  return WHITE.has(character);
}

/**
 * The character itself, a space for white space, or a replacement for what does not take exactly one column.
 * @param {string} character
 */
export function printable(character) {
  if (character >= " " && character <= "~") return character;
  if (isSpace(character)) return " ";
  return /[\p{C}\p{Z}\p{M}]/u.test(character) ? "\ufffd" : character;
}

/**
 * A text without white space at its ends.
 * @param {string} text
 */
export function stripped(text) {
  let start = 0;
  while (start < text.length && isSpace(text[start])) start++;
  return strippedEnd(text.slice(start));
}

/** @param {string} text */
export function strippedEnd(text) {
  let end = text.length;
  while (end && isSpace(text[end - 1])) end--;
  return text.slice(0, end);
}

/**
 * Why a character is refused, and what to type instead.
 * @param {string} character
 */
export function characterReason(character) {
  const known = REFUSED.get(character);
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  if (known) return known;
  if (character === ".") return "a '.' belongs to a number, such as 0.5; attribute access is not part of the language";
  if (/\p{Cs}/u.test(character)) return `half of a character (lone surrogate ${code}): the text was damaged on the way`;
  if (/\p{C}/u.test(character)) return `an invisible character (${code}): delete it`;
  if (/\p{M}/u.test(character)) return `a combining character (${code}): delete it`;
  const plain = /\p{Pd}/u.test(character)
    ? "-"
    : LOOKALIKES.get(character) || character.normalize("NFKC").replaceAll("⁄", "/");
  const readable = /^[A-Za-z0-9/]*[A-Za-z0-9][A-Za-z0-9/]*$/.test(plain) || OPERATORS.has(plain);
  const name = named(character);
  const advice = `: type ${RAISED.has(character) ? "^" : ""}${plain}`;
  return `'${character}'${name && ` is ${name}`} (${code})${
    readable ? advice : `${name && " and"} is not part of the language`
  }`;
}

const OPERATORS = new Set(TOKENS.OPERATORS.split(" "));

/** @type {Map<string, string> | undefined} */
let names;

/**
 * What Unicode calls a character of one of the named blocks; empty for any other.
 * @param {string} character
 */
function named(character) {
  names ??= new Map(
    Object.entries(NAMES).flatMap(([code, block]) => decoded(Number.parseInt(code.slice(2), 16), block)),
  );
  return names.get(character) ?? "";
}

/**
 * The characters of a block with their names, each written as the length of what it shares with the one in front, and
 * the rest.
 * @param {number} first
 * @param {string} block
 */
function decoded(first, block) {
  let name = "";
  return block.split(",").map((part, index) => {
    const rest = part.replace(/^\d+/, "");
    name = name.slice(0, Number.parseInt(part, 10)) + rest;
    return /** @type {[string, string]} */ ([String.fromCodePoint(first + index), name]);
  });
}
