// @ts-check
/** The page's state as it comes in a link: packed, and checked field by field as Python does. */
import { DATA } from "./data/tables.js";
import { grouped } from "./language/errors.js";
import { FIELDS, STATE } from "./shared.js";

/**
 * @typedef {{schema: number, objective: string, start: number[], steps: number, seed: number, tol: number,
 *   gtol: number, optimizers: {text: string, settings: Record<string, number | string>}[], [name: string]: any}} State
 */

const { SCHEMA, LONGEST, MOST_PARAMETERS, MOST_OPTIMIZERS, LARGEST_SEED } = STATE;
const { MOST_ROWS, MOST_COLUMNS, LAST_LINE } = DATA;
const MOST_IN_LINK = 2_000; // cells of a table
const LONGEST_TABLE = 100_000; // characters of its JSON
const CHUNK = 8_192; // bytes that become text at once: a function takes so many arguments
const MOST_STEPS = 100_000; // a link's run is made at once, in the page
const STEPS = `a whole number from 0 to ${grouped(MOST_STEPS)}`;

/**
 * The state as the fragment of an address, without a long table.
 * @param {State} state
 */
export function toFragment(state) {
  const data = missingInLink(state) ? { ...state.data, table: null, source: state.data.table.source } : state.data;
  const bytes = new TextEncoder().encode(JSON.stringify({ ...state, ...(data && { data }), schema: SCHEMA }));
  let text = "";
  for (let k = 0; k < bytes.length; k += CHUNK) text += String.fromCharCode(...bytes.subarray(k, k + CHUNK));
  return `#${btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/**
 * What a link to the state lacks, in a sentence; empty if it has all.
 * @param {State} state
 */
export function missingInLink({ data }) {
  if (!data?.table) return "";
  const cells = data.table.rows * data.table.names.length;
  const instead = "save the page as a file, which keeps the table inside";
  if (cells > MOST_IN_LINK)
    return `the table has ${grouped(cells)} cells, and a link takes ${grouped(MOST_IN_LINK)}: ${instead}`;
  return JSON.stringify(data.table).length > LONGEST_TABLE
    ? `the texts of the table are too long for a link: ${instead}`
    : "";
}

/**
 * The state of a fragment, or as much of it as can be shown, and what is wrong with it; neither where there is no fragment.
 * @param {string} fragment
 * @returns {{state: Partial<State> | null, fault: string}}
 */
export function fromFragment(fragment) {
  const packed = fragment.replace(/^#/, "");
  if (!packed) return { state: null, fault: "" };
  let state = null;
  try {
    const text = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    state = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(text, (character) => character.charCodeAt(0))),
    );
  } catch {
    return { state: null, fault: "the link is damaged: copy it again, as a whole" };
  }
  const fault = faultOf(state);
  if (!fault) return { state: { data: null, ...state }, fault };
  const kept = isObject(state) && TESTS.objective(state.objective) ? mended(state) : null;
  if (!kept) return { state: null, fault: `the link is damaged: ${fault}` };
  const isLater = Number.isInteger(state.schema) && state.schema > SCHEMA;
  const why = isLater ? "comes from a later version of steepest" : `is damaged: ${fault}`;
  return { state: kept, fault: `the link ${why}; the rest of it is shown` };
}

/**
 * The fields of a state that are as they should be, and of its optimizers those that are.
 * @param {any} state
 * @returns {Partial<State>}
 */
function mended(state) {
  const isGood = (/** @type {string} */ name) => Object.hasOwn(state, name) && TESTS[name](state[name]);
  const good = Object.keys(TESTS).filter((name) => name !== "optimizers" && isGood(name));
  const kept = Object.fromEntries(good.map((name) => [name, state[name]]));
  const given = Array.isArray(state.optimizers) ? state.optimizers.slice(0, MOST_OPTIMIZERS) : [];
  const optimizers = given.filter((/** @type {any} */ each) => !optimizerFault(each, ""));
  // No start is the objective's.
  return { start: [], data: null, ...kept, schema: SCHEMA, ...(optimizers.length ? { optimizers } : {}) };
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
const DATA_TESTS = /** @type {Record<string, Test>} */ ({
  table: (value) => value === null || isTable(value),
  source: isText,
  loss: isText,
  scale: isOneOf("none", "z", "minmax"),
  batch: (value) => value === null || (Number.isInteger(value) && value > 0),
  order: isOneOf("shuffle", "cyclic", "replacement"),
  one: (value) => value === null || isNumber(value) || isText(value),
  dropMissing: isOneOf(true, false),
});
const isData = /** @type {Test} */ (
  (value) =>
    isObject(value) && Object.entries(DATA_TESTS).every(([name, test]) => !(name in value) || test(value[name]))
);
const isCell = /** @type {Test} */ ((value) => value === null || isNumber(value) || isText(value));
const isTable = /** @type {Test} */ (
  (value) => {
    if (!isObject(value) || !isText(value.name) || !isText(value.path ?? "")) return false;
    const { names, columns, lines = null } = value;
    if (!isList(MOST_COLUMNS, isText)(names) || !isList(MOST_COLUMNS, isList(MOST_ROWS, isCell))(columns)) return false;
    const rows = columns[0]?.length ?? 0;
    const isNamed = names.length === columns.length && rows > 0;
    const isEven = columns.every((/** @type {any[]} */ column) => column.length === rows);
    return isNamed && isEven && (lines === null || (isList(rows, isWhole(LAST_LINE))(lines) && lines.length === rows));
  }
);
const NEEDED = ["schema", "objective", "start", "steps", "seed", "optimizers"];
/** Whether a field has what belongs there. @type {Record<string, Test>} */
const TESTS = {
  schema: isOneOf(SCHEMA),
  objective: isText,
  let: (value) => all(isNumber)(value) && Object.keys(value).length <= MOST_PARAMETERS,
  start: (value) => isList(MOST_PARAMETERS, isNumber)(value) && value.length > 0,
  steps: isWhole(MOST_STEPS),
  seed: isWhole(LARGEST_SEED),
  optimizers: isList(MOST_OPTIMIZERS, () => true),
  tol: isLength,
  gtol: isLength,
  step: isWhole(MOST_STEPS),
  view: isOneOf("plane", "surface", "diagnosis"),
  zoom: (value) => value === null || isList(MOST_PARAMETERS, isInterval)(value),
  starts: (value) => value === null || isList(MOST_PARAMETERS, isInterval)(value),
  show: isList(MOST_OPTIMIZERS, isText),
  scale: isOneOf("auto", "linear", "log"),
  flags: all(isList(MOST_OPTIMIZERS, isText)),
  ranges: all(isInterval),
  data: (value) => value === null || isData(value),
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
    const fault = optimizerFault(each, `optimizers[${index}]`);
    if (fault) return fault;
  }
  return "";
}

/**
 * What is wrong with an optimizer of a state; empty if nothing is.
 * @param {any} optimizer
 * @param {string} place
 */
function optimizerFault(optimizer, place) {
  const { text, settings } = optimizer ?? {};
  if (!isText(text)) return `'${place}.text' is a text`;
  if (!isObject(settings ?? {})) return `'${place}.settings' gives each hyperparameter its value`;
  const name = Object.keys(settings ?? {}).find((key) => !isNumber(settings[key]) && !isText(settings[key]));
  return name ? `'${place}.settings.${name.slice(0, 40)}' is a finite number or a formula in t and T` : "";
}
