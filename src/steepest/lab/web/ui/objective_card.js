// @ts-check
/** The objective: its formula, how it was read, its gradient, and the gallery. */
import { pretty } from "../model/format.js";
import { GalleryDialog } from "./dialogs/gallery_dialog.js";
import { h, icon, math } from "./dom.js";
import { keepFitting } from "./formulas/fit_width.js";
import { formulaKeys } from "./formulas/formula_keys.js";
import { refusalText } from "./refusal.js";

/** @typedef {import("./refusal.js").Refusal} Refusal */

export class ObjectiveCard {
  /**
   * @param {{onText: (text: string) => void, onPick: (name: string) => void, onData: () => void}} listeners
   * @param {string} page which of several in one document
   */
  constructor(listeners, page) {
    this.listeners = listeners;
    this.name = `steepest-refusal-${page}`;
    this.field = h("input", {
      class: "steepest-field steepest-formula",
      type: "text",
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      "aria-label": "function to minimize",
      "aria-describedby": this.name,
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
      this.about,
      this.dialog.element,
    );
  }

  /**
   * @param {any} objective
   * @param {boolean} typing whether the field is the user's own at the moment
   */
  show(objective, typing) {
    if (!typing) this.field.value = objective.plain;
    this.element.querySelector(".steepest-prefix").textContent = `f(${objective.names.map(pretty).join(", ")}) =`;
    const head =
      objective.names.length > 1
        ? "<mrow><mo>∇</mo><mi>f</mi></mrow>"
        : '<mrow><mi>f</mi><mo lspace="0.06em" rspace="0">′</mo></mrow>';
    const parts = objective.gradient.map((/** @type {any} */ part) => `<mtr><mtd>${bare(part.mathml)}</mtd></mtr>`);
    const slope =
      objective.names.length > 1
        ? `<mtable class="steepest-vector">${parts.join("")}</mtable>`
        : bare(objective.gradient[0].mathml);
    this.about.replaceChildren(
      ...[
        objective.gallery
          ? h("p", { class: "steepest-quiet" }, h("b", null, `${objective.title}. `), objective.description)
          : null,
        !objective.gallery && objective.readAs && bareText(this.field.value) !== bareText(objective.readAs)
          ? h("p", { class: "steepest-quiet" }, "read as ", h("code", null, objective.readAs))
          : null,
        h(
          "div",
          { class: "steepest-slope", tabindex: "0", role: "group", "aria-label": "gradient" },
          math("div", `<math displaystyle="true">${head}<mo>=</mo>${slope}</math>`, { class: "steepest-line" }),
        ),
      ].filter((each) => each !== null),
    );
    this.fit();
  }

  /** @param {Refusal | null} refusal */
  refuse(refusal) {
    const made = refusalText(refusal, this.name);
    this.refusal.replaceWith(made);
    this.refusal = made;
    this.field.setAttribute("aria-invalid", String(Boolean(refusal)));
  }
}

/** @param {string} text */
function bare(text) {
  return text.replace(/^<math[^>]*>|<\/math>$/g, "");
}

/** @param {string} text */
function bareText(text) {
  return text.replaceAll(/\s/g, "").replaceAll("**", "^");
}
