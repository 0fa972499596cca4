// @ts-check
/** Why the runs went as they did: verdicts and outcomes along the sliders, worked out while the page is idle. */
import { judge } from "../../model/diagnosis/verdict.js";
import { sentence } from "../cards/verdict.js";
import { IdleQueue } from "../idle_queue.js";

/** @typedef {import("../../model/diagnosis/verdict.js").Verdict} Verdict */
/** @typedef {import("../../model/optimizer.js").Optimizer} Optimizer */
/** @typedef {import("../../model/store.js").Store} Store */
/** @typedef {import("../cards/optimizer_card.js").OptimizerCard} OptimizerCard */

export class Insight {
  /**
   * The verdicts, each with the version of the runs that it is of.
   * @type {WeakMap<Optimizer, {version: number, verdict: Verdict | null}>}
   */
  known = new WeakMap();
  queue = new IdleQueue();

  /**
   * @param {Store} store
   * @param {() => OptimizerCard[]} cards
   * @param {(text: string) => void} onVerdict told once all runs are judged
   */
  constructor(store, cards, onVerdict) {
    this.store = store;
    this.cards = cards;
    this.onVerdict = onVerdict;
    this.told = "";
  }

  /** Show what is known on the cards, and find out the rest. */
  show() {
    const { store, queue, known } = this;
    const { optimizers, objective, leastKnown, version, state } = store;
    if (store.isRunning) return;
    const { start, steps, tol, gtol, seed } = state;
    const limits = { steps, tol, gtol: gtol ?? 0, seed };
    optimizers.forEach((optimizer, index) => {
      const card = this.cards()[index];
      if (card?.optimizer !== optimizer || !optimizer.latest) return;
      const subject = { optimizer, objective, start, limits };
      if (known.get(optimizer)?.version !== version) {
        known.set(optimizer, { version, verdict: null });
        queue.add(`verdict ${optimizer.identity}`, this.judge(subject, version));
      }
      card.verdict.show(known.get(optimizer)?.verdict ?? null, card.locked("lr"));
      for (const strip of card.strips.values()) strip.refresh(subject, leastKnown, queue);
    });
  }

  /**
   * @param {import("../../model/diagnosis/observation.js").Subject} subject
   * @param {number} version
   */
  *judge(subject, version) {
    const { optimizer } = subject;
    const { store } = this;
    const working = optimizer.latest && judge(optimizer.latest, subject);
    while (working && store.version === version && !store.stale) {
      const { done, value: verdict } = working.next();
      yield;
      if (!done) continue;
      this.known.set(optimizer, { version, verdict });
      const card = this.cards().find((each) => each.optimizer === optimizer);
      card?.verdict.show(verdict, card.locked("lr"));
      this.tell();
      return;
    }
  }

  /** Tell the verdicts, once all are known and they are others than before. */
  tell() {
    const { optimizers, version } = this.store;
    const found = optimizers.map((each) => this.known.get(each));
    if (found.some((each) => each?.version !== version || !each.verdict)) return;
    const text = found
      .map(
        (each, k) =>
          `${optimizers[k].name}: ${sentence(/** @type {Verdict} */ (each?.verdict)) || optimizers[k].latest.ending.message}`,
      )
      .join("; ");
    if (text === this.told) return;
    this.told = text;
    this.onVerdict(text);
  }

  close() {
    this.queue.close();
  }
}
