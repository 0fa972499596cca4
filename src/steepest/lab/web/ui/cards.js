// @ts-check
/** The controls: the objective's field and gallery, a card for each optimizer, the limits of the run. */

import { exact, pretty, short } from "../model/format.js";
import { swatch } from "../plot/run_style.js";
import { h, icon, iconButton, math } from "./dom.js";

/** @typedef {{message: string, text?: string, place?: number | null, length?: number}} Refusal */

const LOG = 1000; // parts of a slider
const FRACTIONS = /^(beta|alpha|rho|gamma|mu|decay_rate)\d*$/;

/**
 * A mistake with a caret under its place.
 * @param {Refusal | null} refusal
 * @param {string} id
 */
function refusalText(refusal, id) {
  if (!refusal) return h("div", { class: "steepest-refusal", id, hidden: true });
  const place = refusal.place ?? null;
  const text = refusal.text ?? "";
  const points = [...text];
  const from = Math.max(0, (place ?? 0) - 24);
  const line = points
    .slice(from, from + 44)
    .join("")
    .replaceAll("\n", " ");
  return h(
    "div",
    { class: "steepest-refusal", id, role: "status" },
    h("p", null, refusal.message),
    place !== null && text ? h("pre", { "aria-hidden": "true" }, `${line}\n${" ".repeat(place - from)}^`) : null,
  );
}

/** The objective: its formula, how it was read, its gradient, and the gallery. */
export class ObjectiveCard {
  /**
   * @param {{onText: (text: string) => void, onPick: (name: string) => void}} listeners
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
      { type: "button", class: "steepest-button", "aria-haspopup": "dialog", onclick: () => this.dialog.showModal() },
      "Gallery",
      icon("down"),
    );
    this.refusal = refusalText(null, this.name);
    this.about = h("div", { class: "steepest-about" });
    this.items = h("div", { class: "steepest-gallery" });
    this.dialog = h(
      "dialog",
      {
        class: "steepest-dialog",
        "aria-label": "gallery of functions",
        onclick: (/** @type {any} */ event) => {
          if (event.target === this.dialog) this.dialog.close();
        },
      },
      h(
        "div",
        { class: "steepest-dialog-head" },
        h("h2", null, "Gallery"),
        iconButton("close", "close the gallery", () => this.dialog.close()),
      ),
      this.items,
    );
    this.element = h(
      "section",
      { class: "steepest-card steepest-objective", "aria-label": "function" },
      h(
        "div",
        { class: "steepest-formula-row" },
        h("span", { class: "steepest-prefix", "aria-hidden": "true" }),
        this.open,
        this.field,
      ),
      this.refusal,
      this.about,
      this.dialog,
    );
  }

  /**
   * @param {any} objective
   * @param {boolean} typing whether the field is the user's own at the moment
   */
  show(objective, typing) {
    if (!typing) this.field.value = objective.plain;
    this.element.querySelector(".steepest-prefix").textContent = `f(${objective.names.map(pretty).join(", ")}) =`;
    const head = objective.names.length > 1 ? "<mrow><mo>∇</mo><mi>f</mi></mrow>" : "<msup><mi>f</mi><mo>′</mo></msup>";
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
        math("div", `<math displaystyle="true">${head}<mo>=</mo>${slope}</math>`, {
          class: "steepest-slope",
          tabindex: "0",
          role: "group",
          "aria-label": "gradient",
        }),
      ].filter((each) => each !== null),
    );
  }

  /** @param {Refusal | null} refusal */
  refuse(refusal) {
    const made = refusalText(refusal, this.name);
    this.refusal.replaceWith(made);
    this.refusal = made;
    this.field.setAttribute("aria-invalid", String(Boolean(refusal)));
  }

  /**
   * @param {any[]} gallery
   * @param {(canvas: HTMLCanvasElement, objective: any) => void} thumbnail
   */
  fill(gallery, thumbnail) {
    this.items.replaceChildren(
      ...gallery.map((objective) => {
        const canvas = h("canvas", { width: 224, height: 140, class: "steepest-thumbnail", "aria-hidden": "true" });
        const seen = new IntersectionObserver((entries) => {
          if (!entries.some((entry) => entry.isIntersecting)) return;
          seen.disconnect();
          thumbnail(canvas, objective);
        });
        seen.observe(canvas);
        return h(
          "button",
          {
            type: "button",
            class: "steepest-item",
            onclick: () => {
              this.dialog.close();
              this.listeners.onPick(objective.gallery);
            },
          },
          canvas,
          h("span", null, objective.title),
        );
      }),
    );
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

/**
 * How a hyperparameter's slider moves: by powers of ten, or toward 1; between the ends if there are any.
 * @param {string} name
 * @param {number} base
 * @param {[number, number]} [ends]
 */
function scaleOf(name, base, ends) {
  if (ends) {
    const [first, last] = ends;
    const decades = Math.log10(last / first);
    return {
      to: (/** @type {number} */ part) => first * 10 ** (decades * part),
      from: (/** @type {number} */ value) =>
        value > 0 ? Math.max(0, Math.min(1, Math.log10(value / first) / decades)) : 0,
    };
  }
  if (FRACTIONS.test(name) && base > 0 && base < 1) {
    return {
      to: (/** @type {number} */ part) => (part <= 0 ? 0 : 1 - 10 ** (-4 * part)),
      from: (/** @type {number} */ value) => Math.max(0, Math.min(1, -Math.log10(Math.max(1e-9, 1 - value)) / 4)),
    };
  }
  const middle = base > 0 ? base : 0.01;
  const low = middle / 100;
  return {
    to: (/** @type {number} */ part) => low * 10 ** (4 * part),
    from: (/** @type {number} */ value) => (value > 0 ? Math.max(0, Math.min(1, Math.log10(value / low) / 4)) : 0),
  };
}

/**
 * @typedef {{onSetting: (name: string, value: number | string) => void, onText: (text: string) => void, onRemove: () =>
 *   void, onCopy: () => void, onChoose: () => void}} CardListeners
 */

/** One optimizer. */
export class OptimizerCard {
  /**
   * @param {any} method
   * @param {any[]} zoo
   * @param {import("../plot/run_style.js").Brush} look
   * @param {CardListeners} listeners
   * @param {{locked: (name: string) => boolean, ranges: Record<string, [number, number]>, identity: string}} more
   */
  constructor(method, zoo, look, listeners, { locked, ranges, identity }) {
    this.method = method;
    this.ranges = ranges;
    this.listeners = listeners;
    this.ticket = 0;
    /** @type {Map<string, {slider: any, field: any, scale: any, mark: any, base: number}>} */
    this.controls = new Map();
    const custom = !method.data.year;
    const id = `steepest-equations-${identity}`;
    this.menu = h(
      "select",
      {
        class: "steepest-select steepest-name",
        "aria-label": "optimizer",
        disabled: locked("optimizers"),
        onchange: () => this.choose(),
      },
      ...zoo.map((/** @type {any} */ each) => h("option", { value: each.name }, each.name)),
      h("option", { value: "custom" }, custom ? "your equations" : "your equations…"),
    );
    this.menu.value = custom ? "custom" : method.data.name;
    this.ending = h("p", { class: "steepest-ending" });
    this.refusal = refusalText(null, `${id}-refusal`);
    this.equations = h(
      "div",
      { class: "steepest-equations", tabindex: "0", role: "group", "aria-label": "equations" },
      ...method.data.mathml.map((/** @type {string} */ text) => math("div", text)),
    );
    this.editor = h("textarea", {
      class: "steepest-field steepest-editor",
      id,
      rows: 2,
      spellcheck: "false",
      autocapitalize: "off",
      "aria-label": "equations, one a line",
      "aria-describedby": `${id}-refusal`,
      value: method.data.equations.join("\n"),
      oninput: () => {
        this.grow();
        listeners.onText(this.editor.value);
      },
    });
    this.editor.hidden = true;
    this.edit = iconButton("edit", "edit the equations", () => this.toggleEditor());
    this.edit.setAttribute("aria-expanded", "false");
    this.edit.setAttribute("aria-controls", id);
    this.element = h(
      "article",
      {
        class: "steepest-card steepest-optimizer",
        "aria-label": `optimizer ${method.data.name}`,
        onpointerdown: () => listeners.onChoose(),
        onfocusin: () => listeners.onChoose(),
      },
      h(
        "div",
        { class: "steepest-optimizer-head" },
        swatch(look),
        this.menu,
        locked("optimizers")
          ? null
          : h(
              "div",
              { class: "steepest-buttons" },
              this.edit,
              iconButton("copy", "duplicate this optimizer", listeners.onCopy),
              iconButton("close", "remove this optimizer", listeners.onRemove),
            ),
      ),
      this.equations,
      this.editor,
      this.refusal,
      h(
        "div",
        { class: "steepest-hyperparameters" },
        ...method.data.hyperparameters.map((/** @type {any} */ part) => this.row(part, method, locked(part.name))),
      ),
      this.ending,
    );
  }

  /**
   * @param {any} part
   * @param {any} method
   * @param {boolean} locked
   */
  row(part, method, locked) {
    const base = part.default ?? method.base[part.name] ?? 0.1;
    const scale = scaleOf(part.name, base, this.ranges[part.name]);
    const value = method.value(part.name);
    const number = typeof value === "number";
    const slider = h("input", {
      type: "range",
      class: "steepest-range",
      min: 0,
      max: LOG,
      step: 1,
      value: number ? LOG * scale.from(value) : 0,
      disabled: locked || !number,
      "aria-label": part.name,
      oninput: () => {
        const next = Number(scale.to(Number(slider.value) / LOG).toPrecision(3));
        field.value = exact(next);
        slider.setAttribute("aria-valuetext", field.value);
        this.paint(slider);
        this.listeners.onSetting(part.name, next);
      },
    });
    const field = h("input", {
      type: "text",
      class: "steepest-field steepest-number",
      value: number ? exact(value) : value,
      disabled: locked,
      spellcheck: "false",
      inputmode: "text",
      "aria-label": `${part.name}: a number or a formula in t and T`,
      onchange: () => {
        const typed = field.value.trim();
        const next = Number(typed);
        this.listeners.onSetting(part.name, typed !== "" && Number.isFinite(next) ? next : typed);
      },
    });
    const mark = h("span", { class: "steepest-mark", hidden: true });
    slider.setAttribute("aria-valuetext", field.value);
    this.controls.set(part.name, { slider, field, scale, mark, base });
    this.paint(slider);
    return h(
      "div",
      { class: "steepest-hyperparameter" },
      h("span", { class: "steepest-symbol", title: part.name }, pretty(part.name)),
      h("div", { class: "steepest-slide" }, slider, mark),
      field,
    );
  }

  /** @param {any} slider */
  paint(slider) {
    slider.style.setProperty("--share", `${slider.value / (LOG / 100)}%`);
  }

  choose() {
    if (this.menu.value !== "custom") this.listeners.onText(this.menu.value);
    else if (this.editor.hidden) this.toggleEditor();
  }

  toggleEditor() {
    const editing = this.editor.hidden;
    this.editor.hidden = !editing;
    this.equations.hidden = editing;
    this.edit.setAttribute("aria-expanded", String(editing));
    if (!editing) return;
    this.grow();
    this.editor.focus();
  }

  grow() {
    this.editor.rows = Math.max(
      2,
      this.editor.value
        .split("\n")
        .reduce(
          (/** @type {number} */ sum, /** @type {string} */ line) => sum + Math.max(1, Math.ceil(line.length / 36)),
          0,
        ),
    );
  }

  /** @param {Refusal | null} refusal */
  refuse(refusal) {
    const made = refusalText(refusal, this.refusal.id);
    this.refusal.replaceWith(made);
    this.refusal = made;
    this.editor.setAttribute("aria-invalid", String(Boolean(refusal)));
  }

  /**
   * How the run ended, in its own words.
   * @param {import("../model/program.js").Ending} ending
   */
  tell({ kind, message }) {
    if (this.ending.textContent === message) return;
    this.ending.textContent = message;
    this.ending.dataset.kind = kind;
  }

  /**
   * Mark where the learning rate stops being stable; null where theory says nothing.
   * @param {number | null} limit
   */
  markLimit(limit) {
    const control = this.controls.get("lr");
    if (!control) return;
    const place = limit === null ? 0 : control.scale.from(limit);
    const shown = place > 0 && place < 1;
    control.mark.hidden = !shown;
    if (!shown) return;
    control.mark.style.setProperty("--at", String(place));
    const rate = short(Number(/** @type {number} */ (limit).toPrecision(3)), 3);
    const reason = "the curvature of the function at this point allows no more";
    control.mark.title = `a learning rate above ${rate} is unstable here: ${reason}`;
  }
}

/** Steps, tolerance, seed. */
export class LimitsCard {
  /**
   * @param {(change: Record<string, number>) => void} onChange
   * @param {(name: string) => boolean} locked
   */
  constructor(onChange, locked) {
    const field = (
      /** @type {string} */ name,
      /** @type {string} */ label,
      /** @type {(value: number) => boolean} */ fits,
    ) => {
      const input = h("input", {
        type: "text",
        class: "steepest-field steepest-number",
        inputmode: "decimal",
        disabled: locked(name),
        onchange: () => {
          const value = Number(input.value);
          const good = input.value.trim() !== "" && fits(value);
          input.setAttribute("aria-invalid", String(!good));
          if (good) onChange({ [name]: value });
        },
      });
      return { input, element: h("label", { class: "steepest-limit" }, h("span", null, label), input) };
    };
    this.fields = {
      steps: field("steps", "steps", (value) => Number.isInteger(value) && value >= 0 && value <= 100000),
      tol: field("tol", "tol", (value) => value === 0 || (value >= 1e-150 && value <= 1e150)),
      gtol: field("gtol", "gtol", (value) => value === 0 || (value >= 1e-150 && value <= 1e150)),
      seed: field("seed", "seed", (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32),
    };
    this.slider = h("input", {
      type: "range",
      class: "steepest-range",
      step: 1,
      "aria-label": "steps",
      disabled: locked("steps"),
      hidden: true,
      oninput: () => onChange({ steps: Number(this.slider.value) }),
    });
    this.element = h(
      "div",
      { class: "steepest-limits" },
      this.slider,
      ...Object.values(this.fields).map(({ element }) => element),
    );
  }

  /** @param {Record<string, any>} state */
  show(state) {
    for (const [name, { input }] of Object.entries(this.fields)) {
      if (document.activeElement === input) continue;
      input.value = exact(state[name]);
      input.removeAttribute("aria-invalid");
    }
    const ends = state.ranges?.steps;
    this.slider.hidden = !ends;
    if (!ends) return;
    [this.slider.min, this.slider.max] = ends.map(String);
    this.slider.value = String(state.steps);
    this.slider.style.setProperty("--share", `${(100 * (state.steps - ends[0])) / (ends[1] - ends[0])}%`);
  }
}
