// @ts-check
/** Data in the page: the fit's picture, its card, where data come from, and what each of them changes in the store. */

import { SETS } from "../../model/data/sets.js";
import { clickedTable, isNumeric, readBytes, readTable, Table } from "../../model/data/table.js";
import { BATCHES, LOSSES, METHODS } from "../../model/data/tables.js";
import { counted } from "../../model/data/words.js";
import { DrawnFit } from "../../plot/fit/drawn_fit.js";
import { FitPlot } from "../../plot/fit/fit_plot.js";
import { MOST_POINTS, positionAt } from "../../plot/fit/fit_view.js";
import { refusalOf } from "../refusal.js";
import { DataCard } from "./data_card.js";
import { DataDialog } from "./data_dialog.js";
import { FileDrop } from "./file_drop.js";
import { FORGOTTEN, isTooLong } from "./kept_table.js";

/** @typedef {import("../lab.js").Lab} Lab */
/** @typedef {import("../../model/data/fit/fit.js").Fit} Fit */
/** @typedef {{text: string, model: string, loss: string, start?: number[]}} DataSet */

const PASTED = "the pasted table";
/** Where data go, by what hosts the page. @type {Record<string, string>} */
const STAYS = {
  file: "It stays in this browser: nothing is sent.",
  server:
    "It stays in this browser; a GIF, MP4 or HTML file that you save is made by this page's server, with the table.",
  widget: "It stays in this browser and in its notebook.",
};

export class FitControls {
  /** The fit as its picture has it; null without one. @type {DrawnFit | null} */
  drawn = null;
  /** What the card shows: the objective and the seed. @type {unknown[]} */
  known = [];
  /** From where the exact answer was sought. @type {number[]} */
  start = [];

  /**
   * @param {Lab} lab
   * @param {string} page which of several in one document
   */
  constructor(lab, page) {
    this.lab = lab;
    /** @type {HTMLElement | null} */
    this.page = null;
    const { store } = lab;
    const locked = () => store.locked("objective") || store.locked("data");
    this.plot = new FitPlot({
      onMove: (row, values, done) =>
        this.change(() => store.dataChanges.movePoint(this.tableRow(row), /** @type {any} */ (values)), done),
      onAdd: (values) => this.change(() => store.dataChanges.addPoint(values)),
      onRemove: (row) => this.change(() => store.dataChanges.removePoint(this.tableRow(row))),
    });
    const sentences = (/** @type {Record<string, {description: string}>} */ table) =>
      Object.fromEntries(Object.entries(table).map(([name, { description }]) => [name, description]));
    this.card = new DataCard(
      {
        onChange: (change) => this.change(() => store.dataChanges.set(change)),
        onLeave: () => this.leave(),
        onAdd: () => {
          this.plot.rowHandle.addInMiddle();
          lab.draw();
          this.plot.rowHandle.button.focus();
        },
        onAdding: (adding) => {
          this.plot.rowHandle.adding = adding;
        },
      },
      { losses: sentences(LOSSES), scales: sentences(METHODS), orders: BATCHES.ORDERS },
      (name) => store.locked(name),
      page,
    );
    const listeners = {
      onText: (/** @type {string} */ text) => this.read(PASTED, () => readTable(text, PASTED)),
      onFile: (/** @type {Uint8Array} */ bytes, /** @type {string} */ name) =>
        this.read(name, () => readBytes(bytes, name)),
      onMessage: (/** @type {string} */ text) => lab.tell(text),
      locked,
    };
    this.drop = new FileDrop(this.stays, listeners, lab.host !== "widget");
    this.dialog = new DataDialog(
      this.stays,
      {
        onText: (text) => this.read(PASTED, () => readTable(text, PASTED)),
        onFile: (file) => this.drop.read(file),
        onSet: (name) => this.openSet(name),
        onPoints: () => this.clickPoints(),
        sets: Object.entries(SETS).map(([name, { description }]) => ({ name, title: description })),
      },
      page,
    );
  }

  /** Where the data go. */
  get stays() {
    return STAYS[this.lab.host] ?? STAYS.server;
  }

  /** Whether there is a fit to show. */
  get isShown() {
    return this.drawn !== null;
  }

  /** @param {HTMLElement} page */
  listen(page) {
    this.page = page;
    page.classList.toggle("steepest-fitting", this.isShown);
    this.drop.listen(page);
  }

  close() {
    this.drop.close();
  }

  /** Let the user choose data. */
  open() {
    this.dialog.show();
  }

  /**
   * Change the data; what cannot be done is told on the card.
   * @param {() => void} act
   * @param {boolean} [done] whether it is to be read out
   */
  change(act, done = true) {
    try {
      act();
      this.card.refuse(null);
    } catch (error) {
      this.card.refuse(refusalOf(error));
    }
    if (done) this.lab.announce();
  }

  /**
   * A table that was pasted, dropped or chosen; what is wrong with it is told in the dialog.
   * @param {string} name
   * @param {() => Table} made
   */
  read(name, made) {
    let table = null;
    try {
      table = made();
      this.use(table);
      this.lab.tell(`${name}: ${this.stays}`);
    } catch (error) {
      if (!this.dialog.element.open) this.dialog.show();
      this.dialog.refuse(refusalOf(error), table && this.wayOut(table));
    }
  }

  /**
   * What can be done about a table that was refused: leave out the rows with missing numbers, if then it can be fitted.
   * @param {Table} table
   */
  wayOut(table) {
    const isMissing = table.columns.some((column) => isNumeric(column) && column.some((value) => Number.isNaN(value)));
    if (!isMissing) return null;
    const act = () => {
      try {
        this.use(table, undefined, { dropMissing: true });
      } catch (error) {
        this.dialog.refuse(refusalOf(error));
      }
    };
    return { text: "Leave out the rows in which a number is missing", act };
  }

  /**
   * Fit a table; its model is the one that is shown if that can be, else one to begin with.
   * @param {Table} table
   * @param {string} [model]
   * @param {Record<string, any>} [settings]
   * @param {number[]} [start]
   */
  use(table, model, settings = {}, start = undefined) {
    const { lab } = this;
    if (model || !this.keepsModel(table, settings)) lab.store.dataChanges.open(table, model, settings);
    if (start) lab.store.change({ start }, true);
    this.dialog.close();
    lab.objectiveControls.refuse();
    lab.objectiveControls.show();
    this.card.refuse(null);
    this.card.setAdding(false);
    lab.draw();
    lab.plane.zoomTo(null);
    lab.timeline.go(0);
  }

  /**
   * Fit another table with the model that is shown; whether that can be.
   * @param {Table} table
   * @param {Record<string, any>} settings
   */
  keepsModel(table, settings) {
    const { store } = this.lab;
    if (!store.data) return false;
    const { table: _, ...how } = store.data;
    try {
      store.dataChanges.open(table, store.objective.text, { ...how, dropMissing: false, ...settings });
      return true;
    } catch {
      return false; // it has other columns
    }
  }

  /**
   * A table that comes with the page.
   * @param {string} name
   */
  openSet(name) {
    const { text, model, loss, start } = /** @type {Record<string, DataSet>} */ (SETS)[name];
    const { names, columns, source } = readTable(text, `the table ${name}`);
    // How it was read goes without saying.
    this.use(new Table(names, columns, source, { path: name }), model, { loss }, start);
  }

  clickPoints() {
    this.use(clickedTable());
    this.card.setAdding(true);
    this.lab.tell("Click in the picture to add points, and drag them.");
  }

  /** Back to a formula. */
  leave() {
    this.card.setAdding(false);
    this.lab.store.dataChanges.close();
    this.lab.timeline.go(0);
    this.lab.objectiveControls.card.field.focus();
  }

  /** Another objective: show its data. */
  showObjective() {
    const { store } = this.lab;
    const { data, objective, state } = store;
    const fit = /** @type {Fit | null} */ (objective.fit ?? null);
    this.known = [objective, state.seed];
    this.start = state.start;
    this.drawn = fit && new DrawnFit(fit, objective.batches?.(state.seed) ?? null, fit.exactFrom(state.start));
    this.page?.classList.toggle("steepest-fitting", fit !== null);
    if (!data) {
      this.card.show(null);
      return;
    }
    const { table, loss, scale, batch, order } = data;
    this.card.show({
      name: table.source,
      told: `${counted(table.rows, "row")}, ${counted(table.names.length, "column")}`,
      notes: [
        ...(fit?.notes ?? table.notes).map((note) => shortened(note, table)),
        this.stays,
        ...(this.lab.host !== "widget" && table !== store.given?.table && isTooLong(table) ? [FORGOTTEN] : []),
      ],
      isFit: fit !== null,
      ...{ loss, scale, batch, order },
      canAdd: fit !== null && this.canAdd(fit),
    });
  }

  /**
   * The row of the table that a row of the fit is: those with missing numbers may have been left out.
   * @param {number} row
   */
  tableRow(row) {
    return this.drawn?.fit.unscaled.origins?.[row] ?? row;
  }

  /** @param {Fit} fit */
  canAdd({ inputs, labels, table }) {
    return (inputs.length === 1 || (inputs.length === 2 && labels !== null)) && table.rows <= MOST_POINTS;
  }

  /** Show the data of the present objective, which is another one when a row was moved. */
  follow() {
    const { objective, state } = this.lab.store;
    if (this.known[0] !== objective || this.known[1] !== state.seed) this.showObjective();
    if (this.drawn && this.start !== state.start && !this.lab.numbers.dragging) this.seek(this.drawn);
    this.plot.element.hidden = !this.drawn;
  }

  /**
   * Seek the exact answer from another start.
   * @param {DrawnFit} drawn
   */
  seek(drawn) {
    this.start = this.lab.store.state.start;
    const exact = drawn.fit.exactFrom(this.start);
    if (exact !== drawn.exact) this.plot.drawn = "";
    drawn.exact = exact;
  }

  /**
   * Draw the present step.
   * @param {import("../../model/store.js").SceneRun[]} sceneRuns
   * @param {number} time
   * @param {import("../../plot/run_style.js").Theme} theme
   */
  show(sceneRuns, time, theme) {
    const { store } = this.lab;
    const { objective, chosen, version } = store;
    const { drawn } = this;
    const locked = store.locked("data") || store.locked("objective");
    this.plot.show(drawn && { fit: drawn, names: objective.names, sceneRuns, chosen, time, version, theme, locked });
  }

  /**
   * The coefficients at a step.
   * @param {number} step
   */
  write(step) {
    const { drawn } = this;
    if (!drawn) return;
    const { store } = this.lab;
    const { label } = this.lab.sceneRuns[store.chosen];
    const run = store.chosenRun;
    const { fit } = drawn;
    const position = positionAt(run, step);
    const isScaled = fit.scaling.method !== "none";
    const { exact } = drawn;
    const k = Math.min(step, run.steps);
    const best = exact.position && (isScaled ? drawn.inUnits(exact.position) : exact.position);
    const caption = `${label}, step ${k}. Exact: ${exact.told}`;
    this.card.coefficients.show(caption, fit.names, [
      { title: isScaled ? "scaled" : "fitted", values: position },
      { title: "own units", values: isScaled ? drawn.inUnits(position) : null },
      { title: "exact", values: best },
    ]);
  }
}

/**
 * A note without what the card says already: whose rows and columns.
 * @param {string} note
 * @param {Table} table
 */
function shortened(note, { source, rows, names }) {
  return note.replace(`${source}: ${counted(rows, "row")}, ${counted(names.length, "column")}, `, "read with ");
}
