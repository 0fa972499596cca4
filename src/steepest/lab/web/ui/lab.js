// @ts-check
/**
 * The page: one state, the runs that follow from it, and the views of them, for a server, a notebook and a single file
 * alike.
 */

import { eigenvalues, hessianAt } from "../model/curvature.js";
import { fromFragment, toFragment } from "../model/export.js";
import { placeText, pointText, pretty, valueText } from "../model/format.js";
import { Method } from "../model/optimizer.js";
import { Reader } from "../model/reading.js";
import { Grid } from "../model/tape.js";
import { Plane } from "../plot/plane.js";
import { brush } from "../plot/run_style.js";
import { thumbnail } from "../plot/thumbnail.js";
import { Chart } from "../plot/value_chart.js";
import { Surface } from "../surface/surface_view.js";
import { LimitsCard, ObjectiveCard, OptimizerCard } from "./cards.js";
import { h, icon } from "./dom.js";
import { Legend } from "./legend.js";
import { ShareMenu } from "./share_menu.js";
import { Steps } from "./step_table.js";
import { Timeline } from "./timeline.js";
import { Lesson } from "./worked_step.js";

/**
 * @typedef {{get: (name: string) => any, set: (name: string, value: any) => void, save_changes: () => void, on: (name:
 *   string, listener: (...values: any[]) => void) => void, off: (name: string, listener?: (...values: any[]) => void)
 *   => void, send: (message: any) => void}} Model
 */

const MOST_OPTIMIZERS = 12;
const QUIET = 250;
const READING = 150;
let opened = 0;

export class Lab {
  /** @type {ObjectiveCard} */
  card;
  /** @type {Plane} */
  plane;
  /** @type {Chart} */
  chart;
  /** @type {Timeline} */
  timeline;
  /** @type {Lesson} */
  lesson;
  /** @type {Steps} */
  steps;
  /** @type {LimitsCard} */
  limits;
  /** The elements that are filled later. @type {any} */
  live;
  /** @type {any} */
  note;
  /** @type {any} */
  list;
  /** @type {any} */
  add;
  /** @type {Legend} */
  legend;
  /** @type {any} */
  scale;
  /** @type {any} */
  startFields;
  /** @type {any} */
  shows;
  /** @type {any} */
  views;
  /** @type {Surface} */
  surface;
  /** @type {HTMLElement} */
  root;
  /** @type {Grid | null} */
  grid = null;
  /** @type {import("../plot/plane.js").Walk[]} */
  walks = [];
  /** Counts what was typed, so that a late answer is not taken for the latest. */
  ticket = 0;
  /** @type {ResizeObserver | undefined} */
  observer;

  /**
   * @param {Model} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.document = model.get("document");
    this.objective = this.document.objective;
    this.state = { ...this.document.state, ...(model.get("state") ?? {}) };
    this.host = model.get("host") ?? "server";
    this.themes = this.document.themes;
    /** @type {Method[]} */
    this.methods = [];
    /** @type {OptimizerCard[]} */
    this.cards = [];
    this.reader = new Reader(model, this.document, this.host);
    this.page = String(++opened);
    this.identity =
      this.version =
      this.chosen =
      this.frame =
      this.saving =
      this.saying =
      this.tabulating =
      this.telling =
        0;
    this.tabulated = -Infinity;
    /** @type {number | null} */
    this.peeked = null;
    this.dirty = { runs: true, picture: true };
    this.typing = false;
    this.dark = window.matchMedia("(prefers-color-scheme: dark)");
  }

  get theme() {
    return this.dark.matches ? this.themes.dark : this.themes.light;
  }
  get flags() {
    return { hide: [], lock: [], ...(this.state.flags ?? {}) };
  }

  /**
   * Whether a teacher's link locks a control.
   * @param {string} name
   */
  locked(name) {
    return this.flags.lock.includes(name) || this.flags.lock.includes("all");
  }

  // Building

  build() {
    const hidden = (/** @type {string} */ name) => this.flags.hide.includes(name);
    this.card = new ObjectiveCard(
      { onText: (text) => this.typeObjective(text), onPick: (name) => this.pick(name) },
      this.page,
    );
    this.plane = new Plane({
      onStart: (start, done) => this.moveStart(start, done),
      onPeek: (walk, step) => this.peek(walk, step),
      onZoom: (box) => this.change({ zoom: box }, {}),
    });
    this.chart = new Chart({ onTime: (step) => this.timeline.go(step) });
    this.timeline = new Timeline({ onTime: (playing) => this.onTime(playing) });
    this.surface?.close();
    this.surface = new Surface();
    this.lesson = new Lesson();
    this.steps = new Steps((step) => this.timeline.go(step));
    this.limits = new LimitsCard(
      (change) => this.change(change, { runs: true }),
      (name) => this.locked(name),
    );
    this.live = h("p", { class: "steepest-unseen", role: "status", "aria-live": "polite" });
    this.note = h("p", { class: "steepest-note", role: "status", hidden: true });
    this.list = h("div", { class: "steepest-list" });
    this.add = h(
      "button",
      { type: "button", class: "steepest-button steepest-wide", onclick: () => this.addMethod() },
      icon("plus"),
      "Add an optimizer",
    );
    this.legend = new Legend();
    this.scale = toggle("log", "data-scale", () =>
      this.change({ scale: this.state.scale === "log" ? "linear" : "log" }, {}),
    );
    this.startFields = h("div", { class: "steepest-start" });
    this.views = h(
      "div",
      { class: "steepest-shows", role: "group", "aria-label": "view" },
      ...["plane", "surface"].map((view) => toggle(view, "data-view", () => this.change({ view }, {}))),
    );
    this.shows = h(
      "div",
      { class: "steepest-shows", role: "group", "aria-label": "show at each step" },
      ...["gradient", "momentum", "moments"].map((name) => toggle(name, "data-show", () => this.toggleShow(name))),
    );
    this.root = h(
      "div",
      { class: "steepest-lab", onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event) },
      h(
        "header",
        { class: "steepest-head" },
        h("h1", { class: "steepest-brand" }, "steepest"),
        new ShareMenu(this, hidden("share"), this.page).element,
      ),
      h(
        "main",
        { class: "steepest-main" },
        h(
          "div",
          { class: "steepest-side" },
          this.card.element,
          h(
            "section",
            { class: "steepest-optimizers", "aria-label": "optimizers" },
            this.list,
            this.locked("optimizers") ? null : this.add,
            this.limits.element,
          ),
        ),
        h(
          "div",
          { class: "steepest-views" },
          h(
            "section",
            { class: "steepest-card steepest-picture", "aria-label": "picture" },
            h("div", { class: "steepest-bar" }, this.startFields, this.views, this.shows),
            this.plane.element,
            this.surface.element,
            this.legend.element,
          ),
          this.timeline.element,
          h(
            "section",
            { class: "steepest-card steepest-curves", "aria-label": "values" },
            h("div", { class: "steepest-bar" }, h("h2", { class: "steepest-title" }, "Value at each step"), this.scale),
            this.chart.element,
          ),
        ),
        h(
          "div",
          { class: "steepest-numbers-side" },
          this.lesson.element,
          h(
            "section",
            { class: "steepest-card", "aria-label": "steps" },
            h("h2", { class: "steepest-title" }, "Steps"),
            this.steps.element,
          ),
        ),
      ),
      this.note,
      this.live,
    );
    if (hidden("objective")) this.card.element.hidden = true;
    if (hidden("optimizers")) this.list.parentElement.hidden = true;
    if (hidden("lesson")) this.lesson.element.hidden = true;
    if (hidden("table")) this.steps.element.parentElement.hidden = true;
    if (hidden("chart")) this.chart.element.parentElement.hidden = true;
    this.card.field.disabled = this.card.open.disabled = this.locked("objective");
    this.card.open.addEventListener("click", () =>
      this.card.fill(this.document.gallery, (canvas, objective) => thumbnail(canvas, objective, this.theme)),
    );
    this.el.replaceChildren(this.root);
  }

  async start() {
    this.build();
    this.listen();
    const { state: linked, fault } = this.host === "widget" ? { state: null, fault: "" } : fromFragment(location.hash);
    if (linked) {
      this.state = { ...this.state, ...linked };
      const flags = this.flags;
      if (flags.hide.length || flags.lock.length) this.build();
    }
    await this.restore();
    this.timeline.length(this.most());
    this.timeline.jump(linked || this.state.step ? Math.min(this.state.step, this.most()) : this.most());
    this.resize();
    if (this.state.zoom) this.plane.zoomTo(this.state.zoom);
    this.draw();
    if (fault) this.tell(fault);
  }

  /** Read the state's texts and make the runs ready; what cannot be read is told and left out. */
  async restore() {
    try {
      if (this.state.objective !== this.objective.text)
        this.objective = await this.reader.objective(this.state.objective);
    } catch (error) {
      this.card.refuse(refusal(error));
    }
    const { objective } = this;
    if (this.state.start.length !== objective.names.length) {
      const { names, start } = objective;
      this.tell(`'start' has one number for each of ${names.join(", ")}: the runs start at ${pointText(names, start)}`);
      this.state.start = [...objective.start];
    }
    this.state.objective = objective.text;
    this.grid = objective.names.length <= 2 ? new Grid(objective.tape) : null;
    this.card.show(objective, this.typing);
    const made = [];
    for (const { text, settings } of this.state.optimizers) {
      try {
        made.push(await this.method(text, settings ?? {}));
      } catch (error) {
        this.tell(`${text}: ${/** @type {any} */ (error).message}`);
      }
    }
    this.methods = made.length ? made : [await this.method("gd", {})];
    this.rebuildCards();
    this.run();
  }

  listen() {
    this.adopt = () => {
      const state = this.model.get("state");
      if (!state || JSON.stringify(state) === JSON.stringify(this.state)) return;
      this.state = { ...this.state, ...state };
      void this.restore().then(() => this.draw());
    };
    this.recolor = () => {
      this.rebuildCards();
      this.mark({ picture: true });
    };
    this.model.on("change:state", this.adopt);
    this.dark.addEventListener("change", this.recolor);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.plane.element);
    this.observer.observe(this.chart.element);
    this.follow = () => {
      const { state, fault } = fromFragment(location.hash);
      if (fault && this.host !== "widget") this.tell(fault);
      if (!state || this.host === "widget" || toFragment(this.state) === location.hash) return;
      this.state = { ...this.state, ...state };
      void this.restore().then(() => {
        this.plane.zoomTo(state.zoom ?? null);
        this.timeline.jump(state.step ?? 0);
      });
    };
    window.addEventListener("hashchange", this.follow);
    this.pressed = (/** @type {KeyboardEvent} */ event) => {
      if (event.target === document.body) this.key(event);
    };
    if (this.host !== "widget") document.addEventListener("keydown", this.pressed);
  }

  close() {
    this.timeline?.pause();
    this.surface?.close();
    this.observer?.disconnect();
    cancelAnimationFrame(this.frame);
    window.clearTimeout(this.saving);
    for (const timer of [this.saying, this.tabulating, this.telling]) window.clearTimeout(timer);
    this.reader.close();
    if (this.adopt) this.model.off("change:state", this.adopt);
    if (this.recolor) this.dark.removeEventListener("change", this.recolor);
    if (this.follow) window.removeEventListener("hashchange", this.follow);
    if (this.pressed) document.removeEventListener("keydown", this.pressed);
    this.el.replaceChildren();
  }

  /**
   * @param {string} text
   * @param {Record<string, number | string>} settings
   */
  async method(text, settings) {
    const data = await this.reader.optimizer(text, settings, this.objective.names.length);
    return new Method(data, { ...settings }, this.objective, this.identity++);
  }

  // Changing

  /**
   * @param {Record<string, any>} change
   * @param {{runs?: boolean}} what
   */
  change(change, what) {
    this.state = { ...this.state, ...change };
    this.mark({ picture: true, ...what });
    this.remember();
  }

  /**
   * Draw with the next frame.
   * @param {{runs?: boolean, picture?: boolean}} what
   */
  mark(what) {
    this.dirty.runs ||= Boolean(what.runs);
    this.dirty.picture = true;
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  /** Keep the state in the address and tell the host, when the hand rests. */
  remember() {
    window.clearTimeout(this.saving);
    this.saving = window.setTimeout(() => {
      this.state = this.present();
      if (this.host !== "widget") history.replaceState(null, "", toFragment(this.state));
      this.model.set("state", this.state);
      this.model.save_changes();
    }, QUIET);
  }

  /** The state as it stands, for a link or a file. */
  present() {
    return {
      ...this.state,
      step: Math.floor(this.timeline.time),
      optimizers: this.methods.map((method) => method.kept),
    };
  }

  /** @param {string} text */
  async typeObjective(text) {
    this.typing = true;
    const ticket = ++this.ticket;
    try {
      const read = await this.reader.objective(text);
      if (ticket !== this.ticket) return;
      this.card.refuse(null);
      await this.useObjective(read, false);
    } catch (error) {
      if (ticket === this.ticket) this.card.refuse(refusal(error));
    } finally {
      if (ticket === this.ticket) this.typing = false;
    }
  }

  /** @param {string} name */
  async pick(name) {
    const found = this.document.gallery.find((/** @type {any} */ each) => each.gallery === name);
    this.ticket++;
    this.typing = false;
    this.card.refuse(null);
    for (const method of this.methods)
      if (method.data.hyperparameters.some((/** @type {any} */ part) => part.name === "lr" && part.default === null))
        delete method.settings.lr;
    await this.useObjective(found, true);
    this.timeline.jump(this.most());
  }

  /**
   * @param {any} objective
   * @param {boolean} fresh whether to begin at its own start
   */
  async useObjective(objective, fresh) {
    const before = this.objective;
    const same = objective.names.length === before.names.length;
    this.objective = objective;
    this.state = {
      ...this.state,
      objective: objective.text,
      zoom: null,
      start: fresh || !same ? [...objective.start] : this.state.start,
    };
    if (!same) this.state.view = "plane";
    this.grid = objective.names.length <= 2 ? new Grid(objective.tape) : null;
    this.card.show(objective, this.typing);
    const kept = [];
    for (const method of this.methods) {
      try {
        if (!same) method.data = await this.reader.optimizer(method.data.text, method.settings, objective.names.length);
        method.link(objective);
        kept.push(method);
      } catch (error) {
        this.tell(`${method.data.name} was left out: ${/** @type {any} */ (error).message}`);
      }
    }
    const left = kept.length < this.methods.length;
    this.methods = kept.length ? kept : [await this.method("gd", {})];
    const unlike = (/** @type {any} */ { names, hyperparameters }) => JSON.stringify([names, hyperparameters]);
    if (fresh || left || unlike(before) !== unlike(objective)) this.rebuildCards();
    this.run();
    this.change({}, { runs: true });
  }

  async addMethod() {
    if (this.methods.length >= MOST_OPTIMIZERS) return;
    const taken = new Set(this.methods.map(({ data }) => data.name));
    const name =
      ["momentum", "adam", "rmsprop", "nesterov", "adagrad", "lion"].find((each) => !taken.has(each)) ?? "gd";
    this.methods.push(await this.method(name, {}));
    this.chosen = this.methods.length - 1;
    this.rebuildCards();
    this.change({}, { runs: true });
    this.cards[this.chosen].menu.focus();
  }

  /** @param {number} index */
  copyMethod(index) {
    if (this.methods.length >= MOST_OPTIMIZERS) return;
    const { data, settings } = this.methods[index];
    this.methods.splice(index + 1, 0, new Method(data, { ...settings }, this.objective, this.identity++));
    this.chosen = index + 1;
    this.rebuildCards();
    this.change({}, { runs: true });
    this.cards[index + 1].menu.focus();
  }

  /** @param {number} index */
  removeMethod(index) {
    if (this.methods.length === 1) return this.tell("one optimizer stays");
    this.methods.splice(index, 1);
    this.chosen = Math.min(this.chosen, this.methods.length - 1);
    this.rebuildCards();
    this.change({}, { runs: true });
    this.cards[Math.min(index, this.cards.length - 1)].menu.focus();
    return undefined;
  }

  /**
   * A zoo name or equations for an optimizer.
   * @param {number} index
   * @param {string} text
   * @param {boolean} named
   */
  async useText(index, text, named) {
    const method = this.methods[index];
    const card = this.cards[index];
    const ticket = ++card.ticket;
    try {
      const settings = named
        ? {}
        : Object.fromEntries(Object.entries(method.values()).filter(([name]) => mentions(text, name)));
      const data = await this.reader.optimizer(
        named
          ? text
          : text
              .split("\n")
              .filter((line) => line.trim())
              .join("; "),
        settings,
        this.objective.names.length,
      );
      if (ticket !== card.ticket) return;
      const known = new Set(data.hyperparameters.map((/** @type {any} */ part) => part.name));
      const next = new Method(
        data,
        Object.fromEntries(Object.entries(settings).filter(([name]) => known.has(name))),
        this.objective,
        this.identity++,
      );
      this.methods[index] = next;
      if (named) {
        this.rebuildCards();
        this.cards[index].menu.focus();
      } else this.rebuildCard(index, text);
      this.change({}, { runs: true });
    } catch (error) {
      if (ticket === card.ticket) card.refuse(refusal(error));
    }
  }

  /**
   * @param {number} index
   * @param {string} name
   * @param {number | string} value
   */
  async setSetting(index, name, value) {
    const method = this.methods[index];
    const before = method.value(name);
    if (typeof value === "number" && typeof before === "number") {
      method.settings[name] = value;
      this.cards[index].refuse(null);
      const control = this.cards[index].controls.get(name);
      if (control && document.activeElement !== control.slider) {
        control.slider.value = 1000 * control.scale.from(value);
        this.cards[index].paint(control.slider);
      }
      return this.change({}, { runs: true });
    }
    try {
      const settings = { ...method.settings, [name]: value };
      method.data = await this.reader.optimizer(method.data.text, settings, this.objective.names.length);
      method.settings = settings;
      method.link(this.objective);
      this.rebuildCard(index, null);
      this.cards[index].controls.get(name)?.field.focus();
      this.change({}, { runs: true });
    } catch (error) {
      this.cards[index].refuse(refusal(error));
    }
    return undefined;
  }

  /**
   * @param {number[]} start
   * @param {boolean} done
   */
  moveStart(start, done) {
    if (this.locked("start")) return;
    this.change({ start }, { runs: true });
    if (done) this.say();
  }

  /** Fit the picture to the runs if the start is outside of it. */
  lookAtStart() {
    const outside = this.state.start.some(
      (/** @type {number} */ value, /** @type {number} */ axis) =>
        value < this.plane.box[axis][0] || value > this.plane.box[axis][1],
    );
    if (!outside || this.objective.names.length > 2) return;
    this.draw();
    this.plane.zoomTo(null);
    this.change({ zoom: null }, {});
  }

  /** @param {string} name */
  toggleShow(name) {
    const show = this.state.show ?? [];
    this.change(
      { show: show.includes(name) ? show.filter((/** @type {string} */ each) => each !== name) : [...show, name] },
      {},
    );
  }

  // Cards

  rebuildCards() {
    this.cards = this.methods.map((_, index) => this.makeCard(index));
    this.list.replaceChildren(...this.cards.map(({ element }) => element));
    this.add.disabled = this.methods.length >= MOST_OPTIMIZERS;
    this.startFields.replaceChildren(
      h("span", { class: "steepest-quiet" }, "start"),
      ...this.objective.names.map((/** @type {string} */ name, /** @type {number} */ axis) => {
        const input = h("input", {
          type: "text",
          class: "steepest-field steepest-number",
          inputmode: "decimal",
          "aria-label": `start: ${name}`,
          disabled: this.locked("start"),
          onchange: () => {
            const value = Number(input.value.replace("−", "-"));
            const good = input.value.trim() !== "" && Number.isFinite(value);
            input.setAttribute("aria-invalid", String(!good));
            if (!good) return this.tell(`"${input.value}" is no number`);
            this.moveStart(
              this.state.start.map((/** @type {number} */ each, /** @type {number} */ index) =>
                index === axis ? value : each,
              ),
              true,
            );
            return this.lookAtStart();
          },
        });
        return h("label", { class: "steepest-coordinate" }, h("i", null, pretty(name)), input);
      }),
    );
  }

  /** @param {number} index */
  makeCard(index) {
    const method = this.methods[index];
    const at = () => this.methods.indexOf(method);
    return new OptimizerCard(
      method,
      this.document.zoo,
      brush(this.theme, index),
      {
        onSetting: (name, value) =>
          void this.setSetting(
            this.methods.findIndex((each) => each.identity === method.identity),
            name,
            value,
          ),
        onText: (text) =>
          void this.useText(
            index,
            text,
            this.document.zoo.some((/** @type {any} */ each) => each.name === text),
          ),
        onRemove: () => this.removeMethod(at()),
        onCopy: () => this.copyMethod(at()),
        onChoose: () => {
          if (this.chosen !== index) {
            this.chosen = index;
            this.mark({});
          }
        },
      },
      {
        locked: (name) => this.locked(name),
        ranges: this.state.ranges ?? {},
        identity: `${this.page}-${method.identity}`,
      },
    );
  }

  /**
   * A new card in the place of one, with the editor as it was.
   * @param {number} index
   * @param {string | null} typed
   */
  rebuildCard(index, typed) {
    const old = this.cards[index];
    const active = document.activeElement === old.editor;
    const place = old.editor.selectionStart;
    const card = this.makeCard(index);
    this.cards[index] = card;
    old.element.replaceWith(card.element);
    if (typed === null) return;
    card.toggleEditor();
    card.editor.value = typed;
    card.grow();
    if (!active) return;
    card.editor.focus();
    card.editor.setSelectionRange(place, place);
  }

  // Drawing

  /**
   * @param {Method} method
   * @returns {import("../model/program.js").Run}
   */
  runOf(method) {
    return /** @type {import("../model/program.js").Run} */ (method.program.latest);
  }

  most() {
    return Math.max(0, ...this.methods.map((method) => this.runOf(method)?.steps ?? 0));
  }

  run() {
    const limits = { steps: this.state.steps, tol: this.state.tol, gtol: this.state.gtol ?? 0, seed: this.state.seed };
    for (const method of this.methods) method.run(limits, this.state.start);
    this.version++;
    this.dirty.runs = false;
  }

  draw() {
    if (this.dirty.runs) {
      const atEnd = this.timeline.time >= this.timeline.most;
      this.run();
      this.timeline.length(this.most());
      if (atEnd && !this.timeline.playing) this.timeline.time = this.timeline.most;
      this.timeline.tell();
    }
    const { state, theme } = this;
    const time = this.peeked ?? this.timeline.time;
    const walks = this.methods.map((method, index) => ({
      run: this.runOf(method),
      look: brush(theme, index),
      label: method.label,
      squares: method.squares,
      arrows: method.arrows,
    }));
    this.walks = walks;
    this.chosen = Math.min(this.chosen, this.methods.length - 1);
    const spatial = this.spatial;
    this.surface.element.hidden = !spatial;
    this.plane.element.hidden = spatial;
    this.views.hidden = this.objective.names.length !== 2;
    this.shows.hidden = spatial || this.objective.names.length > 2;
    for (const button of this.views.children)
      button.setAttribute("aria-pressed", String((button.dataset.view === "surface") === spatial));
    this.plane.show({
      objective: this.objective,
      grid: this.grid,
      walks,
      chosen: this.chosen,
      time,
      start: state.start,
      theme,
      show: state.show ?? [],
      locked: this.locked("start"),
    });
    const least = Math.min(...this.objective.minima.map((/** @type {any} */ point) => point.value));
    this.chart.show({
      walks,
      time,
      most: this.timeline.most,
      scale: state.scale,
      least: Number.isFinite(least) ? least : null,
      theme,
    });
    if (spatial)
      this.surface.show({
        objective: this.objective,
        grid: /** @type {Grid} */ (this.grid),
        box: /** @type {[number, number][]} */ (this.plane.box),
        walks,
        version: this.version,
        time,
        theme,
      });
    this.drawWords(time);
  }

  get spatial() {
    return this.state.view === "surface" && this.objective.names.length === 2;
  }

  /** @param {number} time */
  drawWords(time) {
    const method = this.methods[this.chosen];
    const run = this.runOf(method);
    const names = this.objective.names;
    this.cards.forEach((card, index) => {
      card.tell(this.runOf(this.methods[index]).ending);
      card.element.classList.toggle("steepest-chosen", index === this.chosen && this.methods.length > 1);
    });
    this.markLimits(Math.floor(time));
    const hyperparameters = /** @type {Record<string, number>} */ (
      Object.fromEntries(Object.entries(method.values()).filter(([, value]) => typeof value === "number"))
    );
    if (!this.lesson.element.hidden)
      this.lesson.show(
        {
          label: method.label,
          optimizer: method.data,
          run,
          hyperparameters,
          objective: this.objective,
          program: method.program,
          hessian: (position) => hessianAt(method.program.objective, position),
        },
        Math.floor(time),
      );
    this.tabulate(run, names, time);
    this.limits.show(this.state);
    this.scale.setAttribute("aria-pressed", String(this.state.scale === "log"));
    for (const button of this.shows.children)
      button.setAttribute("aria-pressed", String((this.state.show ?? []).includes(button.dataset.show)));
    [...this.startFields.querySelectorAll("input")].forEach((input, axis) => {
      if (document.activeElement === input) return;
      input.value = String(this.state.start[axis]);
      input.removeAttribute("aria-invalid");
    });
    this.legend.show(this.walks, time, this.theme);
  }

  /**
   * The table, at most a few times a second: nobody reads faster. It follows the present step when the hand rests.
   * @param {import("../model/program.js").Run} run
   * @param {string[]} names
   * @param {number} time
   */
  tabulate(run, names, time) {
    const now = performance.now();
    const show = (/** @type {boolean} */ follow) =>
      this.steps.show(run, names, time, this.version * 100 + this.chosen, follow);
    window.clearTimeout(this.tabulating);
    this.tabulating = window.setTimeout(() => show(true), READING);
    if (now - this.tabulated < READING) return;
    this.tabulated = now;
    show(this.timeline.playing);
  }

  /** @param {number} step */
  markLimits(step) {
    this.methods.forEach((method, index) => {
      const run = this.runOf(method);
      const k = Math.min(step, run.steps);
      const matrix = hessianAt(method.program.objective, run.positions.subarray(k * run.count, (k + 1) * run.count));
      const curvature = matrix?.every(Number.isFinite) ? /** @type {number} */ (eigenvalues(matrix).at(-1)) : NaN;
      this.cards[index].markLimit(method.limit(curvature));
    });
  }

  resize() {
    this.plane.resize();
    this.chart.resize();
    if (this.spatial) this.surface.resize();
  }

  /** @param {boolean} playing */
  onTime(playing) {
    this.peeked = null;
    this.mark({});
    if (playing) return;
    this.remember();
    this.say();
  }

  /**
   * @param {number} walk
   * @param {number | null} step
   */
  peek(walk, step) {
    if (this.timeline.playing || this.peeked === step) return;
    if (step !== null && walk >= 0) this.chosen = walk;
    this.peeked = step;
    this.mark({});
  }

  /** Tell the present step to those who listen. */
  say() {
    window.clearTimeout(this.saying);
    this.saying = window.setTimeout(() => {
      const run = this.runOf(this.methods[this.chosen]);
      const k = Math.min(Math.floor(this.timeline.time), run.steps);
      this.live.textContent = `step ${k}: ${placeText(this.objective.names, run, k)}, ${valueText(run, k)}`;
    }, QUIET);
  }

  /**
   * A sentence at the foot of the page, for a while.
   * @param {string} text
   */
  tell(text) {
    this.note.textContent = text;
    this.note.hidden = false;
    window.clearTimeout(this.telling);
    this.telling = window.setTimeout(() => {
      this.note.hidden = true;
    }, 5000);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const field = /^(input|textarea|select)$/i.test(target.tagName);
    const press = target.tagName === "BUTTON" && event.key === " ";
    if (event.defaultPrevented || field || press || this.card.dialog.open) return;
    if (this.timeline.key(event)) event.preventDefault();
  }
}

/**
 * Whether equations read a name, also by its sign.
 * @param {string} text
 * @param {string} name
 */
const mentions = (text, name) =>
  new RegExp(`\\b${name}\\b`).test(text) || (pretty(name) !== name && text.includes(pretty(name)));

/**
 * A button that is on or off.
 * @param {string} name
 * @param {string} data
 * @param {() => void} onclick
 */
const toggle = (name, data, onclick) =>
  h(
    "button",
    { type: "button", class: "steepest-button steepest-toggle", [data]: name, "aria-pressed": "false", onclick },
    name,
  );

/** @param {any} error */
function refusal(error) {
  return error && typeof error.message === "string" ? error : { message: String(error) };
}

/**
 * anywidget's contract: draw the model into an element; what is returned takes it away again.
 * @param {{model: Model, el: HTMLElement}} given
 */
function render({ model, el }) {
  const lab = new Lab(model, el);
  void lab.start();
  return () => lab.close();
}

export default { render };
