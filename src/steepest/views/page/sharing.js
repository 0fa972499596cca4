// @ts-check
/** What can be taken away: the state as a link, as Python, as a command; the picture and the numbers as files. */
import { exact } from "./format.js";
import { quantityAt } from "./program.js";

/** @typedef {{schema: number, objective: string, start: number[], steps: number, seed: number, tol: number, gtol: number, optimizers: {text: string, settings: Record<string, number | string>}[], [name: string]: any}} State */

const SCHEMA = 1;

/** The state as the fragment of an address. @param {State} state */
export function toFragment(state) {
  const bytes = new TextEncoder().encode(JSON.stringify({ ...state, schema: SCHEMA }));
  return `#${btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** The state of a fragment; null where it is none, or of another schema. @param {string} fragment @returns {State | null} */
export function fromFragment(fragment) {
  try {
    const text = atob(fragment.replace(/^#/, "").replaceAll("-", "+").replaceAll("_", "/"));
    const state = JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    return valid(state) ? state : null;
  } catch {
    return null;
  }
}

/** Whether a state from outside has the parts that are computed with. @param {any} state */
function valid(state) {
  const finite = (/** @type {any} */ value) => typeof value === "number" && Number.isFinite(value);
  return Boolean(state) && state.schema === SCHEMA && typeof state.objective === "string" && Array.isArray(state.start) && state.start.every(finite)
    && Number.isInteger(state.steps) && state.steps >= 0 && state.steps <= 100000 && Number.isInteger(state.seed) && state.seed >= 0 && state.seed < 2 ** 32
    && Array.isArray(state.optimizers) && state.optimizers.length <= 28 && state.optimizers.every((/** @type {any} */ each) => each && typeof each.text === "string"
      && Object.values(each.settings ?? {}).every((value) => finite(value) || typeof value === "string"));
}

/** An optimizer with every hyperparameter: in brackets behind a name, put into equations. @param {{text: string}} optimizer @param {Record<string, number | string>} values */
function optimizerText({ text }, values) {
  const settings = Object.entries(values).map(([name, value]) => [name, typeof value === "number" ? exact(value) : value]);
  if (/^\w+$/.test(text)) return settings.length ? `${text}(${settings.map((pair) => pair.join("=")).join(", ")})` : text;
  return settings.reduce((equations, [name, value]) => equations.replaceAll(new RegExp(`\\b${name}\\b`, "g"), /^[\d.]+$/.test(value) ? value : `(${value})`), text);
}

/** @param {string} word */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

/** The command that makes the runs again. @param {State} state @param {Record<string, number | string>[]} values of every hyperparameter, for each optimizer */
export function asCommand(state, values) {
  const words = ["steepest", "run", quoted(state.objective), `--start=${state.start.map(exact).join(",")}`];
  state.optimizers.forEach((each, index) => words.push("-o", quoted(optimizerText(each, values[index]))));
  words.push("--steps", String(state.steps), "--tol", exact(state.tol));
  if (state.gtol) words.push("--gtol", exact(state.gtol));
  if (state.seed) words.push("--seed", String(state.seed));
  return words.join(" ");
}

/** @param {string} text */
function literal(text) {
  return JSON.stringify(text);
}

/** The Python code that makes the runs again. @param {State} state @param {Record<string, number | string>[]} values */
export function asPython(state, values) {
  const methods = state.optimizers.map((each, index) => literal(optimizerText(each, values[index])));
  const start = state.start.length === 1 ? exact(state.start[0]) : `(${state.start.map(exact).join(", ")})`;
  const limits = `steps=${state.steps}, tol=${exact(state.tol)}${state.gtol ? `, gtol=${exact(state.gtol)}` : ""}${state.seed ? `, seed=${state.seed}` : ""}`;
  if (methods.length === 1) return `import steepest\n\nrun = steepest.descend(${literal(state.objective)}, ${start}, optimizer=${methods[0]}, ${limits})\n`;
  return `import steepest\n\nruns = steepest.compare(\n    ${literal(state.objective)},\n    [\n${methods.map((text) => `        ${text},\n`).join("")}    ],\n    ${start},\n    ${limits},\n)\n`;
}

/** The runs as rows, one for each step. @param {import("./plane.js").Walk[]} walks @param {string[]} names @param {string} made */
export function asCsv(walks, names, made) {
  const lines = [["run", "optimizer", "step", ...names, "f", ...names.map((name) => `gradient_${name}`), "made_by"]];
  walks.forEach(({ run, label }, index) => {
    for (let k = 0; k <= run.steps; k++) {
      const row = (/** @type {Float64Array} */ rows) => Array.from(rows.subarray(k * run.count, (k + 1) * run.count), cell);
      lines.push([String(index + 1), label, String(k), ...row(run.positions), cell(run.values[k]), ...row(run.gradients), index + k ? "" : made]);
    }
  });
  return lines.map((line) => line.map((text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(",")).join("\n") + "\n";
}

/** @param {number} value */
function cell(value) {
  return Number.isFinite(value) ? exact(value) : "";
}

/** Everything about the runs, for other programs. @param {State} state @param {any} objective @param {import("./plane.js").Walk[]} walks @param {string} made @param {string} version */
export function asJson(state, objective, walks, made, version) {
  const finite = (/** @type {ArrayLike<number>} */ values) => Array.from(values, (value) => (Number.isFinite(value) ? value : null));
  const rows = (/** @type {Float64Array} */ values, /** @type {number} */ width, /** @type {number} */ count) =>
    Array.from({ length: count }, (_, k) => (width === 1 ? finite(values.subarray(k, k + 1)) : finite(values.subarray(k * width, (k + 1) * width))));
  return JSON.stringify({
    steepest: version,
    objective: { text: objective.plain, names: objective.names, latex: objective.latex, minima: objective.minima },
    runs: walks.map(({ run, label }, index) => ({
      optimizer: state.optimizers[index].text, label, ending: run.ending.kind, message: run.ending.message, steps: run.steps, names: objective.names,
      positions: rows(run.positions, run.count, run.steps + 1), values: finite(run.values.subarray(0, run.steps + 1)), gradients: rows(run.gradients, run.count, run.steps + 1),
      quantities: Object.fromEntries(run.quantities.map((each) => [each.name, Array.from({ length: run.steps }, (_, k) => { const row = finite(quantityAt(run, each, k + 1)); return each.width === 1 ? row[0] : row; })])),
    })),
    state, made_by: made,
  }, null, 1);
}

/** A file for the user to keep. @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
