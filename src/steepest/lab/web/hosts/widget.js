// @ts-check
/** Starts the page in a notebook: anywidget gives the model. */

import lab from "../ui/lab.js";

/**
 * Ctrl+S saves the notebook: JupyterLab, whose keys are suppressed here, is given the key beside the page.
 * @param {KeyboardEvent} event
 */
function save(event) {
  const { key, code, keyCode, ctrlKey, metaKey, shiftKey, altKey } = event;
  const isSave = key.toLowerCase() === "s" && (ctrlKey || metaKey) && !altKey;
  const beside = /** @type {HTMLElement} */ (event.currentTarget).parentElement;
  if (!isSave || !beside || document.body.dataset.jpThemeLight === undefined) return;
  const given = { key, code, keyCode, ctrlKey, metaKey, shiftKey, bubbles: true, cancelable: true };
  event.preventDefault(); // the browser would save the page
  event.stopPropagation();
  beside.dispatchEvent(new KeyboardEvent("keydown", given));
}

export default {
  /** @param {{model: any, el: HTMLElement}} given */
  render({ model, el }) {
    el.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab's own keys, of which one deletes the cell
    el.addEventListener("keydown", save);
    const close = lab.render({ model, el });
    return () => {
      el.removeEventListener("keydown", save);
      close();
    };
  },
};
