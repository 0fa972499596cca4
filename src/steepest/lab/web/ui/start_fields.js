// @ts-check
/** The start as numbers that can be typed. */
import { pretty } from "../model/format.js";
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
        inputmode: "decimal",
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
    const value = Number(input.value.replace("−", "-"));
    const good = input.value.trim() !== "" && Number.isFinite(value);
    input.setAttribute("aria-invalid", String(!good));
    if (good) this.listeners.onStart(this.store.state.start.with(axis, value));
    else this.listeners.onMessage(`"${input.value}" is no number`);
  }

  show() {
    this.inputs.forEach((input, axis) => {
      const text = String(this.store.state.start[axis]);
      if (input.matches(":focus") && this.shown[axis] === text) return; // what is being typed stays
      this.shown[axis] = input.value = text;
      input.removeAttribute("aria-invalid");
    });
  }
}
