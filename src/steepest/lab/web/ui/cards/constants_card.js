// @ts-check
/** The constants of the formula: a slider with a number field for each, and a way to make it a parameter. */
import { exact, pretty } from "../../model/format.js";
import { CONSTANTS } from "../../model/shared.js";
import { h, iconButton } from "../dom.js";
import { numberIn } from "../start_fields.js";

/** @typedef {[number, number]} Range */
/**
 * @typedef {object} Listeners
 * @property {(name: string, value: number) => void} onValue
 * @property {(name: string, range: Range) => void} onRange the ends of a slider are others
 * @property {(name: string) => void} onParameter a constant is to be a parameter
 * @property {(text: string) => void} onMessage
 */
/** @typedef {{row: HTMLElement, slider: any, field: any, ends: HTMLElement[], range: Range, value: number}} Control */

const FINEST = 200; // a slider has so many steps at least

export class ConstantsCard {
  /** @type {Map<string, Control>} */
  controls = new Map();

  /**
   * @param {Listeners} listeners
   * @param {(name: string) => boolean} locked
   */
  constructor(listeners, locked) {
    this.listeners = listeners;
    this.locked = locked;
    this.element = h("div", { class: "steepest-constants", role: "group", "aria-label": "constants", hidden: true });
  }

  /**
   * @param {{constants: Record<string, number>}} objective
   * @param {Record<string, Range>} ranges the ends of sliders that somebody chose
   */
  show({ constants }, ranges) {
    const names = Object.keys(constants);
    if (names.join() !== [...this.controls.keys()].join()) {
      this.controls = new Map(names.map((name) => [name, this.control(name)]));
      this.element.replaceChildren(...[...this.controls.values()].map(({ row }) => row));
      this.element.hidden = !names.length;
    }
    for (const name of names) this.showValue(name, constants[name], ranges[CONSTANTS.CONSTANT + name]);
  }

  /**
   * @param {string} name
   * @param {number} value
   * @param {Range | undefined} given
   */
  showValue(name, value, given) {
    const control = /** @type {Control} */ (this.controls.get(name));
    const { slider, field, ends } = control;
    const range = rangeAround(value, given ?? control.range);
    if (control.value === value && range.join() === control.range.join()) return;
    Object.assign(control, { value, range });
    const step = stepOf(range);
    Object.assign(slider, { min: range[0], max: range[1], step });
    slider.value = value;
    slider.setAttribute("aria-valuetext", exact(value));
    slider.style.setProperty("--share", `${(100 * (value - range[0])) / (range[1] - range[0])}%`);
    ends.forEach((end, side) => {
      end.textContent = exact(range[side]).replace("-", "−");
    });
    if (!field.matches(":focus")) field.value = exact(value);
    field.removeAttribute("aria-invalid");
  }

  /**
   * @param {string} name
   * @returns {Control}
   */
  control(name) {
    const { listeners } = this;
    const disabled = this.locked("let") || this.locked(name);
    const slider = h("input", {
      type: "range",
      class: "steepest-range",
      disabled,
      "aria-label": name,
      oninput: () => {
        const value = Number(Number(slider.value).toPrecision(12));
        field.value = exact(value);
        listeners.onValue(name, value);
      },
    });
    const field = h("input", {
      type: "text",
      class: "steepest-field steepest-number",
      disabled,
      spellcheck: "false",
      inputmode: "text",
      "aria-label": `${name}: a number`,
      onchange: () => {
        const { value, fault } = numberIn(field.value);
        field.setAttribute("aria-invalid", String(fault !== ""));
        if (fault) listeners.onMessage(fault);
        else listeners.onValue(name, value);
      },
    });
    const ends = [h("span", null), h("span", null)];
    const zoom = (/** @type {number} */ factor) => () => {
      const { range, value } = control;
      listeners.onRange(name, zoomed(range, value, factor));
    };
    const row = h(
      "div",
      { class: "steepest-constant" },
      h("i", { class: "steepest-symbol" }, pretty(name)),
      h(
        "div",
        { class: "steepest-slide" },
        slider,
        h(
          "div",
          { class: "steepest-ends" },
          ends[0],
          iconButton("minus", `a wider range of ${name}`, zoom(2), "steepest-small"),
          iconButton("plus", `a finer range of ${name}`, zoom(0.5), "steepest-small"),
          ends[1],
        ),
      ),
      field,
      disabled
        ? null
        : iconButton("close", `make ${name} a parameter`, () => listeners.onParameter(name), "steepest-small"),
    );
    /** @type {Control} */
    const control = { row, slider, field, ends, range: [NaN, NaN], value: NaN };
    return control;
  }
}

/**
 * The ends of a slider: those that it had if the value is between them, else as far from 0 on both sides as twice the value.
 * @param {number} value
 * @param {Range} range
 * @returns {Range}
 */
function rangeAround(value, range) {
  if (value >= range[0] && value <= range[1]) return range;
  const far = value ? rounded(2 * Math.abs(value)) : 1;
  return [-far, far];
}

/**
 * A slider's range that is so many times as wide, around its value, with round ends.
 * @param {Range} range
 * @param {number} value
 * @param {number} factor
 * @returns {Range}
 */
export function zoomed([low, high], value, factor) {
  const half = rounded(((high - low) * factor) / 2);
  const grid = half / 10;
  const middle =
    Math.abs(low + high) < 1e-9 * (high - low) && Math.abs(value) <= half ? 0 : Math.round(value / grid) * grid;
  const ends = [middle - half, middle + half].map((end) => Number(end.toPrecision(12)));
  return Number.isFinite(half) && half > 0 && ends[0] < ends[1] ? /** @type {Range} */ (ends) : [low, high];
}

/**
 * The least of 1, 2 and 5 times a power of ten that is not below a number.
 * @param {number} value
 */
function rounded(value) {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const factor = [1, 2, 5, 10].find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return Number((factor * power).toPrecision(12));
}

/** @param {Range} range */
function stepOf([low, high]) {
  return Number((10 ** Math.floor(Math.log10((high - low) / FINEST) + 1e-9)).toPrecision(12));
}
