// @ts-check
/** The worked step: the gradient and every equation of one optimizer, as written, with this step's numbers, and what comes out. */
import { h, math } from "./element.js";
import { short } from "./format.js";

/** @typedef {number | number[]} Amount */
/** @typedef {{label: string, optimizer: any, run: import("./tape.js").Run, hyperparameters: Record<string, number>, objective: any, hessian: (position: number[]) => number[] | null}} Worked */

const TIMES = "\u2062", APPLY = "\u2061";

export class Lesson {
  constructor() {
    this.title = h("h2", { class: "steepest-title" });
    this.body = h("div", { class: "steepest-lesson" });
    this.element = h("section", { class: "steepest-card", "aria-label": "the worked step" }, this.title, this.body);
    this.shown = "";
  }

  /** Show the step that leaves from step `at`. @param {Worked} worked @param {number} at */
  show(worked, at) {
    const { run, optimizer, objective } = worked, step = Math.min(at, run.steps - 1);
    const key = [worked.label, objective.text, step, ...run.positions.subarray(0, 2 * run.count), ...Object.values(worked.hyperparameters), run.steps,
      step < 0 ? 0 : run.positions[step * run.count]].join();
    if (key === this.shown) return;
    this.shown = key;
    const scroll = [...this.body.querySelectorAll(".steepest-work")].map((each) => each.scrollLeft);
    if (step < 0) {
      this.title.textContent = "No step was taken";
      this.body.replaceChildren(h("p", null, run.ending.message));
      return;
    }
    this.title.textContent = `Step ${step + 1} of ${worked.label}`;
    const known = amounts(worked, step);
    const blocks = [...slopes(objective, known, run, step), ...optimizer.mathml.map((/** @type {string} */ text, /** @type {number} */ index) => {
      const name = optimizer.assigned[index], result = after(worked, step, name);
      const block = work(text, withNumbers(text, optimizer.symbols, known), result);
      known.set(name, result);
      return block;
    })];
    this.body.replaceChildren(...blocks);
    this.body.querySelectorAll(".steepest-work").forEach((/** @type {any} */ each, /** @type {number} */ index) => { each.scrollLeft = scroll[index] ?? 0; });
  }
}

/** Every name's value where the step starts. @param {Worked} worked @param {number} step @returns {Map<string, Amount>} */
function amounts({ run, hyperparameters, objective, hessian, optimizer }, step) {
  const { count } = run, row = (/** @type {Float64Array} */ rows) => plain(rows.subarray(step * count, (step + 1) * count));
  const known = new Map(/** @type {[string, Amount][]} */ ([
    ...Object.entries(hyperparameters), ["theta", row(run.positions)], ["g", row(run.gradients)], ["f", run.values[step]], ["t", step + 1], ["T", run.limit],
  ]));
  for (const { name, width, rows } of run.quantities) {
    known.set(name, step ? plain(rows.subarray((step - 1) * width, step * width)) : width > 1 ? Array(width).fill(0) : 0);
    if (optimizer.hyperparameters.some((/** @type {any} */ part) => part.name === name)) known.set(name, rows[step]);
  }
  objective.names.forEach((/** @type {string} */ name, /** @type {number} */ i) => known.set(`parameter ${name}`, run.positions[step * count + i]));
  if (optimizer.symbols.H) {
    const entries = hessian(Array.from(run.positions.subarray(step * count, (step + 1) * count)));
    if (entries) known.set("H", count > 1 ? /** @type {any} */ ({ matrix: entries, count }) : entries[0]);
  }
  return known;
}

/** @param {ArrayLike<number>} values @returns {Amount} */
function plain(values) {
  return values.length === 1 ? values[0] : Array.from(values);
}

/** What a name is when the step is done. @param {Worked} worked @param {number} step @param {string} name @returns {Amount} */
function after({ run }, step, name) {
  if (name === "theta") return plain(run.positions.subarray((step + 1) * run.count, (step + 2) * run.count));
  const found = run.quantities.find((each) => each.name === name);
  return found ? plain(found.rows.subarray(step * found.width, (step + 1) * found.width)) : NaN;
}

/** The partial derivatives with this position's numbers. @param {any} objective @param {Map<string, Amount>} known @param {import("./tape.js").Run} run @param {number} step */
function slopes(objective, known, run, step) {
  const places = new Map(objective.names.map((/** @type {string} */ name) => [name, known.get(`parameter ${name}`)]));
  return objective.gradient.slice(0, 4).map((/** @type {any} */ part, /** @type {number} */ index) => {
    const head = run.count > 1 ? `<mfrac><mrow><mo>∂</mo><mi>f</mi></mrow><mrow><mo>∂</mo>${objective.symbols[part.name]}</mrow></mfrac>` : "<msup><mi>f</mi><mo>′</mo></msup>";
    const text = part.mathml.replace(/^<math[^>]*>/, `<math displaystyle="true">${head}<mo>=</mo>`);
    return work(text, withNumbers(text, objective.symbols, /** @type {Map<string, Amount>} */ (places)), run.gradients[step * run.count + index]);
  });
}

/** One equation in three lines. @param {string} text @param {Element} numbers @param {Amount} result */
function work(text, numbers, result) {
  const made = document.createElementNS("http://www.w3.org/1998/Math/MathML", "math");
  made.innerHTML = `<mo>=</mo>${amount(result, 5, false)}`;
  return h("div", { class: "steepest-work", tabindex: "0", role: "group", "aria-label": "an equation, with its numbers, and its result" },
    math("div", text), h("div", { class: "steepest-numbers" }, numbers), h("div", { class: "steepest-result" }, made));
}

/** The right side of an equation with numbers for names. @param {string} text @param {Record<string, string>} symbols @param {Map<string, Amount>} known */
function withNumbers(text, symbols, known) {
  const holder = math("div", text), root = holder.firstElementChild;
  const names = new Map([...known.keys()].filter((name) => symbols[name]).map((name) => [math("div", `<math>${symbols[name]}</math>`).firstElementChild.innerHTML, name]));
  while (root.firstElementChild && root.firstElementChild.textContent !== "=") root.firstElementChild.remove();
  replace(root, names, known);
  for (const sign of root.querySelectorAll("mo")) if (sign.textContent === TIMES) sign.textContent = "·";
  return root;
}

/** @param {Element} node @param {Map<string, string>} names @param {Map<string, Amount>} known */
function replace(node, names, known) {
  for (const child of [...node.children]) {
    const name = names.get(child.outerHTML), calls = child.nextElementSibling?.textContent === APPLY, slope = child.previousElementSibling?.textContent === "∇";
    if (name === undefined || calls || slope) {
      replace(child, names, known);
      continue;
    }
    const holder = math("div", `<math>${amount(/** @type {Amount} */ (known.get(name)), 4, true)}</math>`).firstElementChild;
    child.replaceWith(...holder.children);
  }
}

/** A number, a vector or a matrix in MathML; with brackets around a sign. @param {any} value @param {number} digits @param {boolean} guarded @returns {string} */
function amount(value, digits, guarded) {
  if (value && value.matrix) {
    const rows = Array.from({ length: value.count }, (_, i) => value.matrix.slice(i * value.count, (i + 1) * value.count));
    return bracketed(rows.map((row) => `<mtr>${row.map((/** @type {number} */ each) => `<mtd>${amount(each, digits, false)}</mtd>`).join("")}</mtr>`).join(""));
  }
  if (Array.isArray(value)) return bracketed(value.map((each) => `<mtr><mtd>${amount(each, digits, false)}</mtd></mtr>`).join(""));
  const [mantissa, exponent] = short(value, digits).split("e"), minus = mantissa.startsWith("−"), size = minus ? mantissa.slice(1) : mantissa;
  const number = `<mn>${size}</mn>`, power = (exponent ?? "").replace("−", "");
  const scaled = exponent ? `${number}<mo>·</mo><msup><mn>10</mn>${exponent.startsWith("−") ? `<mrow><mo form="prefix">−</mo><mn>${power}</mn></mrow>` : `<mn>${power}</mn>`}</msup>` : number;
  const signed = minus ? `<mo form="prefix">−</mo>${scaled}` : scaled;
  return guarded && (minus || exponent) ? `<mrow><mo>(</mo>${signed}<mo>)</mo></mrow>` : `<mrow>${signed}</mrow>`;
}

/** @param {string} rows */
function bracketed(rows) {
  return `<mtable class="steepest-vector">${rows}</mtable>`;
}
