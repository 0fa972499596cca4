// @ts-check
/** The last states as small pictures to go back to, and the state that the page opened with. */
import { h, icon } from "../dom.js";
import { thumbnail } from "./thumbnail.js";

/** @typedef {import("../../plot/plane.js").Plane} Plane */
/** @typedef {import("../../model/history.js").Entry<import("../../model/snapshot.js").Snapshot>} Entry */

const MOST = 8;
const SIZE = { width: 224, height: 140 };

export class StateStrip {
  /** The picture of each state, as it was seen. @type {WeakMap<object, HTMLCanvasElement>} */
  pictures = new WeakMap();

  /**
   * @param {import("../../model/history.js").History<import("../../model/snapshot.js").Snapshot>} history
   * @param {{onGo: (index: number) => void, onReset: () => void, theme: () => any}} listeners
   * @param {string} identity of this page among several in one document
   */
  constructor(history, listeners, identity) {
    this.history = history;
    this.listeners = listeners;
    const id = `steepest-states-${identity}`;
    this.list = h("div", { class: "steepest-states" });
    this.menu = h(
      "div",
      {
        class: "steepest-menu steepest-strip",
        popover: "auto",
        id,
        role: "group",
        "aria-label": "the last states",
        onbeforetoggle: (/** @type {any} */ event) => {
          if (event.newState === "open") this.fill();
        },
      },
      this.list,
      h("hr", null),
      h(
        "button",
        {
          type: "button",
          class: "steepest-button steepest-menu-item",
          onclick: () => {
            this.menu.hidePopover();
            listeners.onReset();
          },
        },
        "Reset: all as it was opened",
      ),
    );
    const label = "the last states, and reset";
    this.element = h(
      "span",
      null,
      h(
        "button",
        {
          type: "button",
          class: "steepest-button steepest-square",
          popovertarget: id,
          "aria-label": label,
          title: label,
        },
        icon("history"),
      ),
      this.menu,
    );
  }

  /**
   * Keep how the present state looks.
   * @param {Plane} plane
   */
  keep({ element, layers, area }) {
    const entry = this.history.entries[this.history.index];
    if (!entry || element.hidden || !layers.width) return;
    const picture = h("canvas", { ...SIZE });
    const context = picture.getContext("2d");
    const scale = Math.max(SIZE.width / area.plotWidth, SIZE.height / area.plotHeight);
    const [width, height] = [SIZE.width / scale, SIZE.height / scale];
    const left = area.left + (area.plotWidth - width) / 2;
    const top = area.top + (area.plotHeight - height) / 2;
    const part = [left, top, width, height].map((value) => value * layers.ratio);
    for (const layer of layers.canvases) {
      context.drawImage(layer, part[0], part[1], part[2], part[3], 0, 0, SIZE.width, SIZE.height);
    }
    this.pictures.set(entry, picture);
  }

  /** The last states, the latest first. */
  fill() {
    const { entries, index: present } = this.history;
    const first = Math.max(0, Math.min(present - MOST / 2, entries.length - MOST));
    const shown = entries
      .slice(first, first + MOST)
      .map((entry, k) => this.item(entry, first + k, first + k === present));
    this.list.replaceChildren(...shown.reverse());
  }

  /**
   * @param {Entry} entry
   * @param {number} index
   * @param {boolean} present
   */
  item(entry, index, present) {
    const picture = h("canvas", { ...SIZE, class: "steepest-thumbnail", "aria-hidden": "true" });
    const kept = this.pictures.get(entry);
    if (kept) picture.getContext("2d").drawImage(kept, 0, 0);
    else thumbnail(picture, entry.state.objective, this.listeners.theme());
    return h(
      "button",
      {
        type: "button",
        class: "steepest-item",
        "aria-current": present ? "true" : null,
        onclick: () => {
          this.menu.hidePopover();
          this.listeners.onGo(index);
        },
      },
      picture,
      h("span", null, entry.label),
    );
  }
}
