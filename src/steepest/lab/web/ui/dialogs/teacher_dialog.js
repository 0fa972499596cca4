// @ts-check
/** A link for a class: what it hides and locks, whether it opens as a presentation, and how it stands in another page. */
import { toFragment } from "../../model/state.js";
import { h, iconButton } from "../dom.js";
import { embedCode } from "./embedding.js";

/** @typedef {import("../lab.js").Lab} Lab */

/** The names in a link's flags, and what they are called here. @type {Record<string, [string, string][]>} */
const CHOICES = {
  hide: [
    ["objective", "the function"],
    ["optimizers", "the optimizers"],
    ["lesson", "the worked step"],
    ["table", "the table"],
    ["chart", "the values"],
    ["history", "undo and redo"],
    ["share", "the menu for sharing"],
  ],
  lock: [
    ["objective", "the function"],
    ["start", "the start"],
    ["optimizers", "the choice of optimizers"],
    ["lr", "the learning rates"],
    ["steps", "the number of steps"],
  ],
  show: [["presentation", "the presentation, at once"]],
};
const TITLES = /** @type {Record<string, string>} */ ({ hide: "Hide", lock: "Lock", show: "Show" });

export class TeacherDialog {
  /** @type {Map<string, any>} */
  boxes = new Map();
  address = "";

  /**
   * @param {Lab} lab
   * @param {(text: string, what: string) => void} onCopy
   */
  constructor(lab, onCopy) {
    this.lab = lab;
    const groups = Object.entries(CHOICES).map(([kind, choices]) =>
      h(
        "fieldset",
        { class: "steepest-choices" },
        h("legend", null, TITLES[kind]),
        ...choices.map(([name, text]) => {
          const box = h("input", { type: "checkbox", onchange: () => this.write() });
          this.boxes.set(`${kind} ${name}`, box);
          return h("label", { class: "steepest-check" }, box, text);
        }),
      ),
    );
    this.link = h("textarea", {
      class: "steepest-field steepest-copied",
      rows: 2,
      readonly: true,
      "aria-label": "link",
    });
    this.code = h("textarea", {
      class: "steepest-field steepest-copied",
      rows: 5,
      readonly: true,
      "aria-label": "code to embed the page",
    });
    const copy = (/** @type {any} */ field, /** @type {string} */ what) =>
      h(
        "button",
        { type: "button", class: "steepest-button steepest-toggle", onclick: () => onCopy(field.value, what) },
        `Copy ${what}`,
      );
    this.embedding = h(
      "div",
      null,
      h("div", { class: "steepest-bar" }, h("h3", null, "In another page"), copy(this.code, "the code")),
      this.code,
    );
    this.missing = h(
      "p",
      { class: "steepest-quiet" },
      "Code to embed the page is offered where it is open at an address that others can reach.",
    );
    this.element = h(
      "dialog",
      {
        class: "steepest-dialog steepest-teacher",
        "aria-label": "link for a class",
        onclick: (/** @type {any} */ event) => {
          if (event.target === this.element) this.element.close();
        },
      },
      h(
        "div",
        { class: "steepest-dialog-head" },
        h("h2", null, "Link for a class"),
        iconButton("close", "close", () => this.element.close()),
      ),
      h("div", { class: "steepest-choice-groups" }, ...groups),
      h("div", { class: "steepest-bar" }, h("h3", null, "Link"), copy(this.link, "the link")),
      this.link,
      this.embedding,
      this.missing,
    );
  }

  /** @param {string} address that the link begins with */
  show(address) {
    this.address = address;
    const { flags } = this.lab.store;
    for (const [key, box] of this.boxes) {
      const [kind, name] = key.split(" ");
      box.checked = /** @type {Record<string, string[]>} */ (flags)[kind].includes(name);
    }
    this.write();
    this.element.showModal();
  }

  /** Write the link and the code for what is chosen. */
  write() {
    const chosen = (/** @type {string} */ kind) =>
      CHOICES[kind].map(([name]) => name).filter((name) => this.boxes.get(`${kind} ${name}`).checked);
    const flags = { hide: chosen("hide"), lock: chosen("lock"), show: chosen("show") };
    const link = this.address + toFragment({ ...this.lab.present(), flags });
    this.link.value = link;
    const isPublic = !this.address.includes("?"); // else it has the token of a lab of one's own, which no frame may show
    this.code.value = isPublic ? embedCode(link) : "";
    this.embedding.hidden = !isPublic;
    this.missing.hidden = isPublic;
  }
}
