// @ts-check
/** Undo and redo: the buttons and the keys for them, and when a gesture ends. */
import { h, iconButton } from "./dom.js";

const MAC = /Mac|iPad|iPhone/.test(navigator.platform);
const UNDO = { name: "Undo", key: MAC ? "⌘Z" : "Ctrl+Z", keys: "Control+Z Meta+Z" };
const REDO = { name: "Redo", key: MAC ? "⇧⌘Z" : "Ctrl+Shift+Z", keys: "Control+Shift+Z Meta+Shift+Z Control+Y" };
const ENDS = ["pointerdown", "pointerup", "pointercancel", "focusout"]; // of a gesture, whatever it is made with

export class HistoryControls {
  /** The text field whose edits are not committed: those are the browser's to undo. @type {EventTarget | null} */
  edited = null;

  /**
   * @param {import("../model/history.js").History<any>} history
   * @param {{onUndo: () => void, onRedo: () => void}} listeners
   */
  constructor(history, listeners) {
    this.history = history;
    this.listeners = listeners;
    this.undo = iconButton("undo", UNDO.name, listeners.onUndo);
    this.redo = iconButton("redo", REDO.name, listeners.onRedo);
    this.undo.setAttribute("aria-keyshortcuts", UNDO.keys);
    this.redo.setAttribute("aria-keyshortcuts", REDO.keys);
    this.element = h(
      "div",
      { class: "steepest-buttons", role: "group", "aria-label": "history" },
      this.undo,
      this.redo,
    );
    this.show();
  }

  /**
   * Follow what is done in the page: which field is edited, and when a gesture ends.
   * @param {HTMLElement} page
   */
  listen(page) {
    const { history } = this;
    for (const name of ENDS) page.addEventListener(name, () => history.endGesture());
    page.addEventListener("focusout", () => {
      this.edited = null;
    });
    page.addEventListener("input", ({ target }) => {
      if (isText(target)) this.edited = target;
    });
    page.addEventListener("change", ({ target }) => {
      if (!isText(target) || target.getAttribute("aria-invalid") === "true") return;
      this.edited = null;
      history.endGesture();
    });
    page.addEventListener("keyup", ({ target }) => {
      if (!isText(target)) history.endGesture(); // a key that was held at a slider or at the start
    });
  }

  /** What the buttons would do; the focus does not stay on one that is disabled. */
  show() {
    const { undo, redo, history } = this;
    const focused = this.element.querySelector(":focus");
    label(undo, UNDO, history.undoLabel);
    label(redo, REDO, history.redoLabel);
    if (focused?.matches(":disabled")) this.focus();
  }

  /** Focus a button that does something. */
  focus() {
    (this.undo.disabled ? this.redo : this.undo).focus();
  }

  /**
   * A key that was pressed in the page; whether it was one of ours.
   * @param {KeyboardEvent} event
   */
  key({ key, ctrlKey, metaKey, altKey, shiftKey, target }) {
    if (!(ctrlKey || metaKey) || altKey || target === this.edited) return false;
    const pressed = key.toLowerCase();
    if (pressed === "z" && !shiftKey) this.listeners.onUndo();
    else if (pressed === "z" || (pressed === "y" && ctrlKey && !shiftKey)) this.listeners.onRedo();
    else return false;
    return true;
  }
}

/**
 * Say what a button would undo or redo.
 * @param {HTMLButtonElement} button
 * @param {{name: string, key: string}} command
 * @param {string | null} change null if there is none
 */
function label(button, { name, key }, change) {
  const text = change === null ? `${name} (${key})` : `${name}: ${change} (${key})`;
  button.disabled = change === null;
  if (button.title === text) return;
  button.title = text;
  button.setAttribute("aria-label", text);
}

/**
 * Whether text is typed into it.
 * @param {EventTarget | null} target
 * @returns {target is HTMLInputElement | HTMLTextAreaElement}
 */
function isText(target) {
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === "text");
}
