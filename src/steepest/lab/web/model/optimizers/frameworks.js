// @ts-check
/** How PyTorch, optax and Keras name the zoo's optimizers and hyperparameters. */

import { clipped, InputError } from "../language/errors.js";
import { stripped } from "../language/tokens/characters.js";
import { FRAMEWORKS } from "./tables.js";

const PREFIXES = new Set(FRAMEWORKS.PREFIXES.split(" "));
const NAMES = new Map(Object.entries(FRAMEWORKS.NAMES));
const OTHERWISE_IN_OPTAX = new Map(Object.entries(FRAMEWORKS.OTHERWISE_IN_OPTAX));
const VARIANTS = new Map(Object.entries(FRAMEWORKS.VARIANTS));
const HYPERPARAMETERS = new Map(
  Object.entries(FRAMEWORKS.HYPERPARAMETERS).map(([name, ours]) => [name, ours.split(" ")]),
);
const NOTHING = new Set(FRAMEWORKS.NOTHING.split(" "));
const OTHER_ARGUMENTS = new Set(FRAMEWORKS.OTHER_ARGUMENTS.split(" "));

/**
 * The zoo's name of an optimizer by a name that is common elsewhere, such as `SGD` or `torch.optim.RMSprop`; undefined
 * if there is none.
 * @param {string} written the name as it was typed
 * @param {string[]} zoo the zoo's names
 */
export function zooName(written, zoo) {
  const dot = written.lastIndexOf(".");
  const prefix = dot < 0 ? "" : written.slice(0, dot);
  const word = written.slice(dot + 1);
  if (!/^[A-Za-z][\p{L}\p{N}_ '-]*$/u.test(word) || (prefix && !PREFIXES.has(prefix))) return undefined;
  const otherwise = prefix === "optax" && OTHERWISE_IN_OPTAX.get(word);
  if (otherwise) {
    const ours = zoo.includes(word) ? `write ${word} for PyTorch's` : "write noisy_gd for a constant temperature";
    throw new InputError(`optax's ${word} ${otherwise}, and the zoo has none that does: ${ours}`);
  }
  if (zoo.includes(word)) return word;
  const squeezed = word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return NAMES.get(squeezed) ?? zoo.find((name) => name.replaceAll("_", "") === squeezed);
}

/**
 * The zoo's optimizer and hyperparameters for the arguments of other libraries.
 * @param {string} written the zoo's name of the optimizer
 * @param {Map<string, string>} words hyperparameters as text, by the names of any library
 * @param {(name: string) => string[]} hyperparameters those of an optimizer of the zoo
 * @returns {[string, Map<string, string>]}
 */
export function translateArguments(written, words, hyperparameters) {
  const settings = new Map(words);
  let name = written;
  for (const [key, variant] of VARIANTS) {
    const [plain, argument] = key.split(" ");
    const value = settings.get(argument);
    if (name !== plain || value === undefined || hyperparameters(name).includes(argument)) continue;
    const chosen = !NOTHING.has(value);
    if (argument !== "momentum" || !chosen) settings.delete(argument);
    if (chosen) name = variant;
  }
  const known = hyperparameters(name);
  for (const [argument, value] of [...settings]) {
    if (known.includes(argument)) continue;
    const ours = HYPERPARAMETERS.get(argument) ?? [];
    if (ours.length && ours.every((word) => known.includes(word))) {
      settings.delete(argument);
      add(settings, argument, ours, value);
    } else if (OTHER_ARGUMENTS.has(argument) && NOTHING.has(value)) settings.delete(argument);
    else if (OTHER_ARGUMENTS.has(argument)) {
      const decay = "add the decay to the function, such as + 0.01*x^2/2";
      const advice = argument === "weight_decay" ? decay : "leave it out, or write the equations";
      throw new InputError(`the zoo's ${name} has no ${argument}: ${advice}`);
    }
  }
  return [name, settings];
}

/**
 * Put the value of another library's argument under our names; `betas=(0.9, 0.999)` has two.
 * @param {Map<string, string>} settings
 * @param {string} argument
 * @param {string[]} ours
 * @param {string} value
 */
function add(settings, argument, ours, value) {
  const values = ours.length > 1 ? withoutBrackets(stripped(value)).split(",").map(stripped) : [value];
  if (values.length !== ours.length)
    throw new InputError(`${argument} is a pair of numbers, such as ${argument}=(0.9, 0.999), not ${clipped(value)}`);
  ours.forEach((word, index) => {
    if (settings.has(word)) throw new InputError(`the hyperparameter '${word}' is set twice, as ${argument} too`);
    settings.set(word, values[index]);
  });
}

/**
 * A text without brackets at its ends.
 * @param {string} text
 */
function withoutBrackets(text) {
  const bare = text.replace(/^[()[\]]+/, "");
  let end = bare.length;
  while (end && "()[]".includes(bare[end - 1])) end--;
  return bare.slice(0, end);
}
