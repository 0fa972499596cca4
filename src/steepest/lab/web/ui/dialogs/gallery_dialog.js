// @ts-check
/** The gallery of functions as a dialog: groups of small pictures, and a search. */
import { GALLERY_GROUPS } from "../../model/objectives/gallery.js";
import { h, iconButton } from "../dom.js";

/** @typedef {(canvas: HTMLCanvasElement, name: string) => void} Thumbnail */

export class GalleryDialog {
  /**
   * The groups with their functions, and what is searched of each.
   * @type {{section: any, items: {button: any, text: string}[]}[]}
   */
  groups = [];

  /** @param {(name: string) => void} onPick */
  constructor(onPick) {
    this.onPick = onPick;
    this.search = h("input", {
      class: "steepest-field steepest-search",
      type: "search",
      placeholder: "Search",
      "aria-label": "search the gallery",
      oninput: () => this.filter(),
    });
    this.none = h(
      "p",
      { class: "steepest-quiet", role: "status", hidden: true },
      "No function has that in its name or its formula.",
    );
    this.items = h("div", { class: "steepest-groups" });
    this.element = h(
      "dialog",
      {
        class: "steepest-dialog",
        "aria-label": "gallery of functions",
        onclick: (/** @type {any} */ event) => {
          if (event.target === this.element) this.element.close();
        },
      },
      h(
        "div",
        { class: "steepest-dialog-head" },
        h("h2", null, "Gallery"),
        this.search,
        iconButton("close", "close the gallery", () => this.element.close()),
      ),
      this.none,
      this.items,
    );
  }

  /** @param {Thumbnail} thumbnail draws a function's picture */
  show(thumbnail) {
    this.groups = GALLERY_GROUPS.map(({ title, entries }) => {
      const items = entries.map((entry) => ({
        button: this.item(entry, thumbnail),
        text: `${entry.name} ${entry.title} ${entry.formula} ${entry.description}`.toLowerCase(),
      }));
      const pictures = h("div", { class: "steepest-gallery" }, ...items.map(({ button }) => button));
      return { section: h("section", { "aria-label": title }, h("h3", null, title), pictures), items };
    });
    this.items.replaceChildren(...this.groups.map(({ section }) => section));
    this.search.value = "";
    this.filter();
    this.element.showModal();
  }

  /**
   * @param {import("../../model/objectives/gallery.js").Entry} entry
   * @param {Thumbnail} thumbnail
   */
  item({ name, title }, thumbnail) {
    const canvas = h("canvas", { width: 224, height: 140, class: "steepest-thumbnail", "aria-hidden": "true" });
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      thumbnail(canvas, name);
    });
    seen.observe(canvas);
    const onclick = () => {
      this.element.close();
      this.onPick(name);
    };
    return h("button", { type: "button", class: "steepest-item", onclick }, canvas, h("span", null, title));
  }

  /** Show the functions that have every word of the search. */
  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { section, items } of this.groups) {
      const shown = items.filter(({ button, text }) => {
        button.hidden = !words.every((/** @type {string} */ word) => text.includes(word));
        return !button.hidden;
      });
      section.hidden = !shown.length;
      found += shown.length;
    }
    this.none.hidden = found > 0;
  }
}
