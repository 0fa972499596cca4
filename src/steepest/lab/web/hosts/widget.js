// @ts-check
/** Starts the page in a notebook: anywidget gives the model. */

import lab from "../ui/lab.js";

export default {
  /** @param {{model: any, el: HTMLElement}} given */
  render({ model, el }) {
    el.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab's own keys, of which one deletes the cell
    return lab.render({ model, el });
  },
};
