// @ts-check
/** The start as numbers that can be typed. */
import { exact, pretty } from "../model/format.js";
import { evaluate } from "../model/language/expression.js";
import { readExpression } from "../model/language/grammar.js";
import { h } from "./dom.js";

/** @typedef {import("../model/store.js").Store} Store */

export class StartFields {
  /** @type {any[]} */
  inputs = [];
  /** What each field showed last. @type {string[]} */
  shown = [];

  /**
   * @param {Store} store
   * @param {{onStart: (start: number[]) => void, onMessage: (text: string) => void}} listeners
   */
  constructor(store, listeners) {
    this.store = store;
    this.listeners = listeners;
    this.element = h("div", { class: "steepest-start" });
  }

  /** Make a field for each parameter. */
  rebuild() {
    const names = /** @type {string[]} */ (this.store.objective.names);
    this.inputs = names.map((name, axis) =>
      h("input", {
        type: "text",
        class: "steepest-field steepest-number",
        inputmode: "text",
        "aria-label": `start: ${name}`,
        disabled: this.store.locked("start"),
        onchange: () => this.read(axis),
      }),
    );
    const labels = names.map((name, axis) =>
      h("label", { class: "steepest-coordinate" }, h("i", null, pretty(name)), this.inputs[axis]),
    );
    this.shown = [];
    this.element.replaceChildren(h("span", { class: "steepest-quiet" }, "start"), ...labels);
  }

  /** @param {number} axis */
  read(axis) {
    const input = this.inputs[axis];
    const { value, fault } = numberIn(input.value);
    input.setAttribute("aria-invalid", String(fault !== ""));
    if (fault) this.listeners.onMessage(fault);
    else this.listeners.onStart(this.store.state.start.with(axis, value));
  }

  show() {
    this.inputs.forEach((input, axis) => {
      const text = exact(this.store.state.start[axis]);
      if (input.matches(":focus") && this.shown[axis] === text) return; // what is being typed stays
      this.shown[axis] = input.value = text;
      input.removeAttribute("aria-invalid");
    });
  }
}

/**
 * The number that a text says, such as `-1.2`, `1/3` or `pi`, or what is wrong with it.
 * @param {string} text
 */
export function numberIn(text) {
  try {
    const value = evaluate(readExpression(text, []));
    return Number.isFinite(value) ? { value, fault: "" } : { value, fault: `"${text}" is no finite number` };
  } catch (error) {
    return { value: NaN, fault: `"${text}" is no number: ${/** @type {any} */ (error).reason}` };
  }
}
