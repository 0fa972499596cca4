// @ts-check
/** The data of a fit: the table, loss, scaling, batches, and the coefficients; its model is typed as the objective. */
import { h, iconButton } from "../dom.js";
import { refusalText } from "../refusal.js";
import { CoefficientTable } from "./coefficient_table.js";

/** @typedef {import("../refusal.js").Refusal} Refusal */
/**
 * @typedef {object} Shown
 * @property {string} name of the table
 * @property {string} told rows and columns
 * @property {string[]} notes
 * @property {boolean} isFit whether it has a model, with a loss and batches
 * @property {string} loss
 * @property {string} scale
 * @property {number | null} batch
 * @property {string} order
 * @property {boolean} canAdd whether points can be added
 */
/**
 * @typedef {object} Choices
 * @property {Record<string, string>} losses each with a sentence
 * @property {Record<string, string>} scales
 * @property {Record<string, string>} orders
 */

const OWN = "formula";

export class DataCard {
  /**
   * @param {{onChange: (change: Record<string, any>) => void, onLeave: () => void, onAdd: () => void,
   *   onAdding: (adding: boolean) => void}} listeners
   * @param {Choices} choices
   * @param {(name: string) => boolean} locked
   * @param {string} page which of several in one document
   */
  constructor(listeners, choices, locked, page) {
    this.listeners = listeners;
    this.choices = choices;
    this.name = `steepest-data-refusal-${page}`;
    const disabled = locked("objective") || locked("data");
    this.title = h("b", null);
    this.told = h("span", { class: "steepest-quiet" });
    this.refusal = refusalText(null, this.name);
    const menu = (
      /** @type {string} */ name,
      /** @type {Record<string, string>} */ options,
      /** @type {any} */ onchange,
    ) =>
      h(
        "select",
        { class: "steepest-select", "aria-label": name, onchange, disabled },
        ...Object.entries(options).map(([value, title]) => h("option", { value, title }, value)),
      );
    this.loss = menu("loss", { ...choices.losses, [OWN]: "A formula in the observed y and the prediction p." }, () =>
      this.pickLoss(),
    );
    this.ownLoss = h("input", {
      class: "steepest-field",
      type: "text",
      spellcheck: "false",
      disabled,
      "aria-label": "loss of one row, in the observed y and the prediction p",
      "aria-describedby": this.name,
      onchange: () => listeners.onChange({ loss: this.ownLoss.value }),
    });
    this.scale = menu("scaling of the columns", choices.scales, () => listeners.onChange({ scale: this.scale.value }));
    this.batch = h("input", {
      class: "steepest-field steepest-number",
      type: "text",
      inputmode: "numeric",
      placeholder: "all",
      disabled,
      "aria-label": "rows of a batch; empty for all rows",
      "aria-describedby": this.name,
      onchange: () => this.readBatch(),
    });
    this.order = menu("order of the batches", choices.orders, () => listeners.onChange({ order: this.order.value }));
    this.add = h(
      "button",
      { type: "button", class: "steepest-button steepest-toggle", disabled, onclick: listeners.onAdd },
      "Add a point",
    );
    this.adding = h(
      "button",
      {
        type: "button",
        class: "steepest-button steepest-toggle",
        "aria-pressed": "false",
        disabled,
        onclick: () => this.setAdding(this.adding.getAttribute("aria-pressed") !== "true"),
      },
      "Clicks add points",
    );
    this.points = h("div", { class: "steepest-shows steepest-points" }, this.add, this.adding);
    this.notes = h("ul", { class: "steepest-notes steepest-quiet" });
    this.coefficients = new CoefficientTable();
    const labelled = (/** @type {string} */ text, /** @type {Node[]} */ ...fields) =>
      h("label", { class: "steepest-limit" }, h("span", null, text), ...fields);
    this.settings = h(
      "div",
      { class: "steepest-limits steepest-fit-settings" },
      labelled("loss", this.loss),
      labelled("scaling", this.scale),
      labelled("batch", this.batch),
      labelled("order", this.order),
      this.ownLoss,
    );
    this.leave = iconButton("close", "no data: back to a formula", listeners.onLeave);
    this.leave.disabled = disabled;
    this.element = h(
      "section",
      { class: "steepest-card steepest-objective steepest-data", "aria-label": "data", hidden: true },
      h(
        "div",
        { class: "steepest-formula-row" },
        h("p", { class: "steepest-data-name" }, this.title, this.told),
        this.leave,
      ),
      this.settings,
      this.refusal,
      this.points,
      this.coefficients.element,
      this.notes,
    );
  }

  /** @param {Shown | null} shown null without data */
  show(shown) {
    this.element.hidden = !shown;
    if (!shown) return;
    this.title.textContent = shown.name;
    this.told.textContent = ` ${shown.told}`;
    this.settings.hidden = this.coefficients.element.hidden = !shown.isFit;
    const named = Object.hasOwn(this.choices.losses, shown.loss);
    this.loss.value = named ? shown.loss : OWN;
    this.ownLoss.hidden = named;
    if (!this.ownLoss.matches(":focus")) this.ownLoss.value = shown.loss;
    this.scale.value = shown.scale;
    if (!this.batch.matches(":focus")) this.batch.value = shown.batch === null ? "" : String(shown.batch);
    this.order.value = shown.order;
    /** @type {HTMLElement} */ (this.order.parentElement).hidden = shown.batch === null;
    this.settings.classList.toggle("steepest-batched", shown.batch !== null);
    this.points.hidden = !shown.canAdd;
    this.notes.replaceChildren(...shown.notes.map((note) => h("li", null, note)));
  }

  pickLoss() {
    const own = this.loss.value === OWN;
    this.ownLoss.hidden = !own;
    if (own) this.ownLoss.focus();
    else this.listeners.onChange({ loss: this.loss.value });
  }

  readBatch() {
    const text = this.batch.value.trim();
    const batch = text === "" || text === "all" ? null : Number(text);
    const good = batch === null || (Number.isInteger(batch) && batch >= 1);
    this.batch.setAttribute("aria-invalid", String(!good));
    if (good) this.listeners.onChange({ batch });
    else this.refuse({ message: `a batch is a whole number of rows from 1, or empty for all rows, not "${text}"` });
  }

  /** @param {boolean} adding whether clicks in the picture add points */
  setAdding(adding) {
    this.adding.setAttribute("aria-pressed", String(adding));
    this.listeners.onAdding(adding);
  }

  /** @param {Refusal | null} refusal */
  refuse(refusal) {
    const made = refusalText(refusal, this.name);
    this.refusal.replaceWith(made);
    this.refusal = made;
  }
}
