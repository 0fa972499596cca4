import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { derivative, gradient } from "../../../src/steepest/lab/web/model/language/algebra/derivative.js";
import { FormulaError, InputError } from "../../../src/steepest/lab/web/model/language/errors.js";
import { evaluate, number, postorder } from "../../../src/steepest/lab/web/model/language/expression.js";
import { readFormula } from "../../../src/steepest/lab/web/model/language/grammar.js";
import { latex } from "../../../src/steepest/lab/web/model/language/notation/latex.js";
import { equation, mathml } from "../../../src/steepest/lab/web/model/language/notation/mathml.js";
import { plain, textbook } from "../../../src/steepest/lab/web/model/language/notation/notation.js";
import { repr } from "../../../src/steepest/lab/web/model/language/numbers.js";
import { NOTATION } from "../../../src/steepest/lab/web/model/language/tables.js";
import { readPageOptimizer } from "../../../src/steepest/lab/web/model/optimizers/reading.js";

/** What the language makes of texts, as `tests/language/outcomes.py` has it. */

const LARGEST_GRAPH = 20_000;
const POINTS = [
  [0.75, 0.375],
  [-1.625, 0.8125],
];

export function outcome({ text, constants = {} }) {
  const meanings = new Map(Object.entries(constants).map(([name, value]) => [name, number(value)]));
  try {
    return form(readFormula(text, meanings));
  } catch (error) {
    if (error instanceof FormulaError) return { message: error.reason, position: error.position };
    throw error;
  }
}

export function optimizerOutcome({ text, settings = {} }) {
  try {
    return optimizerForm(readPageOptimizer(text, settings));
  } catch (error) {
    if (error instanceof FormulaError) return { message: error.reason, position: error.position, where: error.where };
    if (error instanceof InputError) return { message: error.reason, position: null, where: "" };
    throw error;
  }
}

function optimizerForm({ name, equations, state, hyperparameters, settings, readAs }) {
  const shown = equations.map(([assigned, expression]) => equation(assigned, expression));
  const trees = [...equations, ...settings].map(([, expression]) => tree(expression));
  return {
    name,
    equations: equations.map(([assigned, expression]) => `${assigned} = ${plain(expression)}`),
    digest: digest([...shown, ...trees]),
    state,
    hyperparameters,
    settings: Object.fromEntries([...settings].map(([key, value]) => [key, plain(value)])),
    readAs,
  };
}

function form({ expression, names }) {
  const derivatives = names.map((name) => derivative(expression, name));
  const slopes = gradient(expression, names);
  return {
    form: written(plain, expression),
    names,
    gradient: derivatives.map((slope) => written(plain, slope)),
    digest: digest(details(expression, derivatives, slopes)),
    values: POINTS.map(([first, more]) => {
      const point = new Map(names.map((name, index) => [name, first + index * more]));
      return [expression, ...slopes].map((each) => forJson(evaluate(each, point)));
    }),
  };
}

function written(style, expression) {
  return expression.parts <= NOTATION.LONGEST_WRITTEN ? style(expression) : `${expression.parts} parts`;
}

function digest(texts) {
  return createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 12);
}

export function details(expression, derivatives, slopes) {
  const notations = [textbook, mathml, latex].flatMap((style) =>
    [expression, ...derivatives].map((each) => written(style, each)),
  );
  return [...notations, ...[expression, ...derivatives, ...slopes].map(tree)];
}

function tree(root) {
  const order = postorder(root);
  const places = new Map(order.map((node, place) => [node, place]));
  const part = ({ operation, arguments: args, name, value }) =>
    args.length ? `${operation}(${args.map((each) => places.get(each)).join(",")})` : name || repr(value);
  return order.length <= LARGEST_GRAPH ? order.map(part).join(" ") : `${order.length} nodes`;
}

function forJson(value) {
  return Number.isFinite(value) ? value : String(value);
}

/** The parts of two outcomes that differ by more than rounding. */
export function difference(wanted, found) {
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
  const differing = keys.filter((key) => !(key === "values" ? close : isDeepStrictEqual)(wanted[key], found[key]));
  return Object.fromEntries(differing.map((key) => [key, [wanted[key], found[key]]]));
}

/** Whether values are equal but for rounding; one that rounding decides on is null, and equal to every other. */
function close(wanted, found) {
  if (Array.isArray(wanted) && Array.isArray(found))
    return wanted.length === found.length && wanted.every((each, index) => close(each, found[index]));
  if (typeof wanted === "number" && typeof found === "number")
    return Math.abs(wanted - found) <= 1e-12 * Math.max(Math.abs(wanted), Math.abs(found));
  return wanted === null || wanted === found;
}
