// @ts-check
/** The states that the user went through, each with what led to it: undo, redo, and the way back to any of them. */

const MOST_ENTRIES = 200;

/**
 * A state, what changed to reach it, and the gesture that changed it.
 * @template State
 * @typedef {{state: State, label: string, gesture: string}} Entry
 */

/** @template State */
export class History {
  /** From the first state to the latest, those that were undone included. @type {Entry<State>[]} */
  entries = [];
  /** The index of the present state; -1 as long as there is none. */
  index = -1;
  /** Counts the gestures that ended. */
  ended = 0;

  /**
   * @param {(one: State, other: State) => boolean} equal whether there is nothing to undo between two states
   * @param {number} [most] entries that are kept
   */
  constructor(equal, most = MOST_ENTRIES) {
    this.equal = equal;
    this.most = most;
  }

  /** What undo would take back; null if there is nothing. */
  get undoLabel() {
    return this.index > 0 ? this.entries[this.index].label : null;
  }

  /** What redo would bring back; null if there is nothing. */
  get redoLabel() {
    return this.entries[this.index + 1]?.label ?? null;
  }

  /**
   * The gesture that is going on at a control: a drag, a slider's move, typing into one field.
   * @param {string} control
   */
  gesture(control) {
    return `${control} ${this.ended}`;
  }

  /** What comes now is another gesture, also at the same control. */
  endGesture() {
    this.ended++;
  }

  /**
   * Keep a state after a change. The states of one gesture are one entry, which is the last of them; what was undone
   * before is no more. A state equal to the present one changes nothing.
   * @param {State} state
   * @param {string} label what changed
   * @param {string} [gesture] of which the change is a part; empty if it stands alone
   */
  record(state, label, gesture = "") {
    const { entries, index, equal } = this;
    const present = entries[index];
    if (present && equal(present.state, state)) return;
    const going = index > 0 && gesture !== "" && present.gesture === gesture;
    const last = going ? index - 1 : index;
    const back = going && equal(entries[last].state, state); // the gesture came back to where it began
    entries.splice(last + 1, Infinity, ...(back ? [] : [{ state, label, gesture }]));
    entries.splice(0, entries.length - this.most);
    this.index = entries.length - 1;
  }

  /** The state before the last change; null if there is none. */
  undo() {
    return this.go(this.index - 1);
  }

  /** The state after the change that was undone last; null if there is none. */
  redo() {
    return this.go(this.index + 1);
  }

  /**
   * Make an entry the present one.
   * @param {number} index
   * @returns {State | null} its state; null if there is no such entry
   */
  go(index) {
    const entry = this.entries[index];
    if (!entry) return null;
    this.index = index;
    this.endGesture();
    return entry.state;
  }
}
