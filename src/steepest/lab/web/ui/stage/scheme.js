// @ts-check
/** Light or dark colors: as the system has them, or as chosen. */
import { iconButton } from "../dom.js";
import { hostScheme, watchHost } from "./host_scheme.js";

const CHOICES = ["system", "light", "dark"];
const NAMES = /** @type {Record<string, string>} */ ({ system: "as the system", light: "light", dark: "dark" });
const KEY = "steepest-scheme";

export class Scheme {
  /**
   * @param {() => void} onChange
   * @param {boolean} inNotebook whether the page around has light or dark colors, too
   */
  constructor(onChange, inNotebook = false) {
    this.onChange = () => {
      this.show();
      onChange();
    };
    this.inNotebook = inNotebook;
    this.unwatch = inNotebook ? watchHost(() => this.onChange()) : () => {};
    this.system = window.matchMedia("(prefers-color-scheme: dark)");
    this.choice = kept();
    this.button = iconButton("scheme", "", () => this.choose(CHOICES[(CHOICES.indexOf(this.choice) + 1) % 3]));
    /** The page, which shows the choice. @type {HTMLElement | null} */
    this.element = null;
  }

  /** What was chosen, or what the notebook around has; `system` where neither says. */
  get scheme() {
    return this.choice === "system" && this.inNotebook ? hostScheme() || "system" : this.choice;
  }

  get isDark() {
    return this.scheme === "system" ? this.system.matches : this.scheme === "dark";
  }

  /** @param {HTMLElement} element */
  attach(element) {
    this.element = element;
    this.system.addEventListener("change", this.onChange);
    this.show();
  }

  close() {
    this.system.removeEventListener("change", this.onChange);
    this.unwatch();
  }

  /** @param {string} choice */
  choose(choice) {
    this.choice = choice;
    try {
      localStorage.setItem(KEY, choice);
    } catch {} // a browser may forbid it: then the choice is for now
    this.onChange();
  }

  show() {
    if (this.element) this.element.dataset.scheme = this.scheme;
    const label = `colors: ${this.inNotebook && this.choice === "system" ? "as the notebook" : NAMES[this.choice]}`;
    this.button.title = label;
    this.button.setAttribute("aria-label", label);
  }
}

/** The choice of an earlier visit. */
function kept() {
  try {
    const found = localStorage.getItem(KEY) ?? "";
    return CHOICES.includes(found) ? found : "system";
  } catch {
    return "system";
  }
}
