// @ts-check
/**
 * The numbers of the present step: the cards, the worked step, the table. They take a browser longer than the picture, so
 * that they are written once it is painted.
 */
import { hessianAt } from "../../model/curvature.js";

/** @typedef {import("../lab.js").Lab} Lab */

const RECORDED = "A recording has positions, values and gradients, and no equations to work out.";
const PAUSE = 250; // milliseconds between two versions while something moves

export class Numbers {
  /** Whether a pointer is down, so that a slider or the start may be dragged. */
  dragging = false;
  shown = -Infinity;
  timer = 0;
  /** When they are written next, if the timer runs. */
  due = Infinity;

  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.onUp = () => {
      this.dragging = false;
    };
  }

  /** @param {HTMLElement} page */
  listen(page) {
    page.addEventListener("pointerdown", () => {
      this.dragging = true;
    });
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, this.onUp);
  }

  close() {
    window.clearTimeout(this.timer);
    for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, this.onUp);
  }

  /** Show the present step: when this frame is painted, or while something moves every so often and when it rests. */
  show() {
    const { legend, opening, sceneRuns, timeline, theme } = this.lab;
    legend.show(sceneRuns, timeline.time, theme);
    if (opening) return;
    const now = performance.now();
    const due = timeline.playing || this.dragging ? Math.max(now, this.shown + PAUSE) : now;
    if (due >= this.due) return; // a timer that is set anew with every frame may never end
    window.clearTimeout(this.timer);
    this.due = due;
    this.timer = window.setTimeout(() => this.write(), due - now);
  }

  write() {
    window.clearTimeout(this.timer);
    this.due = Infinity;
    if (this.lab.store.stale) return; // what changed is run and shown with the next frame
    const { sceneRuns, store, timeline, objectiveControls, optimizerList, insight, fitControls, workedStep, steps } =
      this.lab;
    const { objective, chosen, version } = store;
    const step = Math.floor(timeline.time);
    const optimizer = store.optimizers[chosen];
    const run = store.chosenRun;
    const [lesson, table] = [workedStep.element, steps.element].map(isShown);
    objectiveControls.card.write();
    optimizerList.show(step);
    insight.show();
    fitControls.write(step);
    if (!optimizer) workedStep.say(sceneRuns[chosen]?.label ?? "", RECORDED);
    else if (lesson) {
      const { label, program, data } = optimizer;
      const numbers = Object.entries(optimizer.values()).filter(([, value]) => typeof value === "number");
      const hyperparameters = /** @type {Record<string, number>} */ (Object.fromEntries(numbers));
      const hessian = (/** @type {number[]} */ position) => hessianAt(program.objective, position);
      workedStep.show({ label, optimizer: data, run, hyperparameters, objective, program, hessian }, step);
    }
    if (table) steps.show(run, objective.names, step, `${version} ${chosen}`);
    this.shown = performance.now();
  }
}

/**
 * Whether a part of the page is on the screen: neither hidden nor in a panel that another one covers.
 * @param {HTMLElement} element
 */
function isShown(element) {
  return element.checkVisibility(); // unlike offsetParent, it needs no layout
}
