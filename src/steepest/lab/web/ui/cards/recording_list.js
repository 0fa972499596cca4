// @ts-check
/** A card for each recorded run: what it is, how it ended, and why it is not shown. */
import { runStyle, swatch } from "../../plot/run_style.js";
import { h } from "../dom.js";

/** @typedef {import("../../model/store.js").Store} Store */
/** @typedef {import("../../plot/run_style.js").Theme} Theme */

export class RecordingList {
  /**
   * @param {Store} store
   * @param {() => void} onChange other recordings are to be shown, or another one is chosen
   */
  constructor(store, onChange) {
    this.store = store;
    this.onChange = onChange;
    this.element = h("div", { class: "steepest-list", hidden: !store.recordings.length });
    this.key = "";
  }

  /** @param {Theme} theme */
  show(theme) {
    const { store } = this;
    const { recordings, shownRecordings, optimizers, objective, chosen } = store;
    const reasons = recordings.map((each) => each.hiddenBecause(objective));
    const key = [optimizers.length, chosen, theme.paper, objective.names, ...reasons].join();
    if (key === this.key) return;
    this.key = key;
    const cards = recordings.map((recording, index) => {
      const place = optimizers.length + shownRecordings.indexOf(recording);
      const reason = reasons[index];
      const isChosen = !reason && place === chosen;
      const choose = () => {
        if (reason || place === store.chosen) return;
        store.chosen = place;
        this.onChange();
      };
      const toggle = h(
        "button",
        {
          type: "button",
          class: "steepest-button steepest-toggle",
          "aria-pressed": String(recording.wanted),
          "aria-label": `show ${recording.label}`,
          onclick: () => {
            recording.wanted = !recording.wanted;
            this.onChange();
          },
        },
        "shown",
      );
      const about = [recording.about(objective.names), recording.evaluations && `It took ${recording.evaluations}.`];
      return h(
        "article",
        {
          class: `steepest-card steepest-optimizer steepest-recording${isChosen ? " steepest-chosen" : ""}`,
          "aria-label": `recording ${recording.label}`,
          tabindex: "0",
          onpointerdown: choose,
          onfocusin: choose,
        },
        h(
          "div",
          { class: "steepest-optimizer-head" },
          reason ? null : swatch(runStyle(theme, place)),
          h("b", { class: "steepest-recording-name" }, recording.label),
          toggle,
        ),
        h("p", { class: "steepest-quiet" }, about.filter(Boolean).join(" ")),
        h("p", { class: "steepest-ending", "data-kind": recording.run.ending.kind }, recording.run.ending.message),
        reason ? h("p", { class: "steepest-quiet" }, reason) : null,
      );
    });
    this.element.replaceChildren(...cards);
  }
}
