// @ts-check
/** Text -> objective: a formula, or a function of the gallery by its name, with what the gallery knows about it. */

import { derivative } from "../language/algebra/derivative.js";
import { FormulaError, InputError } from "../language/errors.js";
import { names as namesIn } from "../language/expression.js";
import { readFormula } from "../language/grammar.js";
import { latex } from "../language/notation/latex.js";
import { plain } from "../language/notation/notation.js";
import { nearest } from "../language/similarity.js";
import { TOKENS } from "../language/tables.js";
import { isSpace, stripped } from "../language/tokens/characters.js";
import { GREEK, natural } from "../language/tokens/tokens.js";
import { asInputs, asNames, closed, constantsOf } from "./constants.js";
import { Domain } from "./domain.js";
import { GALLERY } from "./gallery.js";
import { FORMULA } from "./tables.js";

/** @typedef {import("../language/expression.js").Expression} Expression */
/** @typedef {import("./domain.js").View} View */
/** @typedef {import("./gallery.js").Entry} Entry */

const { DEFAULT_LR, DEFAULT_VIEW } = FORMULA;
const OPTION = /^(?:--|-[ho][\p{L}\p{N}_]*$)/u; // formulas that a command line takes for options
/** The gallery by formula and parameters; of two entries with the same formula the first. @type {Map<string, Entry>} */
const SAME = new Map([...GALLERY.values()].reverse().map((entry) => [keyOf(entry.formula, entry.names), entry]));

/** A formula to minimize. */
export class Formula {
  /**
   * @param {Expression} expression
   * @param {string[]} names the parameters in order
   * @param {Entry | null} entry the gallery's, if it was asked for by name
   * @param {string} typed the text it was read from
   * @param {Map<string, Expression>} constants the values of names that are no parameters
   */
  constructor(expression, names, entry = null, typed = "", constants = new Map()) {
    /** The formula with the names of constants. */
    this.named = expression;
    /** The same with their values. */
    this.expression = constants.size ? closed(expression, constants) : expression;
    this.names = names;
    this.entry = entry;
    this.typed = typed;
    /** The values of the constants that occur. @type {Record<string, number>} */
    this.constants = Object.fromEntries(
      [...namesIn(expression)]
        .filter((word) => constants.has(word))
        .sort(natural)
        .map((word) => [word, /** @type {Expression} */ (constants.get(word)).value]),
    );
    /** The formula as it is compiled, and the names of the constants that are inputs of its tape. */
    this.compiled = asInputs(expression, constants);
    /** The formula in plain text that reads back. */
    this.text = plain(expression);
    /** The gallery's entry with the same formula, whose minima are this objective's. */
    this.known = entry ?? SAME.get(keyOf(constants.size ? plain(this.expression) : this.text, names)) ?? null;
  }

  /** Text that reads back to the same objective, its parameters and their order included. */
  get definition() {
    const { constants, named, names, text, typed } = this;
    const sorted = [...namesIn(named)].filter((word) => !Object.hasOwn(constants, word)).sort(natural);
    const bare = keyOf("", sorted) === keyOf("", names) && !isWord(text) && !OPTION.test(text);
    const whole = bare ? text : `f(${names.join(", ")}) = ${text}`;
    return [...whole].length <= TOKENS.LONGEST ? whole : stripped(typed) || whole.replaceAll(" ", "");
  }

  get title() {
    return this.entry?.title ?? this.text;
  }

  get latex() {
    return latex(this.named);
  }

  /** The partial derivatives in textbook form. */
  get derivatives() {
    return this.names.map((name) => derivative(this.named, name));
  }

  /** The formula in plain text if that differs from what was typed, or if E or I is a parameter; else null. */
  get readAs() {
    const { names, text, typed } = this;
    const letters = names.filter((name) => name === "E" || name === "I");
    if (!typed) return null;
    if (letters.length && !/^\s*[\p{L}\p{N}_]+\s*\([^()=]*\)\s*=/u.test(typed)) {
      const told = letters.map((name) => (name === "E" ? "E is a parameter: Euler's number is e" : "I is a parameter"));
      return `f(${names.join(", ")}) = ${text}, where ${told.join(" and ")}`;
    }
    const signs = [...typed].filter((sign) => !isSpace(sign)).join("");
    const given = signs.replaceAll("**", "^").replace(/^\uFEFF+/, "");
    const written = text.replaceAll(" ", "");
    return given === written || given.endsWith(`=${written}`) ? null : text;
  }

  /** The interval of each parameter that a picture shows first. @returns {View} */
  get view() {
    return this.entry?.view ?? this.names.map(() => /** @type {[number, number]} */ ([...DEFAULT_VIEW]));
  }

  /** Values for hyperparameters that nobody set: a learning rate and the least value. */
  get hyperparameters() {
    const values = (this.known?.minima ?? []).map(({ value }) => value);
    return { lr: this.entry?.lr ?? DEFAULT_LR, f_star: values.length ? Math.min(...values) : 0 };
  }

  /** Where runs start: the gallery's start, else a seeded point of the domain, else the middle of the view. */
  get start() {
    if (this.entry) return this.entry.start;
    const found = new Domain(this.expression, this.names).random(this.view, 0);
    return found ?? this.view.map(([low, high]) => (low + high) / 2);
  }
}

/**
 * The objective that a text describes.
 * @param {string} text `rosenbrock`, `2x^2 - 4x`, or `f(w, b) = (3w + b - 1)^2`, which names the parameters in order
 * @param {Record<string, number>} [given] the values of constants; a function of the gallery has none
 */
export function readObjective(text, given = {}) {
  const name = stripped(text);
  const entry = GALLERY.get(name);
  if (entry) return new Formula(readFormula(entry.formula).expression, entry.names, entry);
  const near = misspelled(name);
  if (near) {
    const reason = `there is no function '${name}' in the gallery: did you mean ${near}?`;
    const first = [...text].findIndex((sign) => !isSpace(sign));
    throw new FormulaError(new InputError(reason).reason, text, first);
  }
  const constants = constantsOf(text, given);
  const { expression, names } = readFormula(text, constants);
  return new Formula(
    constants.size ? readFormula(text, asNames(constants)).expression : expression,
    names,
    null,
    text,
    constants,
  );
}

/**
 * Whether a text is the name of a function of the gallery, perhaps misspelled.
 * @param {string} text
 */
function isWord(text) {
  return GALLERY.has(text) || misspelled(text) !== undefined;
}

/**
 * The function of the gallery that a lone word most likely meant, which would else be read as a parameter.
 * @param {string} word
 */
function misspelled(word) {
  const isOne = [...word].length > 2 && /^\p{L}[\p{L}\p{N}_]*$/u.test(word) && !GREEK.has(word);
  const spaced = [...word.toLowerCase()].map((sign) => (sign === "-" || isSpace(sign) ? " " : sign)).join("");
  const joined = spaced.split(" ").filter(Boolean).join("_");
  if (GALLERY.has(joined) && joined !== word) return joined;
  return isOne ? nearest(word, GALLERY.keys()) : undefined;
}

/**
 * @param {string} text
 * @param {string[]} names
 */
function keyOf(text, names) {
  return JSON.stringify([text, ...names]);
}
