// @ts-check
/** A card for each recorded run: what it is, how it ended, and why it is not shown. */
import { runStyle, swatch } from "../../plot/run_style.js";
import { h } from "../dom.js";
import { toggle } from "../toggles.js";

/** @typedef {import("../../model/runs/recording.js").Recording} Recording */
/** @typedef {import("../../model/store.js").Store} Store */
/** @typedef {import("../../plot/run_style.js").Theme} Theme */

/**
 * A recording's card.
 * @typedef {{recording: Recording, element: HTMLElement, mark: HTMLElement, toggle: HTMLElement, about: HTMLElement,
 *   reason: HTMLElement}} Card
 */

export class RecordingList {
  /**
   * @param {Store} store
   * @param {() => void} onChange other recordings are to be shown, or another one is chosen
   */
  constructor(store, onChange) {
    this.store = store;
    this.onChange = onChange;
    this.cards = store.recordings.map((recording) => this.card(recording));
    this.element = h(
      "div",
      { class: "steepest-list", hidden: !this.cards.length },
      ...this.cards.map(({ element }) => element),
    );
    this.key = "";
  }

  /**
   * @param {Recording} recording
   * @returns {Card}
   */
  card(recording) {
    const { store } = this;
    const choose = () => {
      const place = this.placeOf(recording);
      if (place < 0 || place === store.chosen) return;
      store.chosen = place;
      this.onChange();
    };
    const shown = toggle("shown", "data-recording", () => {
      const chosen = store.shownRecordings[store.chosen - store.optimizers.length];
      recording.wanted = !recording.wanted;
      if (!store.optimizers.length && !store.shownRecordings.length) recording.wanted = true; // one run stays
      if (chosen) store.chosen = Math.max(0, this.placeOf(chosen)); // the others moved up or down
      this.onChange();
    });
    shown.setAttribute("aria-label", `show ${recording.label}`);
    const mark = h("span", { class: "steepest-recording-mark" });
    const about = h("p", { class: "steepest-quiet" });
    const reason = h("p", { class: "steepest-quiet", hidden: true });
    const { kind, message } = recording.run.ending;
    const element = h(
      "article",
      {
        class: "steepest-card steepest-optimizer steepest-recording",
        "aria-label": `recording ${recording.label}`,
        tabindex: "0",
        onpointerdown: choose,
        onfocusin: choose,
      },
      h(
        "div",
        { class: "steepest-optimizer-head" },
        mark,
        h("b", { class: "steepest-recording-name" }, recording.label),
        shown,
      ),
      about,
      h("p", { class: "steepest-ending", "data-kind": kind }, message),
      reason,
    );
    return { recording, element, mark, toggle: shown, about, reason };
  }

  /**
   * Where a recording is among the runs; -1 if it is not shown.
   * @param {Recording} recording
   */
  placeOf(recording) {
    const place = this.store.shownRecordings.indexOf(recording);
    return place < 0 ? -1 : this.store.optimizers.length + place;
  }

  /** @param {Theme} theme */
  show(theme) {
    const { store, cards } = this;
    const { optimizers, objective, chosen } = store;
    const reasons = cards.map(({ recording }) => store.hiddenBecause(recording));
    const key = [optimizers.length, chosen, theme.paper, objective.names, ...reasons].join();
    if (key === this.key) return;
    this.key = key;
    for (const [index, { recording, element, mark, toggle: shown, about, reason }] of cards.entries()) {
      const place = this.placeOf(recording);
      element.classList.toggle("steepest-chosen", place >= 0 && place === chosen);
      mark.replaceChildren(...(place < 0 ? [] : [swatch(runStyle(theme, place))]));
      shown.setAttribute("aria-pressed", String(recording.wanted));
      const told = [recording.about(objective.names), recording.evaluations && `It took ${recording.evaluations}.`];
      about.textContent = told.filter(Boolean).join(" ");
      reason.textContent = reasons[index];
      reason.hidden = !reasons[index];
    }
  }
}
