// @ts-check
/** A run's verdict on its optimizer's card, with a learning rate that was tried as a button. */

import { stepsText } from "../../model/diagnosis/verdict.js";
import { exact, short } from "../../model/format.js";
import { h } from "../dom.js";

/** @typedef {import("../../model/diagnosis/verdict.js").Verdict} Verdict */

const SIGNS = /** @type {Record<string, string>} */ ({ good: "✓", warning: "!", bad: "✕", quiet: "" });

export class VerdictView {
  /** @param {(lr: number) => void} onUse */
  constructor(onUse) {
    /** @type {Verdict | null} */
    this.verdict = null;
    this.sign = h("span", { class: "steepest-sign", "aria-hidden": "true" });
    this.text = h("p", null);
    this.button = h("button", {
      type: "button",
      class: "steepest-button steepest-use",
      onclick: () => onUse(Number(this.verdict?.advice?.lr)),
    });
    this.tried = h("span", null);
    this.advice = h("div", { class: "steepest-advice" }, this.button, this.tried);
    this.element = h("div", { class: "steepest-verdict", hidden: true }, this.sign, this.text, this.advice);
  }

  /**
   * Show a verdict; null where that of this run is not known yet.
   * @param {Verdict | null} verdict
   * @param {boolean} locked whether the learning rate is
   */
  show(verdict, locked) {
    this.element.toggleAttribute("data-stale", !verdict);
    if (!verdict || verdict === this.verdict) return;
    this.verdict = verdict;
    const { title, tone, text, advice } = verdict;
    this.element.dataset.tone = tone;
    this.sign.textContent = SIGNS[tone];
    this.sign.hidden = this.text.hidden = !title;
    this.text.replaceChildren(h("b", null, title), text && `${separator(title, text)}${text}`);
    this.advice.hidden = !advice || locked;
    this.element.hidden = !title && this.advice.hidden;
    if (!advice) return;
    this.button.textContent = `use ${exact(advice.lr)}`;
    this.button.setAttribute("aria-label", `use the learning rate ${exact(advice.lr)}`);
    this.tried.textContent = `(tried: ${triedText(advice)})`;
  }
}

/** A verdict as a sentence. @param {Verdict} verdict */
export function sentence({ title, text }) {
  return text ? `${title}${separator(title, text)}${text}` : title;
}

/**
 * A title that goes on needs no colon.
 * @param {string} title
 * @param {string} text
 */
function separator(title, text) {
  return /^(from|along|to) /.test(text) && !title.includes(",") ? " " : ": ";
}

/** @param {import("../../model/diagnosis/advice.js").Advice} advice */
function triedText({ converged, steps, value, local }) {
  if (!converged) return `f = ${short(value, 3)} after ${stepsText(steps)}`;
  return `${local ? "a local minimum in " : ""}${stepsText(steps)}`;
}
