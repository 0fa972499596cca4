// @ts-check
/** The objective: its formula, how it was read, its gradient, and the gallery. */
import { pretty } from "../../model/format.js";
import { column, reduction } from "../../model/language/expression.js";
import { element } from "../../model/language/notation/mathml.js";
import { GalleryDialog } from "../dialogs/gallery_dialog.js";
import { h, icon, math } from "../dom.js";
import { keepFitting } from "../formulas/fit_width.js";
import { formulaKeys } from "../formulas/formula_keys.js";
import { refusalText } from "../refusal.js";

const MOST_OFFERED = 6; // names that are offered to be made constants

/** @typedef {import("../refusal.js").Refusal} Refusal */

const FUNCTION = "function to minimize";
const MODEL = "model: the column to predict, ~, and a formula for it";

export class ObjectiveCard {
  /**
   * @param {{onText: (text: string) => void, onPick: (name: string) => void, onConstant: (name: string) => void,
   *   onData: () => void}} listeners
   * @param {import("./constants_card.js").ConstantsCard} constants
   * @param {string} page which of several in one document
   */
  constructor(listeners, constants, page) {
    this.listeners = listeners;
    this.constants = constants;
    /** What is shown. @type {any} */
    this.shown = null;
    /** The text of what is shown. */
    this.written = "";
    /** Whether what is known of it is still to be written. */
    this.waits = false;
    this.name = `steepest-refusal-${page}`;
    this.field = h("input", {
      class: "steepest-field steepest-formula",
      type: "text",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      "aria-label": FUNCTION,
      "aria-describedby": this.name,
      "aria-invalid": "false",
      oninput: () => listeners.onText(this.field.value),
    });
    this.open = h(
      "button",
      { type: "button", class: "steepest-button", "aria-haspopup": "dialog" },
      "Gallery",
      icon("down"),
    );
    this.data = h(
      "button",
      {
        type: "button",
        class: "steepest-button",
        "aria-haspopup": "dialog",
        title: "fit data",
        onclick: listeners.onData,
      },
      "Data…",
    );
    this.refusal = refusalText(null, this.name);
    this.about = h("div", { class: "steepest-about" });
    this.fit = keepFitting(this.about, ".steepest-line");
    this.dialog = new GalleryDialog(listeners.onPick);
    this.element = h(
      "section",
      { class: "steepest-card steepest-objective", "aria-label": "function" },
      h(
        "div",
        { class: "steepest-formula-row" },
        h("span", { class: "steepest-prefix", "aria-hidden": "true" }),
        h("span", { class: "steepest-buttons" }, this.data, this.open),
        this.field,
      ),
      formulaKeys(this.field),
      this.refusal,
      constants.element,
      this.about,
      this.dialog.element,
    );
  }

  /**
   * @param {any} objective
   * @param {boolean} typing whether the field is the user's own at the moment
   */
  show(objective, typing) {
    const { shown } = this;
    const { fit } = objective;
    this.shown = objective;
    const text = fit ? objective.text : objective.plain;
    this.written = text;
    const isSame = shown?.text === objective.text && shown.names.join() === objective.names.join();
    if (isSame && !fit && !typing && this.field.value === text) return; // but for the values of constants
    if (!typing && !(isSame && this.isDraft)) {
      this.field.value = text;
      this.refuse(null);
    }
    this.field.setAttribute("aria-label", fit ? MODEL : FUNCTION);
    const prefix = this.element.querySelector(".steepest-prefix");
    const head = fit ? "model" : `f(${objective.names.map(pretty).join(", ")}) =`;
    if (prefix.textContent !== head) prefix.textContent = head;
    this.waits = true;
  }

  /** Write what is known of the function that is shown. */
  write() {
    if (!this.waits) return;
    this.waits = false;
    const { shown, field, isDraft, written } = this;
    const told = shown.fit ? minimized(shown.fit) : about(shown, isDraft ? written : field.value, this.offer(shown));
    this.about.replaceChildren(...told);
    this.fit();
  }

  get isRefused() {
    return this.field.getAttribute("aria-invalid") === "true";
  }

  /** Whether what is in the field could not be read: it is not what is shown. */
  get isDraft() {
    return this.isRefused && this.field.value !== this.written;
  }

  /**
   * Buttons that make a parameter a constant, where the formula does not say itself which names are parameters.
   * @param {any} objective
   */
  offer({ names, gallery, header, table }) {
    if (names.length < 2 || names.length > MOST_OFFERED || gallery || header || table || this.field.disabled)
      return null;
    const buttons = names.map((/** @type {string} */ name) =>
      h(
        "button",
        {
          type: "button",
          class: "steepest-button steepest-toggle steepest-name-button",
          "aria-label": `make ${name} a constant`,
          title: `make ${name} a constant, with a slider`,
          onclick: () => this.listeners.onConstant(name),
        },
        pretty(name),
      ),
    );
    return h("p", { class: "steepest-quiet steepest-offer" }, "make ", ...buttons, " a constant");
  }

  /** @param {Refusal | null} refusal */
  refuse(refusal) {
    if (!refusal && !this.isRefused) return;
    const word = refusal?.constant;
    const made = refusalText(refusal, this.name);
    if (word) {
      const onclick = () => this.listeners.onConstant(word);
      made.append(
        h(
          "button",
          { type: "button", class: "steepest-button steepest-add-slider", onclick },
          `add a slider for ${pretty(word)}`,
        ),
      );
    }
    this.refusal.replaceWith(made);
    this.refusal = made;
    this.field.setAttribute("aria-invalid", String(Boolean(refusal)));
  }
}

/**
 * What is known of a function, and its gradient.
 * @param {any} objective
 * @param {string} typed
 * @param {HTMLElement | null} offer
 */
function about(objective, typed, offer) {
  const head =
    objective.names.length > 1
      ? "<mrow><mo>∇</mo><mi>f</mi></mrow>"
      : '<mrow><mi>f</mi><mo lspace="0.06em" rspace="0">′</mo></mrow>';
  const parts = objective.gradient.map((/** @type {any} */ part) => `<mtr><mtd>${bare(part.mathml)}</mtd></mtr>`);
  const slope =
    objective.names.length > 1
      ? `<mtable class="steepest-vector">${parts.join("")}</mtable>`
      : bare(objective.gradient[0].mathml);
  const { gallery, readAs, title, description } = objective;
  const isOther = !gallery && readAs && bareText(typed) !== bareText(readAs);
  return [
    ...(gallery ? [h("p", { class: "steepest-quiet" }, h("b", null, `${title}. `), description)] : []),
    ...(isOther ? [h("p", { class: "steepest-quiet" }, "read as ", h("code", null, readAs))] : []),
    ...(offer ? [offer] : []),
    formula("gradient", `${head}<mo>=</mo>${slope}`),
  ];
}

/**
 * What a fit minimizes.
 * @param {import("../../model/data/fit/fit.js").Fit} fit
 */
function minimized({ loss, model, target, table }) {
  const cost = reduction("mean", loss.ofRow(column(target, table), model), table);
  return [formula("what is minimized", `<mi>f</mi><mo>=</mo>${bare(element(cost))}`)];
}

/**
 * @param {string} label
 * @param {string} mathml
 */
function formula(label, mathml) {
  const line = math("div", `<math displaystyle="true">${mathml}</math>`, { class: "steepest-line" });
  return h("div", { class: "steepest-slope", tabindex: "0", role: "group", "aria-label": label }, line);
}

/** @param {string} text */
function bare(text) {
  return text.replace(/^<math[^>]*>|<\/math>$/g, "");
}

/** @param {string} text */
function bareText(text) {
  return text.replaceAll(/\s/g, "").replaceAll("**", "^");
}
