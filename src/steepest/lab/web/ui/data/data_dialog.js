// @ts-check
/** Where data come from: a file, pasted text, a small table that comes with the page, points that are clicked together. */
import { h, iconButton } from "../dom.js";
import { refusalText } from "../refusal.js";

/** @typedef {import("../refusal.js").Refusal} Refusal */
/** @typedef {{name: string, title: string}} Set */

const EXAMPLE = "size,price\n820,151\n1150,209\n1480,262\n1930,371\n2600,468";

export class DataDialog {
  /**
   * @param {string} stays where the data go
   * @param {{onText: (text: string) => void, onFile: (file: File) => void, onSet: (name: string) => void,
   *   onPoints: () => void, sets: Set[]}} listeners
   * @param {string} page which of several in one document
   */
  constructor(stays, listeners, page) {
    this.listeners = listeners;
    this.name = `steepest-table-refusal-${page}`;
    this.file = h("input", {
      type: "file",
      class: "steepest-unseen",
      tabindex: "-1",
      "aria-hidden": "true",
      accept: ".csv,.tsv,.txt,.dat,text/csv,text/plain,text/tab-separated-values",
      onchange: () => {
        const [file] = this.file.files;
        if (file) listeners.onFile(file);
        this.file.value = "";
      },
    });
    this.text = h("textarea", {
      class: "steepest-field steepest-paste",
      rows: 7,
      spellcheck: "false",
      placeholder: EXAMPLE,
      "aria-label": "a table as text",
      "aria-describedby": this.name,
    });
    this.refusal = refusalText(null, this.name);
    /** What is done about a table that was refused. @type {() => void} */
    this.mend = () => undefined;
    this.mending = h("button", {
      type: "button",
      class: "steepest-button steepest-toggle",
      hidden: true,
      onclick: () => this.mend(),
    });
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick, kind = "") =>
      h("button", { type: "button", class: `steepest-button steepest-toggle ${kind}`, onclick }, text);
    this.element = h(
      "dialog",
      {
        class: "steepest-dialog steepest-data-dialog",
        "aria-label": "data",
        onclick: (/** @type {any} */ event) => {
          if (event.target === this.element) this.element.close();
        },
      },
      h(
        "div",
        { class: "steepest-dialog-head" },
        h("h2", null, "Fit data"),
        iconButton("close", "close the data", () => this.element.close()),
      ),
      h(
        "div",
        { class: "steepest-sources" },
        h(
          "section",
          { "aria-label": "a file" },
          h("h3", null, "Your table"),
          h(
            "p",
            { class: "steepest-quiet" },
            "A CSV file, dropped anywhere on the page or chosen, or its text, pasted.",
          ),
          h("p", null, h("b", null, stays)),
          button("Choose a file…", () => this.file.click()),
          this.file,
          this.text,
          this.refusal,
          this.mending,
          button("Use this text", () => listeners.onText(this.text.value), "steepest-use-text"),
        ),
        h(
          "section",
          { "aria-label": "without a table" },
          h("h3", null, "Points of your own"),
          h("p", { class: "steepest-quiet" }, "Click where points shall be, drag them, and watch the line follow."),
          button("Click points", () => listeners.onPoints()),
          h("h3", null, "Tables that come with it"),
          h(
            "div",
            { class: "steepest-sets" },
            ...listeners.sets.map(({ name, title }) =>
              h(
                "button",
                { type: "button", class: "steepest-item", onclick: () => listeners.onSet(name) },
                h("b", null, name),
                h("span", { class: "steepest-quiet" }, title),
              ),
            ),
          ),
        ),
      ),
    );
  }

  show() {
    this.refuse(null);
    this.element.showModal();
  }

  close() {
    this.element.close();
  }

  /**
   * @param {Refusal | null} refusal
   * @param {{text: string, act: () => void} | null} [way] out of it, as a button
   */
  refuse(refusal, way = null) {
    const made = refusalText(refusal, this.name);
    this.refusal.replaceWith(made);
    this.refusal = made;
    this.text.setAttribute("aria-invalid", String(Boolean(refusal)));
    this.mending.hidden = !way;
    this.mending.textContent = way?.text ?? "";
    this.mend = way?.act ?? (() => undefined);
  }
}
