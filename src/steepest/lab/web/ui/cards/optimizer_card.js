// @ts-check
/** One optimizer: its name or equations, its hyperparameters with their outcomes, its verdict, and how its run ended. */
import { exact, pretty } from "../../model/format.js";
import { ZOO } from "../../model/optimizers/tables.js";
import { swatch } from "../../plot/run_style.js";
import { h, iconButton, math } from "../dom.js";
import { keepFitting } from "../formulas/fit_width.js";
import { OutcomeMap } from "../outcomes/outcome_map.js";
import { boundText, OutcomeStrip } from "../outcomes/outcome_strip.js";
import { scaleOf } from "../outcomes/setting_scale.js";
import { refusalText } from "../refusal.js";
import { VerdictView } from "./verdict.js";

/** @typedef {import("../refusal.js").Refusal} Refusal */

const PARTS = 1000; // of a slider
const LONG = 4; // letters of a name beside a slider, above which they are small
const MAP = "map";

/**
 * @typedef {object} CardListeners
 * @property {(name: string, value: number | string) => void} onSetting
 * @property {(values: Record<string, number>) => void} onSettings several numbers at once
 * @property {(text: string) => void} onText a name of the zoo or equations
 * @property {() => void} onRemove
 * @property {() => void} onCopy
 * @property {() => void} onChoose
 * @property {() => void} onStrips the outcomes along another slider are to be shown
 */

export class OptimizerCard {
  /**
   * @param {import("../../model/optimizer.js").Optimizer} optimizer
   * @param {import("../../plot/run_style.js").RunStyle} style
   * @param {CardListeners} listeners
   * @param {{locked: (name: string) => boolean, ranges: Record<string, [number, number]>, identity: string}} more
   */
  constructor(optimizer, style, listeners, { locked, ranges, identity }) {
    this.optimizer = optimizer;
    this.locked = locked;
    this.ranges = ranges;
    this.listeners = listeners;
    /** @type {Map<string, {slider: any, field: any, scale: any, mark: any, bound: any, base: number}>} */
    this.controls = new Map();
    /**
     * The outcomes along the sliders, by hyperparameter, and the map of them.
     * @type {Map<string, OutcomeStrip | OutcomeMap>}
     */
    this.strips = new Map();
    this.mapButton = h(
      "button",
      {
        type: "button",
        class: "steepest-button steepest-map-button",
        "aria-pressed": "false",
        onclick: () => this.toggleMap(),
      },
      "map",
    );
    this.identity = identity;
    /** @type {OutcomeMap | null} */
    this.map = null;
    const id = `steepest-equations-${identity}`;
    this.menu = h(
      "select",
      {
        class: "steepest-select steepest-name",
        "aria-label": "optimizer",
        disabled: locked("optimizers"),
        onchange: () => this.choose(),
      },
      ...Object.keys(ZOO).map((name) => h("option", { value: name }, name)),
      h("option", { value: "custom" }),
    );
    this.verdict = new VerdictView((lr) => this.set("lr", lr));
    this.ending = h("p", { class: "steepest-ending" });
    this.refusal = refusalText(null, `${id}-refusal`);
    this.equations = h("div", {
      class: "steepest-equations",
      tabindex: "0",
      role: "group",
      "aria-label": "equations",
    });
    this.fit = keepFitting(this.equations, ".steepest-line");
    this.hyperparameters = h("div", { class: "steepest-hyperparameters" });
    this.editor = h("textarea", {
      class: "steepest-field steepest-editor",
      id,
      rows: 2,
      spellcheck: "false",
      autocapitalize: "off",
      "aria-label": "equations, one a line",
      "aria-describedby": `${id}-refusal`,
      value: optimizer.data.equations.join("\n"),
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
        onpointerdown: () => listeners.onChoose(),
        onfocusin: () => listeners.onChoose(),
      },
      h(
        "div",
        { class: "steepest-optimizer-head" },
        swatch(style),
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
      this.hyperparameters,
      this.verdict.element,
      this.ending,
    );
    this.show(optimizer);
  }

  /**
   * Show an optimizer, which may be another one; the editor stays as it is.
   * @param {import("../../model/optimizer.js").Optimizer} optimizer
   */
  show(optimizer) {
    const { data } = optimizer;
    const custom = data.isCustom;
    this.optimizer = optimizer;
    this.element.setAttribute("aria-label", `optimizer ${data.name}`);
    this.menu.lastElementChild.textContent = custom ? "your equations" : "your equations…";
    this.menu.value = custom ? "custom" : data.name;
    this.equations.replaceChildren(
      ...data.mathml.map((/** @type {string} */ text) => math("div", text, { class: "steepest-line" })),
    );
    this.fit();
    this.controls.clear();
    this.strips.clear();
    this.hyperparameters.replaceChildren(
      ...data.hyperparameters.map((/** @type {any} */ part) => this.row(part, optimizer, this.locked(part.name))),
      this.mapButton,
    );
    this.map = null;
    const others = this.mapped.slice(1);
    this.mapButton.hidden = !others.length;
    this.nameMap(others[0]);
    this.mapButton.title = "the outcomes over lr and another hyperparameter";
    this.mapButton.setAttribute("aria-pressed", "false");
    if (others.length && optimizer.mapped) this.showMap(optimizer.mapped);
    this.refuse(null);
  }

  /** The hyperparameters that a map can be over, lr first; empty without lr. */
  get mapped() {
    const isNumber = (/** @type {string} */ name) => typeof this.optimizer.value(name) === "number";
    const names = [...this.controls.keys()].filter(isNumber);
    return names.includes("lr") ? ["lr", ...names.filter((name) => name !== "lr")] : [];
  }

  /** Show the outcomes over lr and another hyperparameter, or no more. */
  toggleMap() {
    const { optimizer, mapped, strips } = this;
    if (this.map) {
      this.map.element.remove();
      strips.delete(MAP);
      this.map = null;
      optimizer.mapped = "";
      this.mapButton.setAttribute("aria-pressed", "false");
    } else this.showMap(mapped[1]);
    this.listeners.onStrips();
  }

  /** @param {string | undefined} other */
  nameMap(other) {
    this.mapButton.textContent = `lr × ${pretty(other ?? "")} map`;
  }

  /** @param {string} wanted the hyperparameter beside lr */
  showMap(wanted) {
    const { optimizer, mapped, controls, strips } = this;
    const other = mapped.includes(wanted) ? wanted : mapped[1];
    const scales = Object.fromEntries(mapped.map((name) => [name, /** @type {any} */ (controls.get(name)).scale]));
    const map = new OutcomeMap(scales, other, {
      onPick: (values) => {
        for (const [name, value] of Object.entries(values)) this.write(name, value);
        this.listeners.onSettings(values);
      },
      onOther: (name) => {
        this.showMap(name);
        this.listeners.onStrips();
      },
      locked: this.locked("lr") || this.locked(other),
    });
    if (this.map) this.map.element.replaceWith(map.element);
    else this.mapButton.after(map.element);
    this.map = map;
    this.nameMap(other);
    strips.set(MAP, map);
    optimizer.mapped = other;
    this.mapButton.setAttribute("aria-pressed", "true");
  }

  /**
   * @param {any} part
   * @param {import("../../model/optimizer.js").Optimizer} optimizer
   * @param {boolean} locked
   */
  row(part, optimizer, locked) {
    const base = part.default ?? optimizer.base[part.name] ?? 0.1;
    const scale = scaleOf(part.name, base, this.ranges[part.name]);
    const value = optimizer.value(part.name);
    const number = typeof value === "number";
    const describedBy = `steepest-outcomes-${this.identity}-${part.name}`;
    const slider = h("input", {
      type: "range",
      class: "steepest-range",
      "aria-describedby": describedBy,
      min: 0,
      max: PARTS,
      step: 1,
      value: number ? PARTS * scale.from(value) : 0,
      disabled: locked || !number,
      "aria-label": part.name,
      oninput: () => {
        const next = Number(scale.to(Number(slider.value) / PARTS).toPrecision(3));
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
    const bound = h("span", { class: "steepest-bound", hidden: true });
    const slide = h("div", { class: "steepest-slide" }, slider, mark, part.name === "lr" ? bound : null);
    const strip = () =>
      new OutcomeStrip(part.name, scale, describedBy, (share) => {
        if (!slider.disabled) this.set(part.name, Number(scale.to(share).toPrecision(3)));
      });
    const symbol = h(
      "button",
      {
        type: "button",
        class: part.name.length > LONG ? "steepest-symbol steepest-long" : "steepest-symbol",
        disabled: !number,
        title: `the outcomes along ${part.name}`,
        "aria-label": `the outcomes along ${part.name}`,
        "aria-pressed": "false",
        onclick: () => this.toggleStrip(part.name, symbol, slide, strip),
      },
      pretty(part.name),
    );
    slider.setAttribute("aria-valuetext", field.value);
    this.controls.set(part.name, { slider, field, scale, mark, bound, base });
    this.paint(slider);
    if (number && (part.name === "lr" || optimizer.strips.has(part.name)))
      this.toggleStrip(part.name, symbol, slide, strip);
    return h("div", { class: "steepest-hyperparameter" }, symbol, slide, field);
  }

  /**
   * Show the outcomes along a slider, or no more.
   * @param {string} name
   * @param {HTMLElement} symbol
   * @param {HTMLElement} slide
   * @param {() => OutcomeStrip} make
   */
  toggleStrip(name, symbol, slide, make) {
    const { optimizer, strips } = this;
    const shown = strips.get(name);
    const strip = /** @type {OutcomeStrip} */ (shown ?? make());
    if (shown) {
      strips.delete(name);
      optimizer.strips.delete(name);
      strip.element.remove();
    } else {
      strips.set(name, strip);
      optimizer.strips.add(name);
      slide.insertBefore(strip.element, slide.querySelector(".steepest-bound"));
    }
    symbol.setAttribute("aria-pressed", String(!shown));
    this.listeners.onStrips();
  }

  /**
   * Set a hyperparameter to a number, and show it.
   * @param {string} name
   * @param {number} value
   */
  set(name, value) {
    this.write(name, value);
    this.listeners.onSetting(name, value);
  }

  /**
   * @param {string} name
   * @param {number} value
   */
  write(name, value) {
    const control = this.controls.get(name);
    if (control) control.field.value = exact(value);
  }

  /**
   * Show a number that was typed on the slider too.
   * @param {string} name
   * @param {number} value
   */
  showSetting(name, value) {
    const control = this.controls.get(name);
    if (!control || document.activeElement === control.slider) return;
    control.slider.value = PARTS * control.scale.from(value);
    this.paint(control.slider);
  }

  /** @param {any} slider */
  paint(slider) {
    slider.style.setProperty("--share", `${slider.value / (PARTS / 100)}%`);
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
   * @param {import("../../model/runs/program.js").Ending} ending
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
    const { mark, bound, scale } = control;
    const place = limit === null ? 0 : scale.from(limit);
    mark.hidden = !(place > 0 && place < 1);
    bound.hidden = limit === null;
    if (limit === null) return;
    const text = boundText(limit, place);
    if (bound.textContent !== text) bound.textContent = text;
    for (const each of [mark, bound]) each.style.setProperty("--at", String(place));
  }
}
