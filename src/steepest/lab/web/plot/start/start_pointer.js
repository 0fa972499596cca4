// @ts-check
/** Where the start is when it is outside of the picture: an arrow at the edge, which shows it. */
import { pointText } from "../../model/format.js";
import { h, icon } from "../../ui/dom.js";

/** @typedef {import("../plot_area.js").PlotArea} PlotArea */

const EDGE = 20; // pixels from the edge of the picture
const CORNER = { width: 150, height: 70 }; // of the buttons that zoom, at the top on the right

export class StartPointer {
  /** @param {() => void} onShow the start is to be shown */
  constructor(onShow) {
    this.arrow = icon("arrow");
    this.element = h(
      "button",
      { type: "button", class: "steepest-button steepest-pointer", hidden: true, onclick: onShow },
      "start",
      this.arrow,
    );
  }

  /**
   * @param {PlotArea} area
   * @param {number} x the start's pixel
   * @param {number} y
   * @param {string[]} names
   * @param {number[]} start
   * @param {boolean} shown whether the start is outside of the picture
   */
  show(area, x, y, names, start, shown) {
    this.element.hidden = !shown;
    if (!shown) return;
    const [across, upward] = [
      Math.max(area.left + 2 * EDGE, Math.min(area.right - 2 * EDGE, x)),
      Math.max(area.top + EDGE, Math.min(area.bottom - EDGE, y)),
    ];
    const covered = across > area.right - CORNER.width && upward < area.top + CORNER.height;
    const free = covered ? area.top + CORNER.height : upward;
    this.element.style.transform = `translate(${across}px, ${free}px) translate(-50%, -50%)`;
    this.arrow.style.rotate = `${Math.atan2(y - free, x - across)}rad`;
    const label = `the start, ${pointText(names, start)}, is outside of the picture: show it`;
    if (this.element.title === label) return;
    this.element.title = label;
    this.element.setAttribute("aria-label", label);
  }
}
