// @ts-check
/** Steps, tolerances, seed. */
import { exact } from "../../model/format.js";
import { ENDING, STATE } from "../../model/shared.js";
import { h } from "../dom.js";

/** @param {number} value */
const isTolerance = (value) => value === 0 || (value >= ENDING.SHORTEST && value <= ENDING.LONGEST);

export class LimitsCard {
  /** What each field showed last. @type {Record<string, string>} */
  shown = {};

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
      tol: field("tol", "tol", isTolerance),
      gtol: field("gtol", "gtol", isTolerance),
      seed: field("seed", "seed", (value) => Number.isInteger(value) && value >= 0 && value <= STATE.LARGEST_SEED),
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
      const text = exact(state[name]);
      if (input.matches(":focus") && this.shown[name] === text) continue; // what is being typed stays
      this.shown[name] = input.value = text;
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
