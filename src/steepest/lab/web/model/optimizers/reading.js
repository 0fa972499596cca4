// @ts-check
/** Text -> optimizer: a name of the zoo with its settings, or equations of the user's own. */

import { clipped, FormulaError, grouped, InputError } from "../language/errors.js";
import { number, postorder } from "../language/expression.js";
import { readAssignments } from "../language/grammar.js";
import { plain } from "../language/notation/notation.js";
import { nearest } from "../language/similarity.js";
import { stripped } from "../language/tokens/characters.js";
import { translateArguments, zooName } from "./frameworks.js";
import { GIVEN, hessianMistake, OptimizerText } from "./optimizer.js";
import { readArguments, readSetting } from "./settings.js";
import { READING, ZOO } from "./tables.js";

/** @typedef {import("../language/expression.js").Expression} Expression */
/** @typedef {Map<string, Expression>} Settings */

/** @type {Map<string, {equations: string, defaults: Record<string, number>}>} */
const OPTIMIZERS = new Map(Object.entries(ZOO));
const LIBRARIES = READING.LIBRARIES.split(" "); // whose optimizers Python runs
const FROM_OBJECTIVE = READING.FROM_OBJECTIVE.split(" "); // hyperparameters that the objective has values for

/**
 * The optimizer that a text describes.
 * @param {string} text a name of the zoo, perhaps with settings, or equations separated by `;` or newlines
 * @param {Settings} [given] settings of this optimizer
 * @param {Settings} [offered] settings that apply only if the equations use the name and nothing else sets it
 */
function readOptimizer(text, given = new Map(), offered = new Map()) {
  const length = [...text].length;
  if (isPrefixed(text))
    throw new InputError("this runs equations, and the optimizers of other libraries have none: take one of the zoo");
  if (length > READING.LONGEST)
    throw new InputError(`the optimizer has ${grouped(length)} characters and may have ${grouped(READING.LONGEST)}`);
  const { found, settings } = named(text, given) ?? {
    found: readEquations(text, new Set([...given.keys(), ...offered.keys()])),
    settings: given,
  };
  const { hyperparameters } = found;
  const all = new Map([...[...offered].filter(([name]) => hyperparameters.includes(name)), ...settings]);
  for (const name of all.keys()) {
    if (hyperparameters.includes(name)) continue;
    const near = nearest(name, hyperparameters);
    const hint = near ? `did you mean ${near}?` : `it has ${hyperparameters.join(", ") || "none"}`;
    throw new InputError(`the optimizer '${found.name}' has no hyperparameter '${clipped(name)}': ${hint}`);
  }
  return found.with({ settings: all });
}

/**
 * The optimizer that the page means: in equations, a name that is a hyperparameter of the zoo takes the value that most
 * of the zoo's optimizers give it, unless the settings or the objective give it another.
 * @param {string} text
 * @param {Record<string, number | string>} [settings]
 */
export function readPageOptimizer(text, settings = {}) {
  const given = new Map(Object.entries(settings).map(([name, value]) => [name, readSetting(name, value)]));
  return readOptimizer(text, given, text.split("(")[0].includes("=") ? zooHyperparameters() : undefined);
}

/**
 * Whether a text names an optimizer of another library, such as `torch:Adam`, perhaps a misspelled one.
 * @param {string} text
 */
function isPrefixed(text) {
  const colon = text.indexOf(":");
  const library = stripped(text.slice(0, Math.max(colon, 0)));
  if (LIBRARIES.includes(library)) return true;
  if (!/^[A-Za-z_][\p{L}\p{N}_]*$/u.test(library)) return false;
  const rest = stripped(stripped(text.slice(colon + 1)).replace(/^[\p{L}\p{N}_.-]+/u, ""));
  return !rest || (rest.length > 1 && rest.startsWith("(") && rest.endsWith(")"));
}

/**
 * The zoo's optimizer of a name with its settings, which may have the names of other libraries; undefined for
 * equations.
 * @param {string} text
 * @param {Settings} given
 */
function named(text, given) {
  const whole = stripped(text);
  const bracket = whole.indexOf("(");
  const head = bracket < 0 ? whole : whole.slice(0, bracket);
  const rest = bracket < 0 ? "" : whole.slice(bracket + 1);
  const word = stripped(head);
  if (bracket >= 0 && !rest.endsWith(")")) return undefined;
  const known = [...head].length <= READING.LONGEST_NAME ? zooName(word, [...OPTIMIZERS.keys()]) : undefined;
  if (!known && !/^[A-Za-z_][\p{L}\p{N}_.]*$/u.test(word)) return undefined;
  const { found, settings, renamed } = zooOptimizer(known ?? word, rest.replace(/\)$/, ""), given);
  return { found: found.with({ typed: word === found.name && !renamed ? "" : whole }), settings };
}

/**
 * The zoo's optimizer of a name, its settings, and whether some have other names here than where they were typed.
 * @param {string} name
 * @param {string} text of the arguments
 * @param {Settings} given
 */
function zooOptimizer(name, text, given) {
  zooEntry(name);
  const typed = readArguments(text);
  const words = new Map(typed);
  for (const [key, value] of given) words.set(key, plain(value));
  const [chosen, kept] = translateArguments(name, words, (word) => zooEntry(word).hyperparameters);
  const settings = new Map([...kept].map(([key, value]) => [key, given.get(key) ?? readSetting(key, value)]));
  const renamed = [...kept.keys()].some((key) => !typed.has(key) && !given.has(key));
  return { found: zooEntry(chosen), settings, renamed };
}

/**
 * A custom optimizer from its equations.
 * @param {string} text
 * @param {Set<string>} hyperparameters
 */
function readEquations(text, hyperparameters) {
  const word = /^([A-Za-z_][\p{L}\p{N}_.]*)(?![\p{L}\p{N}_.]|\s*=)/u.exec(stripped(text))?.[1];
  if (word && zooName(word, [...OPTIMIZERS.keys()]))
    throw new InputError(
      `'${clipped(stripped(text))}' is no optimizer: write ${word}, or ${word}(name=value) with a bracket at the end`,
    );
  const texts = text
    .split(/[;\n]/)
    .map(stripped)
    .filter((part) => part);
  if (!texts.length)
    throw new InputError("an optimizer is a name such as adam, or equations such as theta = theta - lr*g");
  if (texts.length > READING.MOST_EQUATIONS)
    throw new InputError(`the optimizer has ${grouped(texts.length)} equations and may have ${READING.MOST_EQUATIONS}`);
  const equations = assignments(texts, [...new Set([...GIVEN, ...FROM_OBJECTIVE, ...[...hyperparameters].sort()])]);
  equations.forEach(([name, expression], index) => {
    const fail = (/** @type {string} */ reason, place = 0) => {
      throw new FormulaError(reason, texts[index], place, `equation ${index + 1}`);
    };
    const mistake = hessianMistake(postorder(expression));
    if (mistake) fail(mistake, hessianPlace(texts[index]));
    if (GIVEN.includes(name) && name !== "theta") fail(`'${name}' is given at every step: assign another name`);
    if (hyperparameters.has(name) || FROM_OBJECTIVE.includes(name))
      fail(`'${name}' is a hyperparameter: assign another name`);
  });
  if (equations.every(([name]) => name !== "theta")) {
    const reason = "no equation moves theta: end with theta = theta - ...";
    throw new FormulaError(reason, texts[texts.length - 1], 0, `equation ${texts.length}`);
  }
  return new OptimizerText("custom", equations);
}

/**
 * Where `H` or `solve` stands in an equation; 0 if neither does.
 * @param {string} text
 */
function hessianPlace(text) {
  const found = /(?<![\p{L}\p{N}_])(?:H|solve)(?![\p{L}\p{N}_])/u.exec(text);
  return found ? [...text.slice(0, found.index)].length : 0;
}

/**
 * The equations; an error about an unknown name tells how to set one that may be meant as a hyperparameter.
 * @param {string[]} texts
 * @param {string[]} known
 */
function assignments(texts, known) {
  try {
    return readAssignments(texts, known);
  } catch (error) {
    throw error instanceof FormulaError ? withHint(error) : error;
  }
}

/** @param {FormulaError} error */
function withHint(error) {
  const unknown = /^unknown name '([\p{L}\p{N}_]+)': (did you mean .*)?/u.exec(error.reason);
  if (!unknown) return error;
  const [, word, near] = unknown;
  // The name beta is not a misspelled theta.
  const isDefault = [...OPTIMIZERS.values()].some(({ defaults }) => Object.hasOwn(defaults, word));
  const hint = `give it a value: ${word} = 0.9 as an equation before this one, --set ${word}=0.9 or optimizer(..., ${word}=0.9)`;
  const way = near && !isDefault ? `${near} Else ${hint}` : hint;
  return new FormulaError(`unknown name '${word}': ${way}`, error.text, error.position, error.where);
}

/** @type {Map<string, OptimizerText>} */
const entries = new Map();

/**
 * The zoo's optimizer of that name.
 * @param {string} name
 */
function zooEntry(name) {
  const known = entries.get(name);
  if (known) return known;
  const entry = OPTIMIZERS.get(name);
  if (!entry) {
    const near = nearest(name, OPTIMIZERS.keys());
    const hint = near ? `did you mean ${near}?` : "see: steepest list optimizers";
    throw new InputError(`there is no optimizer '${clipped(name)}': ${hint}`);
  }
  const defaults = Object.entries(entry.defaults);
  const names = [...GIVEN, ...FROM_OBJECTIVE, ...defaults.map(([key]) => key)];
  const equations = readAssignments(entry.equations.split("; "), names);
  const found = new OptimizerText(name, equations, new Map(defaults.map(([key, value]) => [key, number(value)])));
  entries.set(name, found);
  return found;
}

/** Every hyperparameter of the zoo but the learning rate, with its most frequent default. */
function zooHyperparameters() {
  /** @type {Map<string, number[]>} */
  const values = new Map();
  for (const { defaults } of OPTIMIZERS.values())
    for (const [name, value] of Object.entries(defaults)) values.set(name, [...(values.get(name) ?? []), value]);
  values.delete("lr");
  return new Map([...values].map(([name, found]) => [name, number(mostFrequent(found))]));
}

/**
 * The first of the values that occur most often.
 * @param {number[]} values
 */
function mostFrequent(values) {
  const count = (/** @type {number} */ value) => values.filter((each) => each === value).length;
  return values.reduce((best, value) => (count(value) > count(best) ? value : best));
}
