// @ts-check
/** Light or dark colors: as the system has them, or as chosen. */
import { iconButton } from "../dom.js";

const CHOICES = ["system", "light", "dark"];
const NAMES = /** @type {Record<string, string>} */ ({ system: "as the system", light: "light", dark: "dark" });
const KEY = "steepest-scheme";

export class Scheme {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.system = window.matchMedia("(prefers-color-scheme: dark)");
    this.choice = kept();
    this.button = iconButton("scheme", "", () => this.choose(CHOICES[(CHOICES.indexOf(this.choice) + 1) % 3]));
    /** The page, which shows the choice. @type {HTMLElement | null} */
    this.element = null;
  }

  get isDark() {
    return this.choice === "system" ? this.system.matches : this.choice === "dark";
  }

  /** @param {HTMLElement} element */
  attach(element) {
    this.element = element;
    this.system.addEventListener("change", this.onChange);
    this.show();
  }

  close() {
    this.system.removeEventListener("change", this.onChange);
  }

  /** @param {string} choice */
  choose(choice) {
    this.choice = choice;
    try {
      localStorage.setItem(KEY, choice);
    } catch {} // a browser may forbid it: then the choice is for now
    this.show();
    this.onChange();
  }

  show() {
    if (this.element) this.element.dataset.scheme = this.choice;
    const label = `colors: ${NAMES[this.choice]}`;
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
