// @ts-check
/** Where each view stands in the page. */
import { h } from "../dom.js";
import { Presentation } from "./presentation.js";
import { welcome } from "./welcome.js";

/** @typedef {import("../lab.js").Lab} Lab */

/**
 * Every view in its place, without those that a link hides.
 * @param {Lab} lab
 */
export function layOut(lab) {
  const { store } = lab;
  const card = (/** @type {string} */ name, /** @type {string} */ kind, /** @type {Node[]} */ ...parts) =>
    h("section", { class: `steepest-card ${kind}`.trim(), "aria-label": name }, ...parts);
  const bar = (/** @type {Node[]} */ ...parts) => h("div", { class: "steepest-bar" }, ...parts);
  const title = (/** @type {string} */ text) => h("h2", { class: "steepest-title" }, text);
  const optimizers = h(
    "section",
    { class: "steepest-optimizers", "aria-label": "optimizers" },
    lab.optimizerList.list,
    lab.recordingList.element,
    store.locked("optimizers") ? null : lab.optimizerList.button,
    lab.limits.element,
  );
  const picture = card(
    "picture",
    "steepest-picture",
    bar(lab.startFields.element, lab.views, lab.quantities),
    h(
      "div",
      { class: "steepest-pair" },
      h(
        "div",
        { class: "steepest-cost" },
        lab.plane.element,
        lab.surface.element,
        lab.colorBar.element,
        lab.refinement.element,
        lab.basins.legend,
      ),
      lab.fitControls.plot.element,
    ),
    lab.legend.element,
    lab.arrowKey.element,
  );
  const chart = card(
    "values",
    "steepest-curves",
    bar(title("Value at each step"), lab.scale),
    lab.chart.element,
    lab.ranking.element,
  );
  const table = card("steps", "steepest-steps", title("Steps"), lab.steps.element);
  const parts = /** @type {Record<string, HTMLElement>} */ ({
    objective: lab.objectiveControls.element,
    optimizers,
    lesson: lab.workedStep.element,
    table,
    chart,
    history: lab.historyControls.element,
    share: lab.shareMenu.element,
  });
  for (const [name, element] of Object.entries(parts)) if (store.flags.hide.includes(name)) element.hidden = true;
  const side = h(
    "div",
    { class: "steepest-side" },
    lab.objectiveControls.element,
    lab.fitControls.card.element,
    optimizers,
  );
  const numbers = h("div", { class: "steepest-numbers-side" }, lab.workedStep.element, table);
  const main = h(
    "main",
    { class: "steepest-main" },
    picture,
    lab.timeline.element,
    lab.panels.element,
    side,
    chart,
    numbers,
  );
  lab.panels.attach(main);
  lab.historyControls.element.append(lab.stateStrip.element);
  const tools = h("div", { class: "steepest-tools" }, lab.historyControls.element, lab.shareMenu.element);
  const page = h(
    "div",
    {
      class: `steepest-lab steepest-opening ${store.flags.show.includes("compact") ? "steepest-compact" : ""}`.trim(),
      "aria-busy": "true",
    },
    h("header", { class: "steepest-head" }, h("h1", { class: "steepest-brand" }, "steepest"), welcome(), tools),
    main,
    lab.note,
    lab.fitControls.drop.element,
    lab.fitControls.dialog.element,
    lab.live,
  );
  const { scheme } = lab;
  const presentation = new Presentation(page);
  tools.insertBefore(presentation.enterButton, lab.shareMenu.element);
  tools.insertBefore(scheme.button, presentation.enterButton);
  lab.timeline.element.append(presentation.leaveButton);
  scheme.attach(page);
  return { page, presentation };
}
