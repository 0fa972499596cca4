// @ts-check
/** The keys that work everywhere in the page but where text is typed. */

/** @typedef {import("../lab.js").Lab} Lab */

export class Keys {
  /** Whether what has the focus got it from a press of the pointer: then it does not keep the space bar. */
  byPointer = false;

  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.onDocument = (/** @type {KeyboardEvent} */ event) => {
      if (event.target === document.body) this.press(event);
    };
  }

  /** @param {HTMLElement} page */
  listen(page) {
    page.addEventListener("pointerdown", () => {
      this.byPointer = true;
    });
    page.addEventListener("keydown", (event) => this.press(event));
    page.addEventListener("keyup", (event) => {
      if (event.key === " " && this.plays(event)) event.preventDefault(); // else Firefox presses the button, too
    });
    if (this.lab.host !== "widget") document.addEventListener("keydown", this.onDocument);
  }

  close() {
    document.removeEventListener("keydown", this.onDocument);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { historyControls, timeline, presentation } = this.lab;
    if (event.key === "Tab") this.byPointer = false;
    if (event.defaultPrevented || this.lab.element.querySelector("dialog[open]")) return;
    if (historyControls.key(event)) {
      event.stopPropagation(); // a notebook has an undo of its own
      event.preventDefault();
      return;
    }
    const target = /** @type {HTMLElement} */ (event.target);
    const own = /^(input|textarea|select)$/i.test(target.tagName); // has keys of its own: arrows, letters
    const free = event.key === " " ? this.plays(event) : !own;
    if (free && (timeline.key(event) || presentation.key(event))) event.preventDefault();
  }

  /**
   * Whether the space bar plays here: not where text is typed, nor at a button or menu that the keyboard went to.
   * @param {KeyboardEvent} event
   */
  plays({ target }) {
    const element = /** @type {HTMLElement} */ (target);
    if (element instanceof HTMLTextAreaElement) return false;
    if (element instanceof HTMLInputElement) return element.type === "range";
    if (element.getAttribute("role") === "slider") return true;
    return this.byPointer || !/^(button|select|summary|a)$/i.test(element.tagName);
  }
}
