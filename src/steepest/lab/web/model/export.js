// @ts-check
/** What can be taken away: the state as a link, as Python, as a command; the picture and the numbers as files. */
import { exact } from "./format.js";
import { quantityAt } from "./program.js";

/**
 * @typedef {{schema: number, objective: string, start: number[], steps: number, seed: number, tol: number, gtol:
 *   number, optimizers: {text: string, settings: Record<string, number | string>}[], [name: string]: any}} State
 */

const SCHEMA = 1;

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
const isText = /** @type {Test} */ ((value) => typeof value === "string" && value.length <= 8000);
const isObject = /** @type {Test} */ ((value) => value !== null && typeof value === "object" && !Array.isArray(value));
const isList = (/** @type {number} */ most, /** @type {Test} */ test) =>
  /** @type {Test} */ ((value) => Array.isArray(value) && value.length <= most && value.every(test));
const isInterval = /** @type {Test} */ ((value) => isList(2, isNumber)(value) && value[0] < value[1]);
const all = (/** @type {Test} */ test) =>
  /** @type {Test} */ ((value) => isObject(value) && Object.values(value).every(test));
const isOneOf = (/** @type {any[]} */ ...words) => /** @type {Test} */ ((value) => words.includes(value));
const LENGTH = "a finite number from 0";
const STEPS = "a whole number from 0 to 100,000";
const NEEDED = 6;
/**
 * What belongs in each field, as `steepest/state.py` has it; the first ones are needed.
 * @type {[string, Test, string][]}
 */
const FIELDS = [
  ["schema", isOneOf(SCHEMA), `${SCHEMA}, and other versions of steepest may have others`],
  ["objective", isText, "a text of at most 8,000 characters"],
  ["start", (value) => isList(16, isNumber)(value) && value.length > 0, "a list of 1 to 16 finite numbers"],
  ["steps", isWhole(100000), STEPS],
  ["seed", isWhole(2 ** 32 - 1), "a whole number from 0 to 4,294,967,295"],
  ["optimizers", isList(32, () => true), "a list of at most 32 optimizers"],
  ["tol", isLength, LENGTH],
  ["gtol", isLength, LENGTH],
  ["step", isWhole(100000), STEPS],
  ["view", isOneOf("plane", "surface", "diagnosis"), "plane, surface or diagnosis"],
  [
    "zoom",
    (value) => value === null || isList(16, isInterval)(value),
    "null, or a low and a high number for each parameter",
  ],
  ["show", isList(32, isText), "a list of names"],
  ["scale", isOneOf("linear", "log"), "linear or log"],
  ["flags", all(isList(32, isText)), "an object with lists of names"],
  ["ranges", all(isInterval), "an object with a low and a high number for each name"],
];

/**
 * What is wrong with a state from outside: the field and what belongs there; empty if nothing is.
 * @param {any} state
 */
function faultOf(state) {
  if (!isObject(state)) return "it is an object with the fields objective, start, optimizers, ...";
  const wrong = FIELDS.find(
    ([name, test], index) => (index < NEEDED || Object.hasOwn(state, name)) && !test(state[name]),
  );
  if (wrong) return `'${wrong[0]}' is ${wrong[2]}`;
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

/**
 * An optimizer with every hyperparameter: in brackets behind a name, put into equations.
 * @param {{text: string}} optimizer
 * @param {Record<string, number | string>} values
 */
function optimizerText({ text }, values) {
  const settings = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === "number" ? exact(value) : value,
  ]);
  if (/^\w+$/.test(text))
    return settings.length ? `${text}(${settings.map((pair) => pair.join("=")).join(", ")})` : text;
  return settings.reduce(
    (equations, [name, value]) =>
      equations.replaceAll(new RegExp(`\\b${name}\\b`, "g"), /^[\d.]+$/.test(value) ? value : `(${value})`),
    text,
  );
}

/** @param {string} word */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

/**
 * The command that makes the runs again.
 * @param {State} state
 * @param {Record<string, number | string>[]} values of every hyperparameter, for each optimizer
 */
export function asCommand(state, values) {
  const words = ["steepest", "run", quoted(state.objective), `--start=${state.start.map(exact).join(",")}`];
  for (const [index, each] of state.optimizers.entries()) words.push("-o", quoted(optimizerText(each, values[index])));
  words.push("--steps", String(state.steps), "--tol", exact(state.tol));
  if (state.gtol) words.push("--gtol", exact(state.gtol));
  if (state.seed) words.push("--seed", String(state.seed));
  return words.join(" ");
}

/** @param {string} text */
function literal(text) {
  return JSON.stringify(text);
}

/**
 * The Python code that makes the runs again.
 * @param {State} state
 * @param {Record<string, number | string>[]} values
 */
export function asPython(state, values) {
  const methods = state.optimizers.map((each, index) => literal(optimizerText(each, values[index])));
  const start = state.start.length === 1 ? exact(state.start[0]) : `(${state.start.map(exact).join(", ")})`;
  const limits = [`steps=${state.steps}`, `tol=${exact(state.tol)}`];
  if (state.gtol) limits.push(`gtol=${exact(state.gtol)}`);
  if (state.seed) limits.push(`seed=${state.seed}`);
  if (methods.length === 1) {
    const words = [literal(state.objective), start, `optimizer=${methods[0]}`, ...limits];
    return `import steepest\n\nrun = steepest.descend(${words.join(", ")})\n`;
  }
  const lines = [
    `    ${literal(state.objective)},`,
    "    [",
    ...methods.map((text) => `        ${text},`),
    "    ],",
    `    ${start},`,
    `    ${limits.join(", ")},`,
  ];
  return `import steepest\n\nruns = steepest.compare(\n${lines.join("\n")}\n)\n`;
}

/**
 * The runs as rows, one for each step.
 * @param {import("../plot/plane.js").Walk[]} walks
 * @param {string[]} names
 * @param {string} made
 */
export function asCsv(walks, names, made) {
  const lines = [["run", "optimizer", "step", ...names, "f", ...names.map((name) => `gradient_${name}`), "made_by"]];
  walks.forEach(({ run, label }, index) => {
    for (let k = 0; k <= run.steps; k++) {
      const row = (/** @type {Float64Array} */ rows) =>
        Array.from(rows.subarray(k * run.count, (k + 1) * run.count), cell);
      lines.push([
        String(index + 1),
        label,
        String(k),
        ...row(run.positions),
        cell(run.values[k]),
        ...row(run.gradients),
        index + k ? "" : made,
      ]);
    }
  });
  const field = (/** @type {string} */ text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return lines.map((line) => `${line.map(field).join(",")}\n`).join("");
}

/** @param {number} value */
function cell(value) {
  return Number.isFinite(value) ? exact(value) : "";
}

/**
 * Everything about the runs, for other programs.
 * @param {State} state
 * @param {any} objective
 * @param {import("../plot/plane.js").Walk[]} walks
 * @param {string} made
 * @param {string} version
 */
export function asJson(state, objective, walks, made, version) {
  const finite = (/** @type {ArrayLike<number>} */ values) =>
    Array.from(values, (value) => (Number.isFinite(value) ? value : null));
  const rows = (/** @type {Float64Array} */ values, /** @type {number} */ width, /** @type {number} */ count) =>
    Array.from({ length: count }, (_, k) =>
      width === 1 ? finite(values.subarray(k, k + 1)) : finite(values.subarray(k * width, (k + 1) * width)),
    );
  return JSON.stringify(
    {
      steepest: version,
      objective: { text: objective.plain, names: objective.names, latex: objective.latex, minima: objective.minima },
      runs: walks.map(({ run, label }, index) => ({
        optimizer: state.optimizers[index].text,
        label,
        ending: run.ending.kind,
        message: run.ending.message,
        steps: run.steps,
        names: objective.names,
        positions: rows(run.positions, run.count, run.steps + 1),
        values: finite(run.values.subarray(0, run.steps + 1)),
        gradients: rows(run.gradients, run.count, run.steps + 1),
        quantities: Object.fromEntries(
          run.quantities.map((each) => [
            each.name,
            Array.from({ length: run.steps }, (_, k) => {
              const row = finite(quantityAt(run, each, k + 1));
              return each.width === 1 ? row[0] : row;
            }),
          ]),
        ),
      })),
      state,
      made_by: made,
    },
    null,
    1,
  );
}

/**
 * A file for the user to keep.
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
