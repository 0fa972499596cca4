// @ts-check
/** The runs as text: as Python, as a command, as CSV, as JSON. */
import { USUAL } from "./data/fit/fit.js";
import { tildeIn } from "./data/fit/model_text.js";
import { counted } from "./data/words.js";
import { exact } from "./format.js";
import { quantityAt } from "./runs/program.js";

/** @typedef {import("./state.js").State} State */

const MOST_WRITTEN = 2_000; // cells of a table that are written into code

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
  const escaped = word.replaceAll("'", "'\"'\"'");
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${escaped}'`;
}

/**
 * The command that makes the runs again; empty for runs over a table that is in no file, and for recordings alone.
 * @param {State} state
 * @param {Record<string, number | string>[]} values of every hyperparameter, for each optimizer
 * @param {Record<string, number>} [constants] of the formula
 */
export function asCommand(state, values, constants = {}) {
  if (!state.optimizers.length || (state.data && !state.data.table.path)) return "";
  const words = ["steepest", ...subject(state), ...letWords(constants), `--start=${state.start.map(exact).join(",")}`];
  for (const [index, each] of state.optimizers.entries()) words.push("-o", quoted(optimizerText(each, values[index])));
  words.push("--steps", String(state.steps), "--tol", exact(state.tol));
  if (state.gtol) words.push("--gtol", exact(state.gtol));
  if (state.seed) words.push("--seed", String(state.seed));
  return words.join(" ");
}

/** @param {Record<string, number>} constants */
function letWords(constants) {
  return Object.entries(constants).flatMap(([name, value]) => ["--let", quoted(`${name}=${exact(value)}`)]);
}

/**
 * The argument of Python's functions that gives constants their values; none without constants.
 * @param {Record<string, number>} constants
 */
function letCode(constants) {
  const pairs = Object.entries(constants).map(([name, value]) => `${literal(name)}: ${exact(value)}`);
  return pairs.length ? [`let={${pairs.join(", ")}}`] : [];
}

/**
 * The objective as Python code.
 * @param {string} text
 * @param {Record<string, number>} constants
 */
function objectiveCode(text, constants) {
  const values = letCode(constants);
  return values.length ? `steepest.objective(${[literal(text), ...values].join(", ")})` : literal(text);
}

/**
 * What is run, on the command line: a formula, a fit of a table, or a formula over one.
 * @param {State} state
 */
function subject({ objective, data }) {
  if (!data) return ["run", quoted(objective)];
  const table = quoted(data.table.path);
  const { loss, scale, batch, order, one, dropMissing } = data;
  const drop = dropMissing ? ["--drop-missing"] : [];
  if (tildeIn(objective) < 0) return ["run", quoted(objective), "--data", table, ...drop];
  const words = ["fit", table, quoted(objective)];
  if (loss !== USUAL.loss) words.push("--loss", quoted(loss));
  if (scale !== USUAL.scale) words.push("--scale", scale);
  if (batch !== null) words.push("--batch", String(batch), "--order", order);
  if (one !== null) words.push("--one", quoted(String(one)));
  return [...words, ...drop];
}

/** @param {string} text */
function literal(text) {
  return JSON.stringify(text);
}

/**
 * The Python code that makes the runs again.
 * @param {State} state
 * @param {Record<string, number | string>[]} values
 * @param {Record<string, number>} [constants] of the formula
 */
export function asPython(state, values, constants = {}) {
  const methods = state.optimizers.map((each, index) => literal(optimizerText(each, values[index])));
  const start = state.start.length === 1 ? exact(state.start[0]) : `(${state.start.map(exact).join(", ")})`;
  const limits = [`steps=${state.steps}`, `tol=${exact(state.tol)}`];
  if (state.gtol) limits.push(`gtol=${exact(state.gtol)}`);
  if (state.seed) limits.push(`seed=${state.seed}`);
  if (state.data) return asPythonOverData(state, methods, start, limits, constants);
  if (methods.length === 1) {
    const words = [objectiveCode(state.objective, constants), start, `optimizer=${methods[0]}`, ...limits];
    return `import steepest\n\nrun = steepest.descend(${words.join(", ")})\n`;
  }
  const lines = [
    `    ${objectiveCode(state.objective, constants)},`,
    "    [",
    ...methods.map((text) => `        ${text},`),
    "    ],",
    `    ${start},`,
    `    ${limits.join(", ")},`,
  ];
  return `import steepest\n\nruns = steepest.compare(\n${lines.join("\n")}\n)\n`;
}

/**
 * What is fitted, in Python: the file, or the columns of a table that is in none; of a long one, a name that the
 * reader has to give a value.
 * @param {import("./data/table.js").Table} table
 * @returns {{data: string, first: string}} the argument, and what stands in front of the code
 */
function tableCode(table) {
  if (table.path) return { data: literal(table.path), first: "" };
  const cells = table.rows * table.names.length;
  if (cells > MOST_WRITTEN) return { data: "data", first: `# data: ${table.source}, ${counted(table.rows, "row")}\n` };
  const cell = (/** @type {number | string} */ value) =>
    typeof value === "string" ? literal(value) : Number.isNaN(value) ? "None" : exact(value);
  const columns = table.names.map(
    (name, index) => `    ${literal(name)}: [${Array.from(table.columns[index], cell).join(", ")}],`,
  );
  return { data: "data", first: `data = {\n${columns.join("\n")}\n}\n` };
}

/**
 * The Python code of runs over a table.
 * @param {State} state
 * @param {string[]} methods
 * @param {string} start
 * @param {string[]} limits
 * @param {Record<string, number>} constants
 */
function asPythonOverData({ objective, data }, methods, start, limits, constants) {
  const { data: table, first } = tableCode(data.table);
  const several = `[${methods.join(", ")}]`;
  const drop = [...(data.dropMissing ? ["drop_missing=True"] : []), ...letCode(constants)];
  if (tildeIn(objective) < 0) {
    const words = ["objective", several, start, ...limits].join(", ");
    const made = `steepest.objective(${[literal(objective), `data=${table}`, ...drop].join(", ")})`;
    return `import steepest\n\n${first}objective = ${made}\nruns = steepest.compare(${words})\n`;
  }
  const { loss, scale, batch, order, one } = data;
  const how = [
    ...(loss === USUAL.loss ? [] : [`loss=${literal(loss)}`]),
    ...(scale === USUAL.scale ? [] : [`scale=${literal(scale)}`]),
    ...(batch === null ? [] : [`batch=${batch}`, `order=${literal(order)}`]),
    ...(one === null ? [] : [`one=${typeof one === "number" ? exact(one) : literal(one)}`]),
    ...drop,
  ];
  const words = [table, literal(objective), ...how, `start=${start}`, "optimizer=each", ...limits];
  return `import steepest\n\n${first}runs = [\n    steepest.fit(${words.join(", ")})\n    for each in ${several}\n]\n`;
}

/**
 * The runs as rows, one for each step.
 * @param {import("./store.js").SceneRun[]} sceneRuns
 * @param {string[]} names
 * @param {string} made
 */
export function asCsv(sceneRuns, names, made) {
  const lines = [["run", "optimizer", "step", ...names, "f", ...names.map((name) => `gradient_${name}`), "made_by"]];
  sceneRuns.forEach(({ run, label }, index) => {
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
 * @param {import("./store.js").SceneRun[]} sceneRuns
 * @param {string} made
 * @param {string} version
 */
export function asJson(state, objective, sceneRuns, made, version) {
  const finite = (/** @type {ArrayLike<number>} */ values) =>
    Array.from(values, (value) => (Number.isFinite(value) ? value : null));
  const rows = (/** @type {Float64Array} */ values, /** @type {number} */ width, /** @type {number} */ count) =>
    Array.from({ length: count }, (_, k) =>
      width === 1 ? finite(values.subarray(k, k + 1)) : finite(values.subarray(k * width, (k + 1) * width)),
    );
  return JSON.stringify(
    {
      steepest: version,
      objective: {
        text: objective.plain,
        names: objective.names,
        constants: objective.constants,
        latex: objective.latex,
        minima: objective.minima,
      },
      runs: sceneRuns.map(({ run, label }, index) => ({
        optimizer: state.optimizers[index]?.text ?? label, // a recorded run is none of the state's
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
