// @ts-check
/** The runs in the order in which they came down, below the chart. */

import { stepsText } from "../model/diagnosis/verdict.js";
import { short } from "../model/format.js";
import { ranking } from "../model/ranking.js";
import { swatch } from "../plot/run_style.js";
import { h } from "./dom.js";

/** @typedef {import("../model/store.js").SceneRun} SceneRun */

export class Ranking {
  constructor() {
    this.title = h("span", { class: "steepest-quiet" });
    this.list = h("ol", { class: "steepest-ranks" });
    this.element = h("div", { class: "steepest-ranking", hidden: true }, this.title, this.list);
    this.key = "";
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
    this.list.replaceChildren(
      ...found.ranks.map(({ index, step, left }) => {
        const { run, style, label } = sceneRuns[index];
        const told = step === null ? `not in ${stepsText(run.steps)}, ${short(left, 3)} at the end` : `at step ${step}`;
        return h("li", null, swatch(style), h("span", null, label), " ", h("b", null, told));
      }),
    );
  }
}
