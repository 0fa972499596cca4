// @ts-check
/** A table that is dropped on the page, or pasted where no text is typed. */
import { h } from "../dom.js";

const MOST_BYTES = 50_000_000; // of a file: more makes a page slow

export class FileDrop {
  /**
   * @param {string} stays where the data go
   * @param {{onText: (text: string) => void, onFile: (bytes: Uint8Array, name: string) => void,
   *   onMessage: (text: string) => void, locked: () => boolean}} listeners
   * @param {boolean} alone whether the document is the page's own, not a notebook with other cells
   */
  constructor(stays, listeners, alone) {
    this.listeners = listeners;
    this.alone = alone;
    this.element = h(
      "div",
      { class: "steepest-drop", hidden: true, "aria-hidden": "true" },
      h("p", null, h("b", null, "Drop the table here"), h("span", null, stays)),
    );
    this.onPaste = (/** @type {ClipboardEvent} */ event) => this.paste(event);
  }

  /** @param {HTMLElement} page */
  listen(page) {
    page.addEventListener("dragover", (event) => {
      if (!hasFile(event)) return;
      event.preventDefault(); // the browser would leave the page for the file
      if (event.dataTransfer && this.listeners.locked()) event.dataTransfer.dropEffect = "none";
      else this.element.hidden = false;
    });
    page.addEventListener("dragleave", (event) => {
      if (!page.contains(/** @type {Node | null} */ (event.relatedTarget))) this.element.hidden = true;
    });
    page.addEventListener("drop", (event) => {
      this.element.hidden = true;
      if (!hasFile(event)) return;
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file && !this.listeners.locked()) void this.read(file);
    });
    document.addEventListener("paste", this.onPaste);
    this.page = page;
  }

  close() {
    document.removeEventListener("paste", this.onPaste);
  }

  /**
   * A file's table.
   * @param {File} file
   */
  async read(file) {
    const { onFile, onMessage } = this.listeners;
    if (file.size > MOST_BYTES) {
      const most = `${MOST_BYTES / 1e6} MB`;
      onMessage(
        `${file.name} has ${Math.round(file.size / 1e6)} MB: the page reads up to ${most}, "steepest fit" more`,
      );
      return;
    }
    let bytes = null;
    try {
      bytes = new Uint8Array(await file.arrayBuffer());
    } catch {
      onMessage(`${file.name} cannot be read: drop one file with a table, not a folder`);
      return;
    }
    onFile(bytes, file.name);
  }

  /** @param {ClipboardEvent} event */
  paste(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const here = this.page?.contains(target) || (this.alone && target === document.body);
    if (!here || /^(input|textarea|select)$/i.test(target.tagName) || this.listeners.locked()) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/\S.*\n.*\S/.test(text)) return; // a table has two lines and more
    event.preventDefault();
    this.listeners.onText(text);
  }
}

/** @param {DragEvent} event */
function hasFile(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
