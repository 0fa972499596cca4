// @ts-check
/** Buttons that are on or off, and groups of them. */
import { h } from "./dom.js";

/**
 * A button that is on or off.
 * @param {string} name
 * @param {string} data
 * @param {() => void} onclick
 */
export function toggle(name, data, onclick) {
  const attributes = { type: "button", class: "steepest-button steepest-toggle", "aria-pressed": "false", onclick };
  return h("button", { ...attributes, [data]: name }, name);
}

/**
 * Buttons that belong together.
 * @param {string} name
 * @param {Node[]} buttons
 */
export function group(name, buttons) {
  return h("div", { class: "steepest-shows", role: "group", "aria-label": name }, ...buttons);
}

/**
 * Show which buttons of a group are on.
 * @param {HTMLElement} buttons
 * @param {(button: HTMLElement) => boolean} on
 */
export function press(buttons, on) {
  for (const button of /** @type {Iterable<HTMLElement>} */ (buttons.children)) {
    button.setAttribute("aria-pressed", String(on(button)));
  }
}
