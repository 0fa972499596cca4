// @ts-check
/**
 * The controls of the objective: its card, the sliders of its constants, the gallery, and what each of them changes
 * in the store.
 */
import { readObjective } from "../../model/reading.js";
import { CONSTANTS } from "../../model/shared.js";
import { thumbnail } from "../dialogs/thumbnail.js";
import { refusalOf } from "../refusal.js";
import { ConstantsCard } from "./constants_card.js";
import { ObjectiveCard } from "./objective_card.js";

/** @typedef {import("../lab.js").Lab} Lab */

export class ObjectiveControls {
  /** Whether the field is the user's own at the moment. */
  typing = false;

  /**
   * @param {Lab} lab
   * @param {string} page which of several in one document
   */
  constructor(lab, page) {
    const { store } = lab;
    this.lab = lab;
    this.constants = new ConstantsCard(
      {
        onValue: (name, value) => this.attempt(() => store.constantChanges.set(name, value)),
        onRange: (name, range) =>
          store.change({ ranges: { ...store.state.ranges, [CONSTANTS.CONSTANT + name]: range } }),
        onParameter: (name) => this.attempt(() => store.constantChanges.toParameter(name)),
        onMessage: (text) => lab.tell(text),
      },
      (name) => store.locked(name),
    );
    this.card = new ObjectiveCard(
      {
        onText: (text) => this.type(text),
        onPick: (name) => this.pick(name),
        onConstant: (name) => this.addConstant(name),
        onData: () => lab.fitControls.open(),
      },
      this.constants,
      page,
    );
    const { field, open, data, dialog } = this.card;
    field.disabled = open.disabled = data.disabled = store.locked("objective");
    open.addEventListener("click", () => {
      dialog.show((canvas, name) => thumbnail(canvas, readObjective(name), lab.theme));
    });
  }

  get element() {
    return this.card.element;
  }

  /** Another objective. */
  show() {
    this.card.show(this.lab.store.objective, this.typing);
    if (!this.typing && !this.lab.opening) this.card.write(); // while it is typed, the picture comes first
  }

  /** Show the constants as they are. */
  follow() {
    const { objective, state } = this.lab.store;
    this.constants.show(objective, state.ranges ?? {});
  }

  /**
   * Say what is wrong with the text in the field; nothing if there is no error.
   * @param {any} [error]
   */
  refuse(error = null) {
    this.card.refuse(error && refusalOf(error));
  }

  /**
   * Read what is in the field.
   * @param {(text: string) => void} [read]
   */
  read(read = (text) => this.lab.store.typeObjective(text)) {
    this.typing = true;
    try {
      read(this.card.field.value);
      this.refuse();
    } catch (error) {
      this.refuse(error);
      this.lab.remember();
    }
    this.typing = false;
  }

  /** @param {string} text */
  type(text) {
    this.card.field.value = text;
    this.read();
  }

  /**
   * Change the objective; what is wrong with the change is told beside the formula. A text that cannot be read stays
   * in the field.
   * @param {() => void} change
   */
  attempt(change) {
    try {
      change();
      if (!this.card.isDraft) this.refuse();
    } catch (error) {
      this.refuse(error);
    }
  }

  /**
   * Make a name a constant: a parameter of the formula, or a name that the typed one does not declare.
   * @param {string} name
   */
  addConstant(name) {
    const { constantChanges, objective } = this.lab.store;
    if (objective.names.includes(name) && !this.card.isDraft) this.attempt(() => constantChanges.fromParameter(name));
    else this.read((text) => constantChanges.add(name, text));
  }

  /** @param {string} name */
  pick(name) {
    this.refuse();
    this.lab.store.pickObjective(name);
    this.lab.timeline.go(0);
  }
}
