// @ts-check
/** The page's state as it comes in a link: packed, and checked field by field as Python does. */
import { FIELDS, STATE } from "./shared.js";

/**
 * @typedef {{schema: number, objective: string, start: number[], steps: number, seed: number, tol: number,
 *   gtol: number, optimizers: {text: string, settings: Record<string, number | string>}[], [name: string]: any}} State
 */

const { SCHEMA, LONGEST, MOST_PARAMETERS, MOST_OPTIMIZERS, LARGEST_SEED } = STATE;
const MOST_STEPS = 100_000; // a link's run is made at once, in the page
const STEPS = `a whole number from 0 to ${MOST_STEPS.toLocaleString("en-US")}`;

/**
 * The state as the fragment of an address.
 * @param {State} state
 */
export function toFragment(state) {
  const bytes = new TextEncoder().encode(JSON.stringify({ ...state, schema: SCHEMA }));
  return `#${btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "")}`;
}

/**
 * The state of a fragment, or what is wrong with it; neither where there is no fragment.
 * @param {string} fragment
 * @returns {{state: State | null, fault: string}}
 */
export function fromFragment(fragment) {
  const packed = fragment.replace(/^#/, "");
  let state = null;
  try {
    const text = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    state = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(text, (character) => character.charCodeAt(0))),
    );
  } catch {
    return { state: null, fault: packed && "the link is damaged: copy it again, as a whole" };
  }
  const fault = faultOf(state);
  return fault ? { state: null, fault: `the link is damaged: ${fault}` } : { state, fault: "" };
}

/** @typedef {(value: any) => boolean} Test */
const isNumber = /** @type {Test} */ (Number.isFinite);
const isLength = /** @type {Test} */ ((value) => isNumber(value) && value >= 0);
const isWhole = (/** @type {number} */ most) =>
  /** @type {Test} */ ((value) => Number.isInteger(value) && value >= 0 && value <= most);
const isText = /** @type {Test} */ ((value) => typeof value === "string" && value.length <= LONGEST);
const isObject = /** @type {Test} */ ((value) => value !== null && typeof value === "object" && !Array.isArray(value));
const isList = (/** @type {number} */ most, /** @type {Test} */ test) =>
  /** @type {Test} */ ((value) => Array.isArray(value) && value.length <= most && value.every(test));
const isInterval = /** @type {Test} */ ((value) => isList(2, isNumber)(value) && value[0] < value[1]);
const all = (/** @type {Test} */ test) =>
  /** @type {Test} */ ((value) => isObject(value) && Object.values(value).every(test));
const isOneOf = (/** @type {any[]} */ ...words) => /** @type {Test} */ ((value) => words.includes(value));
const NEEDED = ["schema", "objective", "start", "steps", "seed", "optimizers"];
/** Whether a field has what belongs there. @type {Record<string, Test>} */
const TESTS = {
  schema: isOneOf(SCHEMA),
  objective: isText,
  start: (value) => isList(MOST_PARAMETERS, isNumber)(value) && value.length > 0,
  steps: isWhole(MOST_STEPS),
  seed: isWhole(LARGEST_SEED),
  optimizers: isList(MOST_OPTIMIZERS, () => true),
  tol: isLength,
  gtol: isLength,
  step: isWhole(MOST_STEPS),
  view: isOneOf("plane", "surface", "diagnosis"),
  zoom: (value) => value === null || isList(MOST_PARAMETERS, isInterval)(value),
  show: isList(MOST_OPTIMIZERS, isText),
  scale: isOneOf("auto", "linear", "log"),
  flags: all(isList(MOST_OPTIMIZERS, isText)),
  ranges: all(isInterval),
};
/** What belongs in each field. @type {Record<string, string>} */
const TEXTS = { ...FIELDS, steps: STEPS, step: STEPS };

/**
 * What is wrong with a state from outside: the field and what belongs there; empty if nothing is.
 * @param {any} state
 */
function faultOf(state) {
  if (!isObject(state)) return "it is an object with the fields objective, start, optimizers, ...";
  const given = (/** @type {string} */ name) => NEEDED.includes(name) || Object.hasOwn(state, name);
  const wrong = Object.keys(TESTS).find((name) => given(name) && !TESTS[name](state[name]));
  if (wrong) return `'${wrong}' is ${TEXTS[wrong]}`;
  for (const [index, each] of state.optimizers.entries()) {
    const place = `optimizers[${index}]`;
    const { text, settings } = each ?? {};
    if (!isText(text)) return `'${place}.text' is a text`;
    if (!isObject(settings ?? {})) return `'${place}.settings' gives each hyperparameter its value`;
    const name = Object.keys(settings ?? {}).find((key) => !isNumber(settings[key]) && !isText(settings[key]));
    if (name) return `'${place}.settings.${name.slice(0, 40)}' is a finite number or a formula in t and T`;
  }
  return "";
}
