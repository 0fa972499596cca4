// @ts-check
/** What can be shown at each step, why some of it cannot, and how large the arrows and squares are that are shown. */
import { short } from "../model/format.js";
import { sizes } from "../plot/quantities.js";
import { h } from "./dom.js";

/** @typedef {import("../model/store.js").SceneRun} SceneRun */

export class ArrowKey {
  constructor() {
    this.element = h("p", { class: "steepest-arrow-key", hidden: true });
    this.text = "";
  }

  /**
   * Which toggles are on, which are not for these optimizers, and the scale of what is shown.
   * @param {HTMLElement} toggles
   * @param {SceneRun[]} sceneRuns
   * @param {string[]} show
   * @param {number} time
   * @param {number} chosen
   */
  show(toggles, sceneRuns, show, time, chosen) {
    const missing = [];
    const told = [];
    const buttons = /** @type {HTMLButtonElement[]} */ ([...toggles.children]);
    for (const button of buttons) {
      const name = String(button.dataset.show);
      const having = sceneRuns.filter((sceneRun) => has(sceneRun, name));
      const reason = having.length ? "" : without(sceneRuns, [name]);
      button.disabled = !having.length;
      button.title = reason;
      const on = show.includes(name) && having.length > 0;
      button.setAttribute("aria-pressed", String(on));
      if (!having.length) missing.push(name);
      if (on) told.push(...scales(name, name === "gradient" ? [sceneRuns[chosen]] : having, time));
    }
    if (missing.length) told.push(without(sceneRuns, missing));
    const text = told.join("; ");
    this.element.hidden = toggles.hidden || !text;
    if (text !== this.text) this.element.textContent = text;
    this.text = text;
  }
}

/**
 * @param {SceneRun} sceneRun
 * @param {string} name
 */
function has({ arrows, squares }, name) {
  return name === "momentum" ? arrows.size > 0 : name === "moments" ? squares.size > 0 : true;
}

/**
 * Why something cannot be shown.
 * @param {SceneRun[]} sceneRuns
 * @param {string[]} missing
 */
function without(sceneRuns, missing) {
  if (sceneRuns.length > 1) return `none of these optimizers has ${missing.join(" or ")}`;
  return `${sceneRuns[0].label.replace(/\(.*/, "")} has no ${missing.join(" and no ")}`;
}

/**
 * @param {string} name
 * @param {SceneRun[]} sceneRuns
 * @param {number} time
 */
function scales(name, sceneRuns, time) {
  if (name === "update") return ["Δθ, the next step: as long as it is"];
  const way = name === "moments" ? "sides grow with the square root" : "lengths grow with the square root";
  const of = (/** @type {SceneRun} */ sceneRun) =>
    sizes(sceneRun, name, Math.min(Math.floor(time), sceneRun.run.steps)).map(
      ({ symbol, now, most }) => `${symbol} is ${short(now, 3)} now, ${short(most, 3)} at most`,
    );
  return [`${name}: ${sceneRuns.flatMap(of).join(", ")} (${way})`];
}
