// @ts-check
/** The runs in the order in which they came down, below the chart. */

import { stepsText } from "../model/diagnosis/verdict.js";
import { short } from "../model/format.js";
import { ranking } from "../model/runs/ranking.js";
import { swatch } from "../plot/run_style.js";
import { h } from "./dom.js";

/** @typedef {import("../model/store.js").SceneRun} SceneRun */

export class Ranking {
  constructor() {
    this.title = h("span", { class: "steepest-quiet" });
    this.list = h("ol", { class: "steepest-ranks" });
    this.element = h(
      "div",
      { class: "steepest-ranking", role: "group", "aria-label": "ranking", tabindex: "0", hidden: true },
      this.title,
      this.list,
    );
    this.key = "";
    /** The line of each run, by its place among the runs and its color. @type {Map<string, HTMLElement>} */
    this.lines = new Map();
  }

  /**
   * @param {SceneRun[]} sceneRuns
   * @param {number} version of the runs
   * @param {number | null} least what the chart measures heights from
   * @param {string} measured how the chart calls a height
   */
  show(sceneRuns, version, least, measured) {
    const key = [version, least, measured, ...sceneRuns.map(({ label, style }) => `${label} ${style.color}`)].join();
    if (key === this.key) return;
    this.key = key;
    const runs = sceneRuns.map(({ run }) => run);
    const found = ranking(runs, least ?? 0);
    this.element.hidden = !found;
    if (!found) return;
    this.title.textContent = `${measured} below ${short(found.below)}`;
    const lines = found.ranks.map(({ index, step, left }) => {
      const { run, style, label } = sceneRuns[index];
      const told = step === null ? `${short(left, 3)} after ${stepsText(run.steps)}` : `at step ${step}`;
      const line = this.lineOf(index, style);
      const [, name, text] = line.children;
      if (name.textContent !== label) name.textContent = label;
      if (text.textContent !== told) text.textContent = told;
      return line;
    });
    const shown = [...this.list.children];
    if (lines.length !== shown.length || lines.some((line, place) => line !== shown[place]))
      this.list.replaceChildren(...lines);
  }

  /**
   * @param {number} index
   * @param {import("../plot/run_style.js").RunStyle} style
   */
  lineOf(index, style) {
    const key = `${index} ${style.color}`;
    const line = this.lines.get(key) ?? h("li", null, swatch(style), h("span", null), " ", h("b", null));
    this.lines.set(key, line);
    return line;
  }
}
