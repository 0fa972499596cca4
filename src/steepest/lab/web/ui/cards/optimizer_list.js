// @ts-check
/** A card for each optimizer, and a button for another one. */

import { MOST_OPTIMIZERS } from "../../model/changes/optimizer_changes.js";
import { ZOO } from "../../model/optimizers/tables.js";
import { h, icon } from "../dom.js";
import { refusalOf } from "../refusal.js";
import { OptimizerCard } from "./optimizer_card.js";

/** @typedef {import("../../model/optimizer.js").Optimizer} Optimizer */
/** @typedef {import("../../model/store.js").Store} Store */
/** @typedef {import("../../plot/run_style.js").RunStyle} RunStyle */

export class OptimizerList {
  /** @type {OptimizerCard[]} */
  cards = [];

  /**
   * @param {Store} store
   * @param {(index: number) => RunStyle} styleOf
   * @param {() => void} onChoose another optimizer was chosen
   * @param {() => void} onDraft equations were typed that cannot be read
   * @param {string} page which of several in one document
   */
  constructor(store, styleOf, onChoose, onDraft, page) {
    this.store = store;
    this.styleOf = styleOf;
    this.onChoose = onChoose;
    this.onDraft = onDraft;
    this.page = page;
    this.list = h("div", { class: "steepest-list" });
    this.button = h(
      "button",
      { type: "button", class: "steepest-button steepest-wide", onclick: () => this.add() },
      icon("plus"),
      "Add an optimizer",
    );
  }

  /** Make every card anew. */
  rebuild() {
    const { optimizers } = this.store;
    this.cards = optimizers.map((each) => this.makeCard(each));
    this.list.replaceChildren(...this.cards.map(({ element }) => element));
    this.button.disabled = optimizers.length >= MOST_OPTIMIZERS;
  }

  /**
   * Make one card anew; where its equations were typed, it stays and shows what they are now.
   * @param {number} index
   * @param {string} [typed]
   */
  rebuildCard(index, typed) {
    const old = this.cards[index];
    const optimizer = this.store.optimizers[index];
    if (typed !== undefined) {
      old.show(optimizer);
      return;
    }
    const card = this.makeCard(optimizer);
    this.cards[index] = card;
    old.element.replaceWith(card.element);
  }

  /** @param {Optimizer} optimizer */
  makeCard(optimizer) {
    const { store } = this;
    const index = () => store.optimizers.indexOf(card.optimizer);
    const listeners = {
      onSetting: (/** @type {string} */ name, /** @type {number | string} */ value) =>
        this.setHyperparameter(index(), name, value),
      onSettings: (/** @type {Record<string, number>} */ values) => {
        store.optimizerChanges.setAll(index(), values);
        for (const [name, value] of Object.entries(values)) card.showSetting(name, value);
      },
      onText: (/** @type {string} */ text) => this.setText(index(), text),
      onRemove: () => this.remove(index()),
      onCopy: () => this.copy(index()),
      onStrips: () => this.onChoose(),
      onChoose: () => {
        if (store.chosen === index() || index() < 0) return;
        store.chosen = index();
        this.onChoose();
      },
    };
    const shown = {
      locked: (/** @type {string} */ name) => store.locked(name),
      ranges: store.state.ranges ?? {},
      identity: `${this.page}-${optimizer.identity}`,
    };
    const style = this.styleOf(store.optimizers.indexOf(optimizer));
    const card = new OptimizerCard(optimizer, style, listeners, shown);
    return card;
  }

  add() {
    if (this.store.optimizerChanges.add()) this.cards[this.store.chosen].menu.focus();
  }

  /** @param {number} index */
  copy(index) {
    if (this.store.optimizerChanges.copy(index)) this.cards[index + 1].menu.focus();
  }

  /** @param {number} index */
  remove(index) {
    if (!this.store.optimizerChanges.remove(index)) return;
    const next = this.cards[Math.min(index, this.cards.length - 1)];
    (next?.menu ?? this.button).focus();
  }

  /**
   * A name of the zoo or equations.
   * @param {number} index
   * @param {string} text
   */
  setText(index, text) {
    const card = this.cards[index];
    const named = Object.hasOwn(ZOO, text);
    try {
      this.store.optimizerChanges.setText(index, text, named);
      if (named) this.cards[index].menu.focus();
    } catch (error) {
      card.refuse(refusalOf(error));
      this.onDraft();
    }
  }

  /**
   * @param {number} index
   * @param {string} name
   * @param {number | string} value
   */
  setHyperparameter(index, name, value) {
    const card = this.cards[index];
    try {
      const anew = this.store.optimizerChanges.set(index, name, value);
      if (anew) this.cards[index].controls.get(name)?.field.focus();
      else {
        if (typeof value === "number") card.showSetting(name, value);
        card.refuse(null);
      }
    } catch (error) {
      card.refuse(refusalOf(error));
    }
  }

  /**
   * How each run ended, which optimizer is chosen, and where its learning rate stops being stable.
   * @param {number} step
   */
  show(step) {
    const { optimizers, chosen } = this.store;
    const rates = this.store.stableRates(step);
    this.cards.forEach((card, index) => {
      card.tell(optimizers[index].latest.ending);
      card.element.classList.toggle("steepest-chosen", index === chosen && optimizers.length > 1);
      card.markLimit(rates[index]);
    });
  }
}
