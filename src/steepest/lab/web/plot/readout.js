// @ts-check
/** The numbers of the step under the pointer, beside it. */
import { placeText, valueText } from "../model/format.js";
import { h } from "../ui/dom.js";
import { pixelAt } from "./paths/path.js";

/** @typedef {import("./plane.js").Plane} Plane */
/** @typedef {import("./plane.js").Scene} Scene */

const NEAR = 12; // pixels

export class Readout {
  /** @param {Plane} plane */
  constructor(plane) {
    this.plane = plane;
    this.element = h("div", { class: "steepest-readout", hidden: true });
    this.ring = h("div", { class: "steepest-ring", hidden: true });
  }

  /**
   * Show the step near a pixel, and where it is in the chart.
   * @param {{x: number, y: number} | null} pixel
   */
  peek(pixel) {
    const { scene, listeners } = this.plane;
    if (!scene) return;
    const found = pixel ? this.nearest(scene, pixel) : null;
    this.element.hidden = this.ring.hidden = !found;
    if (found) this.write(scene, found);
    listeners.onPeek(found ? found.step : null);
  }

  /**
   * @param {Scene} scene
   * @param {{x: number, y: number}} pixel
   */
  nearest(scene, pixel) {
    let best = NEAR;
    let found = null;
    if (scene.objective.names.length > 2) return null;
    for (const [index, { run }] of scene.sceneRuns.entries()) {
      for (let step = 0; step <= run.steps; step++) {
        const [x, y] = pixelAt(this.plane.area, scene, run, step);
        const distance = Math.hypot(x - pixel.x, y - pixel.y);
        if (distance < best) [best, found] = [distance, { index, step, x, y }];
      }
    }
    return found;
  }

  /**
   * @param {Scene} scene
   * @param {{index: number, step: number, x: number, y: number}} found
   */
  write({ sceneRuns, objective }, { index, step, x, y }) {
    const { run, label } = sceneRuns[index];
    const { element } = this;
    element.replaceChildren(
      h("b", null, `${label}, step ${step}`),
      h("span", null, placeText(objective.names, run, step)),
      h("span", null, valueText(run, step)),
    );
    const { offsetWidth, offsetHeight } = element;
    const left = Math.max(4, Math.min(this.plane.area.width - offsetWidth - 4, x + 14));
    const top = y - offsetHeight - 12 > 4 ? y - offsetHeight - 12 : y + 16;
    element.style.transform = `translate(${left}px, ${top}px)`;
    this.ring.style.transform = `translate(${x}px, ${y}px)`;
  }
}
