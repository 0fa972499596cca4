// @ts-check
/** An objective as the page shows it: its tape, its notation and what is known about it. */
import { element, symbol } from "../language/mathml.js";
import { objectiveTape } from "../tape/lowering.js";
import { readObjective } from "./formula.js";
import { stableForms } from "./stable_forms.js";

const MOST_FOR_CURVATURE = 4; // parameters of a tape that also has second derivatives

/**
 * @typedef {object} Objective
 * @property {string} text by which the page knows it: its name in the gallery, or a formula that reads back
 * @property {string} plain the formula in plain text
 * @property {string | null} readAs how it was read, if that differs from what was typed
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
 */

/**
 * A formula or the name of a function of the gallery, read. What is not always needed is worked out when it is asked for.
 * @param {string} text
 * @returns {Objective}
 */
export function objectiveData(text) {
  const formula = readObjective(text);
  const { entry, expression, known, names } = formula;
  return {
    text: entry ? entry.name : formula.definition,
    plain: formula.text,
    readAs: formula.readAs,
    names,
    symbols: Object.fromEntries(names.map((name) => [name, symbol(name)])),
    tape: objectiveTape(expression, names, names.length <= MOST_FOR_CURVATURE),
    get forms() {
      return kept(this, "forms", () =>
        stableForms(expression).map((form) => ({ told: form.told, tape: objectiveTape(form.expression, names) })),
      );
    },
    get latex() {
      return kept(this, "latex", () => formula.latex);
    },
    gradient: formula.derivatives.map((slope, index) => ({ name: names[index], mathml: element(slope) })),
    view: formula.view,
    known: known ? known.view : null,
    start: [...formula.start],
    hyperparameters: formula.hyperparameters,
    minima: known?.minima ?? [],
    localMinima: known?.localMinima ?? [],
    saddles: known?.saddles ?? [],
    title: formula.title,
    gallery: entry ? entry.name : null,
    description: entry?.description ?? "",
  };
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
