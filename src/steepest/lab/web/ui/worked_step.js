// @ts-check
/**
 * The worked step: the gradient and every equation of one optimizer, as written, with this step's numbers, and what
 * comes out. The mathematics is laid out once; from step to step only the texts of its numbers change.
 */

import { short, typeset } from "../model/format.js";
import { quantityAt } from "../model/runs/program.js";
import { h, math } from "./dom.js";
import { keepFitting } from "./formulas/fit_width.js";

/** @typedef {number | number[]} Amount */
/**
 * @typedef {{label: string, optimizer: any, run: import("../model/runs/program.js").Run, hyperparameters: Record<string,
 *   number>, objective: any, program: import("../model/runs/program.js").Program, hessian: (position: number[]) => number[]
 *   | null}} Worked
 */
/**
 * @typedef {{element: Element, amount: (known: Map<string, Amount>) => Amount, given: boolean, guarded: boolean}} Slot
 *   What is given has digits enough for what comes out
 */

const RESULT = 4;
const MOST_DIGITS = 14;
const SIGNS = ["+", "−"];
const TIMES = "\u2062";
const APPLY = "\u2061";
const NAMESPACE = "http://www.w3.org/1998/Math/MathML";

export class WorkedStep {
  constructor() {
    this.title = h("h2", { class: "steepest-title" });
    this.body = h("div", { class: "steepest-worked-step" });
    this.fit = keepFitting(this.body, ".steepest-work > div");
    this.element = h(
      "section",
      { class: "steepest-card steepest-lesson", "aria-label": "the worked step" },
      this.title,
      this.body,
    );
    /** @type {Slot[]} */
    this.slots = [];
    /** @type {any[]} */
    this.laid = [];
  }

  /**
   * Say why no step is worked out.
   * @param {string} title
   * @param {string} text
   */
  say(title, text) {
    if (this.laid[1] === text && this.title.textContent === title) return;
    this.laid = [null, text];
    this.slots = [];
    this.title.textContent = title;
    this.body.replaceChildren(h("p", { class: "steepest-quiet" }, text));
  }

  /**
   * Show the step that leaves from step `at`.
   * @param {Worked} worked
   * @param {number} at
   */
  show(worked, at) {
    const { run, optimizer, objective } = worked;
    const step = Math.min(at, run.steps - 1);
    const title = step < 0 ? "No step was taken" : `Step ${step} → ${step + 1} of ${worked.label}`;
    if (this.title.textContent !== title) this.title.textContent = title;
    this.body.hidden = step < 0;
    if (step < 0) return;
    const form = objective.formula.named; // values of constants are numbers like others
    const names = objective.names.join();
    if (this.laid[0] !== optimizer || this.laid[1] !== form || this.laid[2] !== names) this.lay(worked);
    this.laid = [optimizer, form, names];
    const known = amounts(worked, step);
    const digits = digitsFor(worked.program, run, step);
    for (const { element, amount, given, guarded } of this.slots) {
      const text = written(/** @type {number} */ (amount(known)), given ? digits : RESULT, guarded);
      if (element.textContent !== text) element.textContent = text;
    }
    this.fit();
  }

  /**
   * Every line, with slots for the numbers.
   * @param {Worked} worked
   */
  lay({ optimizer, objective, run: { count } }) {
    this.slots = [];
    const slopes = objective.gradient.slice(0, 4).map((/** @type {any} */ part, /** @type {number} */ index) => {
      const head =
        count > 1
          ? `<mfrac><mrow><mo>∂</mo><mi>f</mi></mrow><mrow><mo>∂</mo>${objective.symbols[part.name]}</mrow></mfrac>`
          : '<mrow><mi>f</mi><mo lspace="0.06em" rspace="0">′</mo></mrow>';
      const text = part.mathml.replace(/^<math[^>]*>/, `<math displaystyle="true">${head}<mo>=</mo>`);
      const words = [...objective.names, ...Object.keys(objective.constants)];
      const names = new Map(words.map((name) => [name, `parameter ${name}`]));
      return this.work(text, objective.symbols, names, (known) => at(/** @type {Amount} */ (known.get("g")), index), 1);
    });
    const vectors = new Set(["theta", "g", ...optimizer.tape.vectors]);
    const names = new Map(Object.keys(optimizer.symbols).map((name) => [name, `before ${name}`]));
    const steps = optimizer.mathml.map((/** @type {string} */ text, /** @type {number} */ index) => {
      const name = optimizer.assigned[index];
      const width = vectors.has(name) ? count : 1;
      const block = this.work(
        text,
        optimizer.symbols,
        names,
        (known) => /** @type {Amount} */ (known.get(`after ${name}`)),
        width,
        vectors,
        count,
      );
      names.set(name, `after ${name}`);
      return block;
    });
    this.body.replaceChildren(...slopes, ...steps);
  }

  /**
   * One equation in three lines.
   * @param {string} text
   * @param {Record<string, string>} symbols
   * @param {Map<string, string>} names what each name is called among the amounts
   * @param {(known: Map<string, Amount>) => Amount} result
   * @param {number} width
   * @param {Set<string>} [vectors]
   * @param {number} [count]
   */
  work(text, symbols, names, result, width, vectors = new Set(), count = 1) {
    const holder = math("div", text);
    const root = /** @type {Element} */ (holder.firstElementChild);
    const shapes = new Map(
      [...names.keys()]
        .filter((name) => symbols[name])
        .map((name) => [math("div", `<math>${symbols[name]}</math>`).firstElementChild.innerHTML, name]),
    );
    while (root.firstElementChild && root.firstElementChild.textContent !== "=") root.firstElementChild.remove();
    this.replace(root, shapes, names, vectors, count);
    for (const sign of root.querySelectorAll("mo")) if (sign.textContent === TIMES) sign.textContent = "·";
    const end = make("math", make("mo", "="), this.number(result, width, 1, false, false));
    return h(
      "div",
      {
        class: "steepest-work",
        tabindex: "0",
        role: "group",
        "aria-label": "an equation, with its numbers, and its result",
      },
      math("div", text),
      h("div", { class: "steepest-numbers" }, ...terms(root)),
      h("div", { class: "steepest-result" }, end),
    );
  }

  /**
   * Put slots for numbers where names stand.
   * @param {Element} node
   * @param {Map<string, string>} shapes
   * @param {Map<string, string>} names
   * @param {Set<string>} vectors
   * @param {number} count
   */
  replace(node, shapes, names, vectors, count) {
    for (const child of [...node.children]) {
      const name = shapes.get(child.outerHTML);
      const calls = child.nextElementSibling?.textContent === APPLY;
      const slope = child.previousElementSibling?.textContent === "∇";
      if (name === undefined || calls || slope) {
        this.replace(child, shapes, names, vectors, count);
        continue;
      }
      const key = /** @type {string} */ (names.get(name));
      const matrix = name === "H" && count > 1;
      child.replaceWith(
        this.number(
          (known) => /** @type {Amount} */ (known.get(key) ?? NaN),
          vectors.has(name) || matrix ? count : 1,
          matrix ? count : 1,
          true,
          true,
        ),
      );
    }
  }

  /**
   * A slot for a number, a vector or a matrix.
   * @param {(known: Map<string, Amount>) => Amount} amount
   * @param {number} rows
   * @param {number} columns
   * @param {boolean} given
   * @param {boolean} guarded
   */
  number(amount, rows, columns, given, guarded) {
    const single = rows * columns === 1;
    const cells = Array.from({ length: rows * columns }, (_, index) => {
      const element = make("mn");
      this.slots.push({ element, amount: (known) => at(amount(known), index), given, guarded: guarded && single });
      return element;
    });
    if (single) return cells[0];
    const table = make(
      "mtable",
      ...Array.from({ length: rows }, (_, row) =>
        make("mtr", ...cells.slice(row * columns, (row + 1) * columns).map((cell) => make("mtd", cell))),
      ),
    );
    table.setAttribute("class", "steepest-vector");
    return table;
  }
}

/**
 * An equation's right side as formulas of their own, one for each factor of each term of its sum, so that a line may end
 * between them.
 * @param {Element} root
 */
function terms(root) {
  const [equals, sum] = root.children;
  if (root.children.length !== 2) return [root];
  const parts = operands(sum, SIGNS).flatMap(([sign, term]) =>
    operands(term, ["·"]).map(([dot, factor]) => [dot ?? sign, factor]),
  );
  return parts.map(([sign, part], index) => {
    const formula = make("math", ...(index ? [] : [equals]), ...(sign ? [sign] : []), /** @type {Element} */ (part));
    formula.setAttribute("displaystyle", "true");
    return formula;
  });
}

/**
 * The operands of operations that are all of one kind, each with the sign before it, of which the first has none.
 * @param {Element} whole
 * @param {string[]} signs
 * @returns {[Element | null, Element][]}
 */
function operands(whole, signs) {
  /** @type {[Element | null, Element][]} */
  const found = [];
  let rest = whole;
  for (;;) {
    const [left, sign, right] = rest.children;
    const isOne = rest.tagName === "mrow" && rest.children.length === 3 && sign.tagName === "mo";
    if (!isOne || !signs.includes(sign.textContent ?? "")) break;
    sign.setAttribute("form", "infix");
    found.unshift([sign, right]);
    rest = left;
  }
  return [[null, rest], ...found];
}

/**
 * @param {string} tag
 * @param {...(Element | string)} children
 */
function make(tag, ...children) {
  const element = document.createElementNS(NAMESPACE, tag);
  element.append(...children);
  return element;
}

/**
 * @param {Amount} value
 * @param {number} index
 */
function at(value, index) {
  return Array.isArray(value) ? value[index] : value;
}

/**
 * Every name's value before and after the step.
 * @param {Worked} worked
 * @param {number} step
 * @returns {Map<string, Amount>}
 */
function amounts({ run, hyperparameters, objective, hessian, optimizer }, step) {
  const { count, positions, gradients } = run;
  const row = (/** @type {Float64Array} */ rows, /** @type {number} */ k, /** @type {number} */ width) =>
    Array.from(rows.subarray(k * width, (k + 1) * width));
  /** @type {Map<string, Amount>} */
  const known = new Map(Object.entries(hyperparameters).map(([name, value]) => [`before ${name}`, value]));
  known.set("g", row(gradients, step, count));
  known.set("before g", row(gradients, step, count));
  known.set("before theta", row(positions, step, count));
  known.set("after theta", row(positions, step + 1, count));
  known.set("before f", run.values[step]);
  known.set("before t", step + 1);
  known.set("before T", run.limit);
  for (const quantity of run.quantities) {
    const { name, width } = quantity;
    const scheduled = optimizer.hyperparameters.some((/** @type {any} */ part) => part.name === name);
    const now = Array.from(quantityAt(run, quantity, step + 1));
    known.set(`after ${name}`, now);
    known.set(
      `before ${name}`,
      scheduled ? now : step ? Array.from(quantityAt(run, quantity, step)) : Array(width).fill(0),
    );
  }
  for (const [name, value] of Object.entries(objective.constants)) known.set(`parameter ${name}`, value);
  for (const [i, name] of objective.names.entries()) known.set(`parameter ${name}`, positions[step * count + i]);
  if (optimizer.symbols.H) known.set("before H", hessian(row(positions, step, count)) ?? NaN);
  return known;
}

/**
 * How many digits the position and the state need for the step to give what is shown of it.
 * @param {import("../model/runs/program.js").Program} program
 * @param {import("../model/runs/program.js").Run} run
 * @param {number} step
 */
function digitsFor(program, run, step) {
  const exact = program.repeat(run, step, (value) => value);
  for (let digits = RESULT; digits < MOST_DIGITS; digits++) {
    const found = program.repeat(run, step, (value) => Number(value.toPrecision(digits)));
    if (
      exact.every(
        (value, index) =>
          !(Math.abs(found[index] - value) > 0.3 * 10 ** (Math.floor(Math.log10(Math.abs(value))) - RESULT + 1)),
      )
    )
      return digits;
  }
  return MOST_DIGITS;
}

/**
 * A number as text; with brackets around a sign or a power.
 * @param {number} value
 * @param {number} digits
 * @param {boolean} guarded
 */
function written(value, digits, guarded) {
  const text = typeset(short(value, digits));
  return guarded && /^−|10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]/.test(text) ? `(${text})` : text;
}
