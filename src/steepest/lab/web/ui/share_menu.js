// @ts-check
/** The menu of what can be taken away: links, code, pictures, numbers, films. */

import { asCommand, asCsv, asJson, asPython } from "../model/export.js";
import { missingInLink, toFragment } from "../model/state.js";
import { TeacherDialog } from "./dialogs/teacher_dialog.js";
import { h, icon } from "./dom.js";
import { pngOf, svgOf } from "./exported_picture.js";

/** @typedef {import("./lab.js").Lab} Lab */

const DATA = /(<script type="application\/json" id="steepest-document">).*?(<\/script>)/s;
const ALONE = "recordings are not run again: add an optimizer first";
const HERE = ["PNG", "SVG", "GIF", "CSV", "JSON", "HTML"]; // what the page makes by itself
const FROM_PYTHON = ["MP4"];

export class ShareMenu {
  /**
   * @param {Lab} lab
   * @param {string} identity of this page among several in one document
   */
  constructor(lab, identity) {
    this.lab = lab;
    const id = `steepest-share-${identity}`;
    const kinds = [...HERE, ...(lab.host === "file" ? [] : FROM_PYTHON)];
    this.teacher = new TeacherDialog(lab, (text, what) => this.copy(text, what, missingInLink(this.state)));
    this.menu = h(
      "div",
      { class: "steepest-menu", popover: "auto", id },
      ...(this.address === null
        ? []
        : [
            this.item("Copy link", () => this.copy(this.link, "the link", missingInLink(this.state))),
            this.item("Link for a class…", () => this.teacher.show(/** @type {string} */ (this.address))),
          ]),
      this.item("Copy as Python", () => this.copyPython()),
      this.item("Copy as command", () => this.copyCommand()),
      h("hr", null),
      ...kinds.map((kind) => this.item(`Save as ${kind}`, () => this.save(kind.toLowerCase()))),
      lab.host === "file" ? h("p", { class: "steepest-quiet steepest-menu-note" }, "MP4 is made by Python.") : null,
    );
    /** Stops the film that is being made. @type {AbortController | null} */
    this.making = null;
    this.progress = h("progress", { max: "1", "aria-label": "frames of the GIF" });
    this.film = h(
      "div",
      { class: "steepest-making", role: "group", "aria-label": "GIF", hidden: true },
      h("span", null, "making the GIF"),
      this.progress,
      h("button", { type: "button", class: "steepest-button", onclick: () => this.making?.abort() }, "Cancel"),
    );
    this.element = h(
      "div",
      { class: "steepest-share" },
      h(
        "button",
        { type: "button", class: "steepest-button steepest-primary", popovertarget: id },
        "Share",
        icon("down"),
      ),
      this.menu,
      this.teacher.element,
      this.film,
    );
  }

  /**
   * @param {string} text
   * @param {() => void} action
   */
  item(text, action) {
    return h(
      "button",
      {
        type: "button",
        class: "steepest-button steepest-menu-item",
        onclick: () => {
          this.menu.hidePopover();
          action();
        },
      },
      text,
    );
  }

  /** The address that links begin with; null where others do not reach any. */
  get address() {
    const { host, model } = this.lab;
    if (host === "widget") return model.get("site") || null;
    return /^https?:$/.test(location.protocol) ? location.href.split("#")[0] : null;
  }

  get link() {
    return this.address + toFragment(this.state);
  }

  get state() {
    return this.lab.present();
  }
  get values() {
    return this.lab.store.optimizers.map((each) => each.values());
  }
  get command() {
    return asCommand(this.state, this.values, this.lab.store.objective.constants);
  }

  /** Copy the Python code, or say why there is none. */
  copyPython() {
    const { lab } = this;
    const { optimizers, objective } = lab.store;
    if (!optimizers.length) lab.tell(ALONE);
    else void this.copy(asPython(this.state, this.values, objective.constants), "the Python code");
  }

  /** Copy the command, or say why there is none. */
  copyCommand() {
    const { command, lab } = this;
    if (!lab.store.optimizers.length) lab.tell(ALONE);
    else if (command) void this.copy(command, "the command");
    else lab.tell(`${lab.store.data?.table.source} as it is here is in no file: copy it as Python, or save it as HTML`);
  }

  /**
   * @param {string} text
   * @param {string} what
   * @param {string} [missing] what it lacks
   */
  async copy(text, what, missing = "") {
    try {
      await navigator.clipboard.writeText(text);
      this.lab.tell(missing ? `copied ${what}, but ${missing}` : `copied ${what}`);
    } catch {
      this.lab.tell(`this browser does not let a page copy: ${text}`);
    }
  }

  /** @param {string} kind */
  async save(kind) {
    const { lab, state, command } = this;
    if (lab.store.stale) lab.draw(); // what changed since the last frame has not been run yet
    const { sceneRuns } = lab;
    const { objective, showsSurface } = lab.store;
    const name = `${lab.fitControls.isShown ? "fit" : "descent"}.${kind}`;
    if (lab.host !== "file" && (kind === "svg" ? showsSurface : /gif|mp4|html/.test(kind)))
      return this.order(kind, name, state);
    if (kind === "gif") return this.makeFilm(name);
    if (kind === "png" || kind === "svg") lab.basins.finish();
    if (kind === "png") {
      download(await pngOf(lab), name);
    } else if (kind === "svg") {
      download(new Blob([svgOf(lab).text(objective.plain, command)], { type: "image/svg+xml" }), name);
    } else if (kind === "csv") {
      download(new Blob([asCsv(sceneRuns, objective.names, command)], { type: "text/csv" }), name);
    } else if (kind === "json") {
      download(
        new Blob([asJson(state, objective, sceneRuns, command, lab.document.version)], { type: "application/json" }),
        name,
      );
    } else {
      const text = JSON.stringify({ ...lab.document, state }).replaceAll("<", "\\u003c");
      const source = lab.model
        .get("source")
        .replace(
          DATA,
          (/** @type {string} */ _, /** @type {string} */ head, /** @type {string} */ tail) => head + text + tail,
        );
      download(new Blob([source], { type: "text/html" }), name);
    }
    return lab.tell(kind === "svg" && showsSurface ? "the SVG shows the plane, the PNG the surface" : `saved ${name}`);
  }

  /**
   * The steps as a GIF, by the page itself.
   * @param {string} name
   */
  async makeFilm(name) {
    const { lab, film, progress } = this;
    if (this.making) return;
    this.making = new AbortController();
    const { signal } = this.making;
    film.hidden = false;
    const onFrame = (/** @type {number} */ done, /** @type {number} */ count) => {
      progress.value = done / count;
    };
    try {
      const comment = `Software: steepest ${lab.document.version}\nDescription: ${this.command}`;
      const made = await lab.model.get("gifOf")(lab, comment, { onFrame, signal }); // which hosts without Python have
      if (made) download(made, name);
      const shown = lab.store.showsSurface ? "the GIF shows the plane, the PNG the surface" : `saved ${name}`;
      lab.tell(made ? shown : `${name} was not made`);
    } catch (error) {
      lab.tell(/** @type {any} */ (error).message);
    }
    this.making = null;
    film.hidden = true;
  }

  /**
   * A file that Python makes.
   * @param {string} suffix
   * @param {string} name
   * @param {any} state
   */
  async order(suffix, name, state) {
    if (!state.optimizers.length) return this.lab.tell(ALONE);
    this.lab.tell(`making ${name}`);
    try {
      const made = await this.lab.files.make(state, suffix, this.lab.scheme.isDark ? "dark" : "light");
      if (made.url) h("a", { href: made.url, download: name }).click();
      else download(new Blob([Uint8Array.from(atob(made.data ?? ""), (character) => character.charCodeAt(0))]), name);
      const { recordings } = this.lab.store;
      this.lab.tell(recordings.length ? `saved ${name}, without the recorded runs` : `saved ${name}`);
    } catch (error) {
      this.lab.tell(/** @type {any} */ (error).message);
    }
  }
}

/**
 * A file for the user to keep.
 * @param {Blob} blob
 * @param {string} name
 */
function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
