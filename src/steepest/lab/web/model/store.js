// @ts-check
/**
 * The page's one state: what the user chose, the objective and the optimizers that follow from it, and their runs.
 * Every view is derived from it; nothing here knows the DOM.
 */
import { ConstantChanges } from "./changes/constant_changes.js";
import { DataChanges } from "./changes/data_changes.js";
import { OptimizerChanges } from "./changes/optimizer_changes.js";
import { eigenvalues, hessianAt } from "./curvature.js";
import { dataOf, equalData } from "./data/settings.js";
import { pointText } from "./format.js";
import { History } from "./history.js";
import { Optimizer } from "./optimizer.js";
import { readObjective, readOptimizer } from "./reading.js";
import { Recording } from "./runs/recording.js";
import { equalSnapshots, recallOptimizers, snapshotOf } from "./snapshot.js";
import { canRunMany, manyRuns } from "./sweep/many_starts.js";
import { gridOf } from "./tape/grid.js";
import { Grid } from "./tape/tape.js";

/** @typedef {import("./data/fit/fit.js").DataSettings} DataSettings */
/** @typedef {import("./runs/program.js").Run} Run */
/** @typedef {import("./objectives/objective_data.js").Objective} Objective */
/** @typedef {import("../plot/run_style.js").RunStyle} RunStyle */
/**
 * A run as the views show it.
 * @typedef {{run: Run, style: RunStyle, label: string, squares: Set<string>, arrows: Set<string>}} SceneRun
 */
/**
 * @typedef {object} Listeners
 * @property {() => void} onChange the state or the runs are others
 * @property {() => void} onObjective the objective is another one
 * @property {(index?: number, typed?: string) => void} onOptimizers the optimizers are others, or only this one, whose
 *   equations were typed so
 * @property {(text: string) => void} onMessage something to tell the user
 */

/** What a change of a field of the state is called, if not by the field's own name. */
const LABELS = /** @type {Record<string, string>} */ ({
  start: "start moved",
  show: "shown quantities changed",
  starts: "many starts changed",
});
const AT_ONCE = 24; // milliseconds in which all runs are made at once, or begun
const DRAGGED = ["start", "steps"]; // fields that change on and on while something is dragged

export class Store {
  /** @type {import("./tape/grid.js").AnyGrid | null} */
  grid = null;
  /** @type {Optimizer[]} */
  optimizers = [];
  /** The index of the optimizer whose step is worked out. */
  chosen = 0;
  /** Counts the runs. */
  version = 0;
  /**
   * The runs from many starts, and what they were made with.
   * @type {{key: string, runs: import("./sweep/many_starts.js").Path[]}}
   */
  many = { key: "", runs: [] };
  /** Whether the runs are to be made again. */
  stale = true;
  identity = 0;
  /** The states to undo and redo. @type {History<import("./snapshot.js").Snapshot>} */
  history = new History(equalSnapshots);
  /** The data that the objective was read with. @type {DataSettings | null} */
  readWith = null;
  /** What the page opened with. @type {import("./snapshot.js").Snapshot | null} */
  opened = null;

  /**
   * @param {any} first the state that the page is given, which can be read
   * @param {any} state what is to be shown instead
   * @param {Listeners} listeners
   * @param {import("./runs/recording.js").Recorded[]} [recorded] runs that the page shows and does not run
   */
  constructor(first, state, listeners, recorded = []) {
    this.recordings = recorded.map((each) => new Recording(each));
    /** The data that the page is given. */
    this.given = dataOf(first.data, null);
    this.objective = readObjective(first.objective, first.let, this.given);
    this.readWith = this.given;
    this.first = first.objective;
    this.state = { ...first, ...state };
    this.listeners = listeners;
    this.constantChanges = new ConstantChanges(this);
    this.dataChanges = new DataChanges(this);
    this.optimizerChanges = new OptimizerChanges(this);
  }

  get flags() {
    return { hide: [], lock: [], show: [], ...(this.state.flags ?? {}) };
  }

  /** What is fitted, and how; null without data. @returns {DataSettings | null} */
  get data() {
    return this.state.data ?? null;
  }

  /**
   * Whether a teacher's link locks a control.
   * @param {string} name
   */
  locked(name) {
    return this.flags.lock.includes(name) || this.flags.lock.includes("all");
  }

  /** Whether the surface is shown. */
  get showsSurface() {
    return this.state.view === "surface" && this.objective.names.length === 2;
  }

  /**
   * The state for a link or a file, at a step.
   * @param {number} step
   */
  present(step) {
    return { ...this.state, step, optimizers: this.optimizers.map((each) => each.kept) };
  }

  /**
   * Change some of the state.
   * @param {Record<string, any>} change
   * @param {boolean} [runs] whether the runs change
   */
  change(change, runs = false) {
    const [field] = Object.keys(change);
    this.state = { ...this.state, ...change };
    const gesture = DRAGGED.includes(field) ? this.history.gesture(field) : "";
    this.keep(LABELS[field] ?? `${field} changed`, gesture, runs);
  }

  /**
   * Keep the state, which changed, for undo, and show it.
   * @param {string} label what changed
   * @param {string} [gesture] of which the change is a part
   * @param {boolean} [runs] whether the runs change
   */
  keep(label, gesture = "", runs = true) {
    this.history.record(snapshotOf(this), label, gesture);
    this.stale ||= runs;
    this.listeners.onChange();
  }

  // Going back

  /** Take the last change back; whether there was one. */
  undo() {
    return this.adopt(this.history.undo());
  }

  /** Bring back the change that was undone last; whether there was one. */
  redo() {
    return this.adopt(this.history.redo());
  }

  /**
   * Return to a state that was kept, by its index among them; whether there is one.
   * @param {number} index
   */
  goTo(index) {
    return this.adopt(this.history.go(index));
  }

  /** Show again what the page opened with, as a change that can be undone. */
  reset() {
    this.adopt(this.opened);
    this.history.record(snapshotOf(this), "reset");
  }

  /**
   * Return to a state that was kept; the step stays.
   * @param {import("./snapshot.js").Snapshot | null} snapshot
   */
  adopt(snapshot) {
    if (!snapshot) return false;
    const { state, objective, chosen } = snapshot;
    this.readWith = state.data ?? null;
    this.optimizers = recallOptimizers(snapshot, this.optimizers);
    this.state = { ...state, step: this.state.step };
    this.chosen = chosen;
    this.adoptObjective(objective);
    this.listeners.onOptimizers();
    this.stale = true;
    this.listeners.onChange();
    return true;
  }

  // Reading

  /**
   * Read the state's texts and run; what cannot be read is told and left out.
   * @param {string} [label] what brought the state here
   * @returns {any} why the objective was not read, or null
   */
  restore(label = "state opened") {
    let refused = null;
    let { objective } = this;
    try {
      const data = dataOf(this.state.data, this.given);
      const { let: constants = {}, objective: asked } = this.state;
      const isSame = asked === objective.text && isReadWith(objective, constants) && equalData(data, this.readWith);
      if (!isSame) objective = readObjective(asked, constants, data);
      this.state.data = data;
    } catch (error) {
      refused = error;
      this.state.data = this.readWith;
      this.state.let = { ...objective.constants };
    }
    const { names, start, text } = objective;
    if (this.state.start.length !== names.length) {
      const where = pointText(names, start);
      this.listeners.onMessage(`'start' has one number for each of ${names.join(", ")}: the runs start at ${where}`);
      this.state.start = [...start];
    }
    this.state.objective = text;
    this.readWith = this.data;
    this.adoptObjective(objective);
    const made = [];
    for (const each of this.state.optimizers) {
      try {
        made.push(this.readOptimizer(each.text, each.settings ?? {}));
      } catch (error) {
        this.listeners.onMessage(`${each.text}: ${/** @type {any} */ (error).message}`);
      }
    }
    this.optimizers = made;
    this.needRun();
    this.listeners.onOptimizers();
    this.run();
    const snapshot = snapshotOf(this);
    this.opened ??= snapshot;
    this.history.record(snapshot, label);
    return refused;
  }

  /** @param {Objective} objective */
  adoptObjective(objective) {
    const { let: constants = {} } = this.state;
    const others = Object.entries(constants).filter(([name]) => !objective.names.includes(name));
    this.state = { ...this.state, let: Object.fromEntries(others) }; // its text may not say that they are parameters
    this.setObjective(objective);
    this.listeners.onObjective();
  }

  /** @param {Objective} objective */
  setObjective(objective) {
    if (this.objective !== objective || !this.grid) {
      const compiled = this.objective.tape === objective.tape ? this.grid : null;
      this.objective = objective;
      this.grid = objective.names.length <= 2 ? (compiled ?? gridOf(objective)) : null;
      if (this.grid instanceof Grid) this.grid.setConstants(objective.constantInputs);
      const { data } = this;
      const loss = objective.fit?.settings.loss ?? data?.loss;
      if (data && data.loss !== loss) {
        this.state = { ...this.state, data: { ...data, loss } }; // that of `logistic`, which is written out
        this.readWith = this.data;
      }
    }
  }

  /**
   * @param {string} text
   * @param {Record<string, number | string>} settings
   * @param {number} [identity] of the optimizer in whose place it comes
   */
  readOptimizer(text, settings, identity = this.identity++) {
    const data = readOptimizer(text, settings, this.objective.names.length);
    return new Optimizer(data, { ...settings }, this.objective, identity);
  }

  // Changing the objective

  /**
   * A formula that was typed; throws what is wrong with the text.
   * @param {string} text
   */
  typeObjective(text) {
    const gesture = this.history.gesture("formula");
    this.constantChanges.use(text, {});
    this.keep("formula changed", gesture);
  }

  /**
   * A function of the gallery.
   * @param {string} name
   */
  pickObjective(name) {
    const objective = readObjective(name);
    this.forgetRates();
    this.state = { ...this.state, data: null, let: {} };
    this.useObjective(objective, true);
    this.keep("function chosen");
  }

  /** Let the learning rates be the objective's own again, where the optimizers have none by themselves. */
  forgetRates() {
    for (const { data, settings } of this.optimizers) {
      const lr = data.hyperparameters.find((/** @type {any} */ part) => part.name === "lr");
      if (lr?.default === null) delete settings.lr;
    }
  }

  /**
   * @param {Objective} objective
   * @param {boolean} fresh whether to begin at its own start
   * @param {number[]} [given] where to start, if it is neither its own start nor the present one
   */
  useObjective(objective, fresh, given) {
    const same = objective.names.length === this.objective.names.length;
    const start = given ?? (fresh || !same ? [...objective.start] : this.state.start);
    this.state = { ...this.state, objective: objective.text, zoom: null, starts: null, start };
    if (!same) this.state.view = "plane";
    this.replaceObjective(objective, fresh);
    this.run();
  }

  /**
   * Show another objective, which the optimizers run on from now on.
   * @param {Objective} objective
   * @param {boolean} [fresh] whether the optimizers' cards are to be made anew in any case
   */
  replaceObjective(objective, fresh = false) {
    const before = this.objective;
    this.adoptObjective(objective);
    const left = this.relinkAll(objective.names.length === before.names.length);
    const shown = (/** @type {Objective} */ { names, hyperparameters }) => JSON.stringify([names, hyperparameters]);
    if (fresh || left || shown(before) !== shown(objective)) this.listeners.onOptimizers();
  }

  /**
   * Link the optimizers with the objective; whether some were left out.
   * @param {boolean} same whether they were read for as many parameters
   */
  relinkAll(same) {
    const kept = this.optimizers.filter((optimizer) => this.relink(optimizer, same));
    const left = kept.length < this.optimizers.length;
    this.optimizers = kept;
    return this.needRun() || left;
  }

  /**
   * Link an optimizer with the objective; whether that could be done.
   * @param {Optimizer} optimizer
   * @param {boolean} same whether it was read for as many parameters
   */
  relink(optimizer, same) {
    const { text, name } = optimizer.data;
    try {
      if (!same) optimizer.data = readOptimizer(text, optimizer.settings, this.objective.names.length);
      optimizer.link(this.objective);
      return true;
    } catch (error) {
      this.listeners.onMessage(`${name} was left out: ${/** @type {any} */ (error).message}`);
      return false;
    }
  }

  /** See to it that there is a run to show: gd where there is neither an optimizer nor a recording. Whether it came. */
  needRun() {
    if (this.optimizers.length || this.shownRecordings.length) return false;
    this.optimizers = [this.readOptimizer("gd", {})];
    return true;
  }

  /**
   * Show a quantity at each step, or no more.
   * @param {string} name
   */
  toggleShow(name) {
    const show = /** @type {string[]} */ (this.state.show ?? []);
    this.change({ show: show.includes(name) ? show.filter((each) => each !== name) : [...show, name] });
  }

  // What follows

  /** Run every optimizer; over many rows only for a moment, and `goOn` goes on. */
  run() {
    if (this.needRun()) this.listeners.onOptimizers();
    const { optimizers } = this;
    const { steps, tol, gtol, seed, start } = this.state;
    for (const [index, optimizer] of optimizers.entries()) {
      const until = performance.now() + AT_ONCE / (optimizers.length - index);
      optimizer.run({ steps, tol, gtol: gtol ?? 0, seed }, start, until);
    }
    this.version++;
    this.stale = false;
  }

  /** Whether runs over data are not at their ends yet. */
  get isRunning() {
    return this.optimizers.some(({ program }) => program.pending);
  }

  /**
   * Go on with the runs for some time.
   * @param {number} milliseconds
   */
  goOn(milliseconds) {
    const waiting = this.optimizers.filter(({ program }) => program.pending);
    for (const [index, { program }] of waiting.entries())
      program.goOn(performance.now() + milliseconds / (waiting.length - index));
    this.version++;
  }

  /** The steps of the longest run. */
  get longest() {
    const recorded = this.shownRecordings.map(({ run }) => run);
    const runs = [...this.optimizers.map(({ latest }) => latest), ...recorded, ...this.manyRuns];
    return Math.max(0, ...runs.map((run) => run?.steps ?? 0));
  }

  /** The runs of the chosen optimizer from the many starts that the state asks for. */
  get manyRuns() {
    const { starts, steps, tol, gtol, seed } = this.state;
    const optimizer = this.optimizers[this.chosen];
    if (!starts || !optimizer || starts.length !== this.objective.names.length || starts.length > 2) return [];
    if (!canRunMany(optimizer, steps)) return [];
    const key = JSON.stringify([this.version, optimizer.identity, starts]);
    if (key !== this.many.key)
      this.many = { key, runs: manyRuns(optimizer, starts, { steps, tol, gtol: gtol ?? 0, seed }) };
    return this.many.runs;
  }

  /**
   * The runs as the views show them.
   * @param {(index: number) => RunStyle} styleOf
   * @returns {SceneRun[]}
   */
  sceneRuns(styleOf) {
    const own = this.optimizers.map((optimizer, index) => {
      const { latest, label, squares, arrows } = optimizer;
      return { run: latest, style: styleOf(index), label, squares, arrows };
    });
    const recorded = this.shownRecordings.map(({ run, label }, index) => {
      return { run, style: styleOf(own.length + index), label, squares: new Set(), arrows: new Set() };
    });
    return [...own, ...recorded];
  }

  /** The recordings that belong to the objective. */
  get shownRecordings() {
    return this.recordings.filter((each) => !this.hiddenBecause(each));
  }

  /**
   * Why a recording is not shown; empty if it is.
   * @param {Recording} recording
   */
  hiddenBecause(recording) {
    return recording.hiddenBecause(this.objective, this.data, this.given);
  }

  /** The run whose steps are told: an optimizer's, or a recorded one. */
  get chosenRun() {
    const { chosen, optimizers } = this;
    const recorded = this.shownRecordings[chosen - optimizers.length]?.run;
    return optimizers[chosen]?.latest ?? recorded ?? optimizers[0]?.latest ?? this.shownRecordings[0].run;
  }

  /** Whether the values of runs tell which is lower: in batches, each step's value is of other rows. */
  get isRace() {
    return !this.objective.batches;
  }

  /** The least known value of the objective, which values of batches may be below. @returns {number | null} */
  get leastKnown() {
    if (!this.isRace) return null;
    const least = Math.min(...this.objective.minima.map((/** @type {any} */ point) => point.value));
    return Number.isFinite(least) ? least : null;
  }

  /**
   * The largest stable learning rate of each optimizer at a step; null where theory says nothing.
   * @param {number} step
   */
  stableRates(step) {
    return this.optimizers.map((optimizer) => {
      const { positions, count, steps } = optimizer.latest;
      const k = Math.min(step, steps);
      const position = positions.subarray(k * count, (k + 1) * count);
      const matrix = hessianAt(optimizer.program.objective, position);
      const defined = matrix?.every(Number.isFinite);
      return optimizer.limit(defined ? /** @type {number} */ (eigenvalues(matrix ?? []).at(-1)) : NaN);
    });
  }
}

/**
 * Whether an objective was certainly read with these values of constants.
 * @param {Objective} objective
 * @param {Record<string, number>} values
 */
function isReadWith({ constants, names }, values) {
  const known = Object.entries(constants).every(([name, value]) => values[name] === value);
  return known && !names.some((name) => name in values);
}
