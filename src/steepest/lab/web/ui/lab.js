// @ts-check
/** The page: builds its views, and draws them from the store, for a server, a notebook and a single file alike. */
import { FileRequests } from "../model/file_requests.js";
import { placeText, valueText } from "../model/format.js";
import { fromFragment, toFragment } from "../model/state.js";
import { Store } from "../model/store.js";
import { ColorBar } from "../plot/color_bar.js";
import { Plane } from "../plot/plane.js";
import { runStyle } from "../plot/run_style.js";
import { ValueChart } from "../plot/value_chart.js";
import { SurfaceView } from "../surface/surface_view.js";
import { ArrowKey } from "./arrow_key.js";
import { LimitsCard } from "./cards/limits_card.js";
import { ObjectiveControls } from "./cards/objective_controls.js";
import { OptimizerList } from "./cards/optimizer_list.js";
import { RecordingList } from "./cards/recording_list.js";
import { FitControls } from "./data/fit_controls.js";
import { KeptTable } from "./data/kept_table.js";
import { askForHeight } from "./dialogs/embedding.js";
import { StateStrip } from "./dialogs/state_strip.js";
import { h, keepFocus } from "./dom.js";
import { draftOf, typeDraft } from "./draft.js";
import { HistoryControls } from "./history_controls.js";
import { Legend } from "./legend.js";
import { BasinsLayer } from "./outcomes/basins_layer.js";
import { Insight } from "./outcomes/insight.js";
import { Refinement } from "./outcomes/refinement.js";
import { Ranking } from "./ranking.js";
import { ShareMenu } from "./share_menu.js";
import { Keys } from "./stage/keys.js";
import { layOut } from "./stage/layout.js";
import { Numbers } from "./stage/numbers.js";
import { Panels } from "./stage/panels.js";
import { Scheme } from "./stage/scheme.js";
import { Timeline } from "./stage/timeline.js";
import { StartFields } from "./start_fields.js";
import { StepTable } from "./step_table.js";
import { group, press, toggle } from "./toggles.js";
import { WorkedStep } from "./worked_step.js";

/**
 * What anywidget gives a view.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(name: string, listener: (...values: any[]) => void) => void} on
 * @property {(name: string, listener?: (...values: any[]) => void) => void} off
 * @property {(message: any) => void} send
 */

const QUIET = 250; // milliseconds after which a change is kept and read out
const SLICE = 12; // milliseconds of a frame in which runs over many rows go on
const MESSAGE = 5000; // milliseconds that a message stays
let opened = 0;

export class Lab {
  /** @type {ResizeObserver | undefined} */
  observer;
  /** @type {import("../model/store.js").SceneRun[]} */
  sceneRuns = [];
  frame = 0;
  firstFrame = 0;
  /** Whether the page has not been painted yet: what stands beside the picture follows it. */
  opening = true;
  /** The verdicts that were read out last. */
  announced = "";
  keptTable = new KeptTable();
  timers = { opening: 0, keeping: 0, saving: 0, announcing: 0, message: 0 };

  /**
   * @param {Model} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.document = model.get("document");
    this.host = model.get("host") ?? "server";
    this.scheme = new Scheme(() => this.onTheme(), this.host === "widget");
    this.page = String(++opened);
    this.files = new FileRequests(model, () => this.showBusy());
    this.linked = this.readLink();
    const state = { ...(model.get("state") ?? {}), ...(this.linked.state ?? {}) };
    const listeners = {
      onChange: () => {
        this.scheduleDraw();
        this.remember();
      },
      onObjective: () => this.showObjective(),
      onOptimizers: (/** @type {number | undefined} */ index, /** @type {string | undefined} */ typed) =>
        this.rebuildOptimizers(index, typed),
      onMessage: (/** @type {string} */ text) => this.tell(text),
    };
    const store = new Store(this.document.state, state, listeners, this.document.recordings);
    this.store = store;
    this.historyControls = new HistoryControls(store.history, {
      onUndo: () => this.travel("undo"),
      onRedo: () => this.travel("redo"),
    });
    this.stateStrip = new StateStrip(
      store.history,
      {
        onGo: (index) => this.goBack(() => store.goTo(index), `back at: ${store.history.entries[index].label}`),
        onReset: () => {
          this.goBack(() => store.reset(), "reset");
          this.timeline.go(0);
        },
        theme: () => this.theme,
      },
      this.page,
    );
    this.keys = new Keys(this);
    this.numbers = new Numbers(this);
    this.objectiveControls = new ObjectiveControls(this, this.page);
    this.plane = new Plane({
      onStart: (start, done) => this.moveStart(start, done),
      onPeek: (step) => this.chart.preview(step),
      onZoom: (zoom) => store.change({ zoom }),
      onMany: (starts) => store.change({ starts }, true),
      onView: () => this.basins.refresh(),
      onRefine: () => this.showColors(),
    });
    this.fitControls = new FitControls(this, this.page);
    this.basins = new BasinsLayer(store, this.plane, () => this.scheme.isDark);
    this.surface = new SurfaceView((start, done) => this.moveStart(start, done));
    this.timeline = new Timeline({ onTime: (playing) => this.onTime(playing) });
    this.chart = new ValueChart({ onTime: (step) => this.timeline.go(step) });
    this.workedStep = new WorkedStep();
    this.steps = new StepTable((step) => this.timeline.go(step));
    this.limits = new LimitsCard(
      (change) => store.change(change, true),
      (name) => store.locked(name),
    );
    this.optimizerList = new OptimizerList(
      store,
      (index) => runStyle(this.theme, index),
      () => this.scheduleDraw(),
      () => this.remember(),
      this.page,
    );
    this.recordingList = new RecordingList(store, () => {
      this.timeline.length(store.longest);
      this.scheduleDraw();
    });
    this.insight = new Insight(
      store,
      () => this.optimizerList.cards,
      () => this.announce(),
    );
    this.startFields = new StartFields(store, {
      onStart: (start) => this.typeStart(start),
      onMessage: (text) => this.tell(text),
    });
    this.legend = new Legend();
    this.colorBar = new ColorBar();
    this.refinement = new Refinement(this);
    this.arrowKey = new ArrowKey();
    this.ranking = new Ranking();
    this.shareMenu = new ShareMenu(this, this.page);
    this.scale = toggle("log", "data-scale", () => {
      store.change({ scale: this.chart.scale === "log" ? "linear" : "log" });
    });
    const views = ["plane", "surface"].map((view) => toggle(view, "data-view", () => store.change({ view })));
    this.views = group("view", views);
    const quantities = ["gradient", "update", "momentum", "moments"];
    this.quantities = group(
      "show at each step",
      quantities.map((name) => toggle(name, "data-show", () => store.toggleShow(name))),
    );
    this.live = h("p", { class: "steepest-unseen", role: "status", "aria-live": "polite" });
    this.note = h("p", { class: "steepest-note", role: "status", hidden: true });
    this.panels = new Panels(store.flags.hide, () => this.numbers.write());
    const { page, presentation } = layOut(this);
    this.element = page;
    this.presentation = presentation;
    this.el.replaceChildren(this.element);
  }

  /** Another objective: its card, or that of its data. */
  showObjective() {
    this.objectiveControls.show();
    this.fitControls.showObjective();
  }

  get theme() {
    return this.scheme.isDark ? this.document.themes.dark : this.document.themes.light;
  }

  // Starting and ending

  start() {
    this.listen();
    const { store, timeline } = this;
    const { fault } = this.linked;
    this.restore();
    timeline.length(store.longest);
    timeline.jump(store.state.step);
    this.panels.resize(this.element.clientWidth, this.element.clientHeight);
    this.draw();
    if (store.state.zoom) this.plane.zoomTo(store.state.zoom);
    this.timers.keeping = window.setTimeout(() => this.stateStrip.keep(this.plane), QUIET);
    if (store.flags.show.includes("presentation")) this.presentation.enter();
    if (fault) this.tell(fault);
    this.firstFrame = requestAnimationFrame(() => {
      this.timers.opening = window.setTimeout(() => this.open());
    });
  }

  /** Show what stands beside the picture, which is painted now. */
  open() {
    this.opening = false;
    this.element.classList.remove("steepest-opening");
    this.rebuildOptimizers();
    this.numbers.write();
    if (this.host !== "widget") typeDraft(this, history.state?.draft);
  }

  /** The state in the address; a notebook's is not ours. */
  readLink() {
    if (this.host === "widget") return { state: null, fault: "" };
    const read = fromFragment(location.hash);
    const data = read.state?.data;
    if (data && !data.table) data.table = this.keptTable.recall(history.state?.table);
    return read;
  }

  /** @param {string} [label] what brought the state here */
  restore(label) {
    const refused = this.store.restore(label);
    if (refused) this.objectiveControls.refuse(refused);
  }

  listen() {
    this.historyControls.listen(this.element);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.plane.element);
    this.observer.observe(this.chart.element);
    this.observer.observe(this.fitControls.plot.element);
    this.observer.observe(this.element);
    this.model.on("change:state", this.onModelState);
    this.presentation.listen();
    this.fitControls.listen(this.element);
    window.addEventListener("hashchange", this.onLink);
    this.keys.listen(this.element);
    this.numbers.listen(this.element);
  }

  close() {
    this.timeline.pause();
    this.surface.close();
    this.insight.close();
    this.refinement.close();
    this.basins.close();
    this.observer?.disconnect();
    for (const frame of [this.frame, this.firstFrame]) cancelAnimationFrame(frame);
    for (const timer of Object.values(this.timers)) window.clearTimeout(timer);
    this.files.close();
    this.model.off("change:state", this.onModelState);
    this.scheme.close();
    this.presentation.close();
    this.fitControls.close();
    window.removeEventListener("hashchange", this.onLink);
    this.keys.close();
    this.numbers.close();
    this.el.replaceChildren();
  }

  /** Python gave the widget another state. */
  onModelState = () => {
    const { store } = this;
    const state = this.model.get("state");
    if (!state || JSON.stringify(state) === JSON.stringify(store.state)) return;
    store.state = { ...store.state, ...state };
    this.restore("set from Python");
    this.draw();
  };

  onTheme() {
    this.rebuildOptimizers();
    this.basins.repaint();
    this.scheduleDraw();
  }

  /** Another link was opened in the same page. */
  onLink = () => {
    const { store } = this;
    const { state, fault } = this.readLink();
    if (fault) this.tell(fault);
    if (!state || toFragment(store.state) === location.hash) return;
    store.state = { ...store.state, ...state };
    this.restore("link opened");
    this.draw();
    this.plane.zoomTo(state.zoom ?? null);
    this.timeline.jump(state.step ?? 0);
  };

  // Changing

  /** Draw with the next frame. */
  scheduleDraw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  /** Keep the state in the address and tell the host, debounced. */
  remember() {
    window.clearTimeout(this.timers.saving);
    this.timers.saving = window.setTimeout(() => this.save(), QUIET);
    this.showBusy();
  }

  /** Keep the state, and what is typed and cannot be read yet, in the address, and tell the host. */
  save() {
    window.clearTimeout(this.timers.saving);
    this.timers.saving = 0;
    this.stateStrip.keep(this.plane);
    const state = this.present();
    this.store.state = state;
    if (this.host !== "widget") {
      const table = this.keptTable.keep(state, this.store.given?.table ?? null);
      const draft = this.opening ? history.state?.draft : draftOf(this); // which is typed when the page has opened
      history.replaceState({ draft, table }, "", toFragment(state));
    }
    this.model.set("state", state);
    this.model.save_changes();
    this.showBusy();
  }

  /** Whether a file is being made, or the host is yet to be told of a change, as assistive technology knows it. */
  showBusy() {
    const busy = this.files.waiting.size > 0 || this.timers.saving !== 0;
    this.element.setAttribute("aria-busy", String(busy));
  }

  /** The state as it stands, for a link or a file. */
  present() {
    return this.store.present(Math.floor(this.timeline.time));
  }

  /**
   * @param {number[]} start
   * @param {boolean} done
   */
  moveStart(start, done) {
    if (this.store.locked("start")) return;
    this.store.change({ start }, true);
    if (done) this.announce();
  }

  /**
   * A start that was typed; the picture is fitted to the runs if it is outside of it.
   * @param {number[]} start
   */
  typeStart(start) {
    const { store, plane } = this;
    const outside = start.some((value, axis) => {
      const [low, high] = plane.area.box[axis] ?? [-Infinity, Infinity];
      return value < low || value > high;
    });
    if (!outside || start.length > 2) {
      this.moveStart(start, true);
      return;
    }
    store.change({ start, zoom: null }, true);
    this.draw();
    plane.zoomTo(null);
    this.announce();
  }

  /**
   * Take the last change back, or bring back the one that was undone last.
   * @param {"undo" | "redo"} way
   */
  travel(way) {
    this.plane.settle(); // a zoom that is still going on is a change, too
    const { history } = this.store;
    const label = way === "undo" ? history.undoLabel : history.redoLabel;
    if (label !== null) this.goBack(() => this.store[way](), `${way === "undo" ? "undone" : "redone"}: ${label}`);
  }

  /**
   * Return to another state.
   * @param {() => void} move
   * @param {string} told
   */
  goBack(move, told) {
    const { store, plane, element, historyControls } = this;
    plane.settle();
    const { objective, showsSurface } = store;
    const zoom = JSON.stringify(store.state.zoom);
    const focused = element.querySelector(":focus");
    this.objectiveControls.refuse();
    move();
    this.draw();
    const shown = store.showsSurface !== showsSurface && store.state.zoom; // the plane had another size before
    if (store.objective !== objective || JSON.stringify(store.state.zoom) !== zoom || shown)
      plane.zoomTo(store.state.zoom);
    if (focused && !element.querySelector(":focus")) historyControls.focus();
    this.live.textContent = told;
  }

  /**
   * @param {number} [index] of the only optimizer that is another one
   * @param {string} [typed]
   */
  rebuildOptimizers(index, typed) {
    if (index !== undefined) {
      this.optimizerList.rebuildCard(index, typed);
      return;
    }
    keepFocus(this.element, () => {
      if (!this.opening) this.optimizerList.rebuild();
      this.startFields.rebuild();
    });
  }

  /** @param {boolean} playing */
  onTime(playing) {
    this.scheduleDraw();
    if (playing) return;
    this.remember();
    this.announce();
  }

  // Drawing

  resize() {
    const { clientWidth, clientHeight } = this.element;
    this.panels.resize(clientWidth, clientHeight);
    if (this.host !== "widget") askForHeight(clientWidth);
    this.plane.resize();
    this.chart.resize();
    this.fitControls.plot.resize();
    if (this.store.showsSurface) this.surface.resize();
    this.scheduleDraw(); // the key of the colors is that of the picture's size
  }

  draw() {
    const { store, timeline, theme } = this;
    if (store.stale || store.isRunning) {
      const atEnd = timeline.most > 0 && timeline.time >= timeline.most;
      if (store.stale) store.run();
      else store.goOn(SLICE);
      if (store.isRunning) this.scheduleDraw();
      timeline.length(store.longest);
      if (atEnd && !timeline.playing) timeline.time = timeline.most;
      timeline.tell();
    }
    const { objective, grid, state } = store;
    const { time } = timeline;
    const sceneRuns = store.sceneRuns((index) => runStyle(theme, index));
    this.sceneRuns = sceneRuns;
    store.chosen = Math.min(store.chosen, sceneRuns.length - 1);
    this.recordingList.show(theme);
    this.drawControls();
    this.fitControls.follow();
    // What is written comes first: the plane is fitted to the room that is left.
    this.basins.show();
    this.colorBar.element.hidden = objective.names.length !== 2 || this.basins.on;
    this.refinement.show();
    const { scale } = state;
    const { version } = store;
    this.chart.show({ sceneRuns, time, most: timeline.most, scale, version, least: store.leastKnown, theme });
    this.scale.setAttribute("aria-pressed", String(this.chart.scale === "log"));
    this.ranking.show(store.isRace ? sceneRuns : [], version, this.chart.least, this.chart.measured);
    this.arrowKey.show(this.quantities, sceneRuns, state.show ?? [], time, store.chosen);
    this.numbers.show();
    this.plane.show({
      objective,
      grid,
      sceneRuns,
      chosen: store.chosen,
      time,
      start: state.start,
      theme,
      show: state.show ?? [],
      version: store.version,
      locked: store.locked("start"),
      basins: this.basins.picture,
      many: store.manyRuns,
    });
    this.basins.refresh();
    this.fitControls.show(sceneRuns, time, theme);
    if (store.showsSurface && grid) {
      const { box } = this.plane.area;
      const locked = store.locked("start");
      this.surface.show({ objective, grid, box, sceneRuns, version, time, start: state.start, locked, theme });
    }
    this.refinement.follow();
    this.showColors();
  }

  /** Tell what the colors mean. */
  showColors() {
    const { store, theme, plane, surface } = this;
    const under = this.basins.on ? null : plane.contours.levelsOf(store.objective);
    const levels = store.showsSurface ? surface.levels : under;
    this.colorBar.show(levels, theme, store.showsSurface, plane.area.width);
  }

  /** Which views are shown, and what is on or off. */
  drawControls() {
    const { store } = this;
    const { state, objective, showsSurface } = store;
    this.surface.element.hidden = !showsSurface;
    this.plane.element.hidden = showsSurface;
    this.views.hidden = objective.names.length !== 2;
    this.quantities.hidden = showsSurface || objective.names.length > 2;
    press(this.views, (button) => (button.dataset.view === "surface") === showsSurface);
    this.limits.show(state);
    this.objectiveControls.follow();
    this.historyControls.show();
    this.startFields.show();
  }

  /** Tell the present step to a screen reader, debounced. */
  announce() {
    window.clearTimeout(this.timers.announcing);
    this.timers.announcing = window.setTimeout(() => this.readOut(), QUIET);
  }

  /** Tell the present step, and the verdicts if they are others than before. */
  readOut() {
    if (this.store.stale) this.draw(); // what changed since has not been run yet
    const { names } = this.store.objective;
    const run = this.store.chosenRun;
    const k = Math.min(Math.floor(this.timeline.time), run.steps);
    const { told } = this.insight;
    const verdicts = told && told !== this.announced ? `. ${told}` : "";
    this.announced = told;
    this.live.textContent = `step ${k}: ${placeText(names, run, k)}, ${valueText(run, k)}${verdicts}`;
  }

  /**
   * A sentence at the foot of the page, for a while.
   * @param {string} text
   */
  tell(text) {
    this.note.textContent = text;
    this.note.hidden = false;
    window.clearTimeout(this.timers.message);
    this.timers.message = window.setTimeout(() => {
      this.note.hidden = true;
    }, MESSAGE);
  }
}

/**
 * anywidget's contract: draw the model into an element; what is returned takes it away again.
 * @param {{model: Model, el: HTMLElement}} given
 */
function render({ model, el }) {
  const lab = new Lab(model, el);
  lab.start();
  return () => lab.close();
}

export default { render };
