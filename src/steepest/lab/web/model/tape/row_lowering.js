// @ts-check
/** Sums and means over rows -> tapes of one row: the port of `steepest.tape.row_lowering`. */
import { postorder, postorderOf } from "../language/expression.js";
import { REDUCTIONS } from "../language/operations.js";
import { Builder } from "./builder.js";

/** @typedef {import("../language/expression.js").Expression} Expression */
/** @typedef {import("../language/rows.js").Rows} Rows */
/** @typedef {import("./builder.js").Tape} Tape */
/**
 * The sums and means over the rows of a table that an objective needs. The inputs of each stage are the parameters, the
 * sums and means of the stages before, and columns; it has one output for each of its own, called by their numbers.
 * @typedef {object} RowTapes
 * @property {Tape[]} stages of one row
 * @property {string[]} kinds `sum` or `mean`, for each number
 * @property {string[][]} columns those that each stage reads, in the order of its last inputs
 * @property {Rows} source
 */

/**
 * The tapes of one row of all sums and means in some expressions, and the number of each. A sum in which another one
 * occurs is a stage later than that: it needs a pass over the rows of its own.
 * @param {Expression[]} roots of which at least one contains a column
 * @param {string[]} names of the parameters
 * @returns {{tapes: RowTapes, numbers: Map<Expression, number>}}
 */
export function rowTapes(roots, names) {
  /** @type {Map<Expression, number>} */
  const levels = new Map();
  for (const node of postorderOf(roots)) {
    const inner = Math.max(0, ...node.arguments.map((part) => Number(levels.get(part))));
    levels.set(node, inner + Number(REDUCTIONS.has(node.operation)));
  }
  const reductions = [...levels].filter(([node]) => REDUCTIONS.has(node.operation));
  const count = Math.max(...levels.values());
  const stages = Array.from({ length: count }, (_, level) =>
    reductions.filter(([, each]) => each === level + 1).map(([node]) => node),
  );
  const numbers = new Map(stages.flat().map((node, number) => [node, number]));
  const made = stages.map((stage) => stageOf(stage, names, numbers));
  const source = /** @type {Rows} */ (roots.find((root) => root.source)?.source);
  const kinds = [...numbers.keys()].map(({ operation }) => operation);
  const tapes = { stages: made.map(({ tape }) => tape), kinds, columns: made.map(({ columns }) => columns), source };
  return { tapes, numbers };
}

/**
 * The tape of one stage, and the columns that it reads.
 * @param {Expression[]} stage
 * @param {string[]} names
 * @param {Map<Expression, number>} numbers
 */
function stageOf(stage, names, numbers) {
  const rows = stage.map((node) => node.arguments[0]);
  const first = Number(numbers.get(stage[0]));
  const before = [...numbers].filter(([, number]) => number < first);
  const columns = columnsOf(rows);
  const builder = new Builder([
    ...names,
    ...before.map(([, number]) => `reduce ${number}`),
    ...columns.map((name) => `column ${name}`),
  ]);
  const environment = environmentOf(builder, names, columns);
  const known = new Map(before.map(([node, number]) => [node, builder.inputs.indexOf(`reduce ${number}`)]));
  const slots = builder.lower(rows, environment, known);
  const outputs = Object.fromEntries(stage.map((node, index) => [String(numbers.get(node)), [slots[index]]]));
  return { tape: builder.tape(outputs, []), columns };
}

/**
 * The tape of some expressions in one row, with an output for each, called by their numbers.
 * @param {Expression[]} expressions in which sums and means over the rows are numbers already
 * @param {string[]} names its first inputs
 * @param {string[]} columns its other inputs
 */
export function rowTape(expressions, names, columns) {
  const builder = new Builder([...names, ...columns.map((name) => `column ${name}`)]);
  const slots = builder.lower(expressions, environmentOf(builder, names, columns));
  return builder.tape(Object.fromEntries(slots.map((slot, number) => [number, [slot]])), []);
}

/**
 * The columns that expressions name, in the order in which they occur.
 * @param {Expression[]} roots
 */
export function columnsOf(roots) {
  const named = postorderOf(roots).filter(({ operation }) => operation === "column");
  return [...new Set(named.map(({ name }) => name))];
}

/**
 * The slots of names and columns.
 * @param {Builder} builder
 * @param {string[]} names
 * @param {string[]} columns
 */
function environmentOf(builder, names, columns) {
  const environment = new Map(names.map((name, slot) => [name, slot]));
  for (const name of columns) environment.set(name, builder.inputs.indexOf(`column ${name}`));
  return environment;
}

/**
 * Whether an expression takes a sum or a mean over the rows.
 * @param {Expression} root
 */
export function hasReduction(root) {
  return postorder(root).some(({ operation }) => REDUCTIONS.has(operation));
}
