// @ts-check
/** An objective as the page shows it: its tape, its notation and what is known about it. */
import { DataFormula, readOverData } from "../data/objective.js";
import { element, symbol } from "../language/notation/mathml.js";
import { objectiveTape } from "../tape/lowering.js";
import { hasHeader } from "./constants.js";
import { readObjective } from "./formula.js";
import { stableForms } from "./stable_forms.js";

const MOST_FOR_CURVATURE = 4; // parameters of a tape that also has second derivatives

/** @typedef {import("../language/expression.js").Expression} Expression */
/** @typedef {import("../tape/builder.js").Tape} Tape */

/** The tapes of formulas, by parameters and constants. @type {WeakMap<Expression, Map<string, Tape>>} */
const tapes = new WeakMap();

/**
 * @typedef {object} Objective
 * @property {string} text by which the page knows it: its name in the gallery, or a formula that reads back
 * @property {string} plain the formula in plain text; of a fit the model, `fit.minimized` being the formula
 * @property {Record<string, number>} constants the values of names that are no parameters
 * @property {number[]} constantInputs the values of those that are inputs of the tape
 * @property {string | null} readAs how it was read, if that differs from what was typed
 * @property {boolean} header whether the text names its parameters in front of `=`
 * @property {string[]} names the parameters
 * @property {Record<string, string>} symbols each parameter in MathML
 * @property {import("../tape/builder.js").Tape} tape
 * @property {{told: string, tape: import("../tape/builder.js").Tape}[]} forms stable forms to write it in
 * @property {string} latex
 * @property {{name: string, mathml: string}[]} gradient
 * @property {[number, number][]} view
 * @property {[number, number][] | null} known the view of the gallery's function of the same formula
 * @property {number[]} start
 * @property {Record<string, number>} hyperparameters
 * @property {import("./gallery.js").Point[]} minima
 * @property {import("./gallery.js").Point[]} localMinima
 * @property {import("./gallery.js").Point[]} saddles
 * @property {string} title
 * @property {string | null} gallery its name there
 * @property {string} description
 * @property {import("../data/table.js").Table | null} table the columns that a formula over rows names
 * @property {import("../data/fit/fit.js").Fit | null} fit of a model over a table
 * @property {boolean} isQuadratic whether it is over data, and its Hessian is certainly the same everywhere
 * @property {import("./formula.js").Formula} formula
 * @property {((seed: number) => import("../data/batches.js").Batches) | null} batches the rows of each step; null for all
 */

/**
 * A formula or the name of a function of the gallery, read; over a table a fit or a formula over its rows. What is not
 * always needed is worked out when it is asked for.
 * @param {string} text
 * @param {Record<string, number>} [given] the values of constants
 * @param {import("../data/fit/fit.js").DataSettings | null} [data]
 * @returns {Objective}
 */
export function objectiveData(text, given = {}, data = null) {
  const formula = data ? readOverData(text, data, given) : readObjective(text, given);
  const { constants, entry, names } = formula;
  return made(formula, {
    text: entry ? entry.name : formula.definition,
    readAs: formula.readAs,
    header: hasHeader(text),
    symbols: Object.fromEntries([...names, ...Object.keys(constants)].map((name) => [name, symbol(name)])),
    gradient: () => formula.derivatives.map((slope, index) => ({ name: names[index], mathml: element(slope) })),
  });
}

/**
 * The same objective over a table with as many rows; null where it has to be read again.
 * @param {Objective} objective
 * @param {import("../data/fit/fit.js").DataSettings} data
 * @returns {Objective | null}
 */
export function overTable(objective, data) {
  const { text, readAs, header, symbols, formula } = objective;
  const found = formula instanceof DataFormula ? formula.over(data) : null;
  return found && made(found, { text, readAs, header, symbols, gradient: () => objective.gradient });
}

/**
 * @param {import("./formula.js").Formula} formula
 * @param {Pick<Objective, "text" | "readAs" | "header" | "symbols"> & {gradient: () => Objective["gradient"]}} written
 * @returns {Objective}
 */
function made(formula, { text, readAs, header, symbols, gradient }) {
  const over = formula instanceof DataFormula ? formula : null;
  const { compiled, constants, entry, expression, known, names } = formula;
  const second = names.length <= MOST_FOR_CURVATURE;
  return {
    text,
    plain: over?.fit?.written ?? formula.text,
    readAs,
    header,
    names,
    constants,
    constantInputs: compiled.inputs.map((name) => constants[name]),
    symbols,
    tape: over ? over.tape(second) : tapeOf(compiled.opened, names, compiled.inputs),
    get forms() {
      return kept(this, "forms", () =>
        stableForms(expression).map((form) => ({ told: form.told, tape: objectiveTape(form.expression, names) })),
      );
    },
    get latex() {
      return kept(this, "latex", () => formula.latex);
    },
    get gradient() {
      return kept(this, "gradient", gradient);
    },
    view: formula.view,
    known: known ? known.view : null,
    start: [...formula.start],
    hyperparameters: formula.hyperparameters,
    get minima() {
      return kept(this, "minima", () => minimaOf(over?.fit ?? null) ?? known?.minima ?? []);
    },
    localMinima: known?.localMinima ?? [],
    saddles: known?.saddles ?? [],
    title: formula.title,
    gallery: entry ? entry.name : null,
    description: entry?.description ?? "",
    table: over?.table ?? null,
    fit: over?.fit ?? null,
    get isQuadratic() {
      return kept(this, "isQuadratic", () => over?.isQuadratic ?? false);
    },
    batches: over?.batches ?? null,
    formula,
  };
}

/**
 * The minimum of a fit, if there is certainly one and no other; null where there is no fit.
 * @param {import("../data/fit/fit.js").Fit | null} fit
 */
function minimaOf(fit) {
  if (!fit) return null;
  const { position, value, unique } = fit.exact;
  return unique && position && value !== null ? [{ position, value }] : [];
}

/**
 * The tape of a formula, which is the same for all values of the constants that are its inputs.
 * @param {Expression} formula
 * @param {string[]} names
 * @param {string[]} inputs
 */
function tapeOf(formula, names, inputs) {
  const key = JSON.stringify([names, inputs]);
  const made = tapes.get(formula) ?? new Map();
  tapes.set(formula, made);
  if (!made.has(key)) made.set(key, objectiveTape(formula, names, names.length <= MOST_FOR_CURVATURE, inputs));
  return /** @type {Tape} */ (made.get(key));
}

/**
 * What a getter makes, made once.
 * @template Made
 * @param {object} owner
 * @param {string} name
 * @param {() => Made} make
 * @returns {Made}
 */
function kept(owner, name, make) {
  const value = make();
  Object.defineProperty(owner, name, { value, enumerable: true });
  return value;
}
