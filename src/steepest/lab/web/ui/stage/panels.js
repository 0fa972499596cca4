// @ts-check
/** Which panel is shown where not all have room: tabs, and the grip of the sheet that they open. */
import { h } from "../dom.js";

const PANELS = /** @type {[string, string][]} */ ([
  ["optimizers", "Optimizers"],
  ["objective", "Function"],
  ["chart", "Values"],
  ["lesson", "Step"],
  ["table", "Table"],
]);
const BESIDE = ["optimizers", "objective"]; // the panels that have a column of their own from a middle width on
const MIDDLE = { width: 720, height: 520 }; // as in stage.css
const [LOWEST, HIGHEST] = [15, 70]; // percent of the page's height

export class Panels {
  /** The panel of a narrow page, and that of a middle one. @type {[string, string]} */
  chosen = ["optimizers", "chart"];
  middle = false;
  height = 36;

  /**
   * @param {string[]} hidden panels that a link hides
   * @param {() => void} onChoose another panel was chosen
   */
  constructor(hidden, onChoose) {
    this.onChoose = onChoose;
    const shown = PANELS.filter(([name]) => !hidden.includes(name));
    this.names = shown.map(([name]) => name);
    this.tabs = shown.map(([name, text]) =>
      h(
        "button",
        {
          type: "button",
          class: "steepest-button steepest-tab",
          "data-panel": name,
          onclick: () => this.choose(name),
        },
        text,
      ),
    );
    this.grip = h("button", {
      type: "button",
      class: "steepest-grip",
      "aria-label": "height of the panel: drag it, or press the arrow keys",
    });
    this.element = h("div", { class: "steepest-tabs", role: "group", "aria-label": "panels" }, this.grip, ...this.tabs);
    this.main = /** @type {HTMLElement | null} */ (null);
    const move = (/** @type {PointerEvent} */ event) => {
      if (!this.grip.hasPointerCapture(event.pointerId) || !this.main) return;
      const { bottom, height } = this.main.getBoundingClientRect();
      this.raise(Math.max(0, (100 * (bottom - event.clientY - this.element.offsetHeight)) / height));
    };
    this.grip.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) =>
      this.grip.setPointerCapture(event.pointerId),
    );
    this.grip.addEventListener("pointermove", move);
    this.grip.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const step = { ArrowUp: 5, ArrowDown: -5 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation(); // the arrows are the timeline's elsewhere
      this.raise(this.height + step);
    });
  }

  /**
   * Choose panels for this part of the page.
   * @param {HTMLElement} main
   */
  attach(main) {
    this.main = main;
    this.show();
  }

  /**
   * @param {number} width of the page
   * @param {number} height
   */
  resize(width, height) {
    this.middle = width >= MIDDLE.width && height >= MIDDLE.height;
    this.show();
  }

  /** @param {string} name */
  choose(name) {
    this.chosen[this.middle ? 1 : 0] = name;
    this.show();
    this.onChoose();
  }

  /** @param {number} percent of the page's height that the sheet takes */
  raise(percent) {
    this.height = Math.max(LOWEST, Math.min(HIGHEST, percent));
    this.main?.style.setProperty("--sheet", `${this.height}%`);
  }

  show() {
    if (!this.main) return;
    const names = this.names.filter((name) => !this.middle || !BESIDE.includes(name));
    const wanted = this.chosen[this.middle ? 1 : 0];
    const panel = names.includes(wanted) ? wanted : (names[0] ?? "");
    this.main.dataset.panel = panel;
    for (const tab of this.tabs) tab.setAttribute("aria-pressed", String(tab.dataset.panel === panel));
  }
}
