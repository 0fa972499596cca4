// @ts-check
/** The picture of a cost over many rows: coarse at first, refined while the page is idle, with a line that says how far. */
import { RowGrid } from "../../model/tape/row_grid.js";
import { h } from "../dom.js";
import { IdleQueue } from "../idle_queue.js";

/** @typedef {import("../lab.js").Lab} Lab */

const JOB = "refine";
const SLICE = 5; // milliseconds of work before others have their turn
const MOST = 8_000; // milliseconds of work on one view
const CELL = 4; // square pixels for each value of the picture

export class Refinement {
  queue = new IdleQueue();
  /** The view that is refined, and for how long. */
  view = "";
  /** @type {RowGrid | null} */
  grid = null;
  spent = 0;

  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.element = h("p", { class: "steepest-refinement", role: "status", hidden: true });
  }

  /** Give the line its room, if there will be one: called before the plane is drawn. */
  show() {
    const { grid, objective } = this.lab.store;
    const { plotWidth, plotHeight } = this.lab.plane.area;
    const points = objective.names.length === 1 ? plotWidth : (plotWidth * plotHeight) / CELL;
    this.element.hidden = !(grid instanceof RowGrid && grid.isBetween(points));
  }

  /** Say how the picture was found, and go on with it: called after the plane is drawn. */
  follow() {
    const { store, plane } = this.lab;
    const { grid } = store;
    if (!(grid instanceof RowGrid)) return;
    const view = plane.area.box.join();
    if (grid !== this.grid || view !== this.view) this.spent = 0;
    [this.grid, this.view] = [grid, view];
    const goesOn = grid.isCoarse && this.spent < MOST;
    const text = goesOn ? `drawn at ${grid.points} points for now` : grid.told;
    if (this.element.textContent !== text) this.element.textContent = text;
    if (goesOn && !store.isRunning && !this.queue.jobs.has(JOB)) this.queue.add(JOB, this.work());
  }

  *work() {
    const { lab } = this;
    const { store, plane } = lab;
    while (this.grid?.isCoarse && this.grid === store.grid && this.spent < MOST && !store.isRunning) {
      const began = performance.now();
      const isFiner = this.grid.refine(SLICE);
      this.spent += performance.now() - began;
      if (isFiner) plane.refine();
      if (isFiner || this.spent >= MOST) lab.scheduleDraw();
      yield;
    }
  }

  close() {
    this.queue.close();
  }
}
