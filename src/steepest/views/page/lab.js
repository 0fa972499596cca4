// @ts-check
/** The page: one state, the runs that follow from it, and the views of them, for a server, a notebook and a single file alike. */
import { brush } from "./brush.js";
import { Chart } from "./chart.js";
import { levels, paint } from "./contour.js";
import { h, icon, iconButton } from "./element.js";
import { pointText, short } from "./format.js";
import { Lesson } from "./lesson.js";
import { LimitsCard, ObjectiveCard, OptimizerCard } from "./panel.js";
import { Plane } from "./plane.js";
import { SvgPen, asCommand, asCsv, asJson, asPython, download, fromFragment, toFragment } from "./sharing.js";
import { Space } from "./space.js";
import { Steps } from "./table.js";
import { eigenvalues, Grid, hessianAt, Program } from "./tape.js";
import { Timeline } from "./timeline.js";

/** @typedef {{get: (name: string) => any, set: (name: string, value: any) => void, save_changes: () => void, on: (name: string, listener: (...values: any[]) => void) => void, off: (name: string, listener?: (...values: any[]) => void) => void, send: (message: any) => void}} Model */

const MOST_OPTIMIZERS = 12, QUIET = 250, READING = 150, SIDE = 121;

/** One optimizer on the page: what was read, what the user set, and its run. */
class Method {
  /** @type {Program} */
  program;

  /** @param {any} data @param {Record<string, number | string>} settings @param {Lab} lab @param {number} identity */
  constructor(data, settings, lab, identity) {
    this.data = data;
    this.settings = settings;
    this.lab = lab;
    this.identity = identity;
    this.link();
    this.squares = new Set(/** @type {string[]} */ (data.squares));
    this.arrows = new Set(/** @type {string[]} */ (data.arrows));
  }

  link() {
    this.program = new Program(this.data.tape, this.lab.objective.tape, this.data.state);
  }

  get base() { return this.lab.objective.hyperparameters; }

  /** A hyperparameter: the user's, else the zoo's, else the objective's. @param {string} name @returns {number | string} */
  value(name) {
    const part = this.data.hyperparameters.find((/** @type {any} */ each) => each.name === name);
    return this.settings[name] ?? part?.schedule ?? part?.value ?? part?.default ?? this.base[name] ?? 0.1;
  }

  /** Every hyperparameter. @returns {Record<string, number | string>} */
  values() {
    return Object.fromEntries(this.data.hyperparameters.map((/** @type {any} */ part) => [part.name, this.value(part.name)]));
  }

  /** @param {import("./tape.js").Limits} limits @param {number[]} start */
  run(limits, start) {
    return this.program.run(start, /** @type {Record<string, number>} */ (this.values()), limits);
  }

  get label() {
    const { data, settings } = this, shown = Object.entries(settings).map(([name, value]) => `${name}=${typeof value === "number" ? short(value, 4) : value}`);
    const name = data.year ? data.name : "your equations";
    return shown.length ? `${name}(${shown.join(", ")})` : name;
  }

  /** The largest stable learning rate for a curvature, where theory knows it. @param {number} curvature */
  limit(curvature) {
    const beta = Number(this.value("beta")), bounds = /** @type {Record<string, number>} */ ({
      gd: 2, momentum: 2 + 2 * beta, heavy_ball: 2 + 2 * beta, ema_momentum: (2 + 2 * beta) / (1 - beta), newton: 0,
      nesterov: (2 + 2 * beta) / (1 + 2 * beta), sutskever_nesterov: (2 + 2 * beta) / (1 + 2 * beta), noisy_gd: 2,
    });
    const bound = bounds[this.data.name];
    return bound && curvature > 0 && typeof this.value("lr") === "number" ? bound / curvature : null;
  }
}

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
  /** @type {any} */
  legend;
  /** @type {any} */
  scale;
  /** @type {any} */
  startFields;
  /** @type {any} */
  shows;
  /** @type {any} */
  views;
  /** @type {any} */
  surface;
  /** @type {any} */
  menu;
  /** @type {HTMLElement} */
  root;
  /** @type {Grid | null} */
  grid = null;
  /** @type {import("./plane.js").Walk[]} */
  walks = [];
  /** Counts what was typed, so that a late answer is not taken for the latest. */
  ticket = 0;
  /** @type {ResizeObserver | undefined} */
  observer;
  /** @type {import("./brush.js").Theme | null} */
  legendTheme = null;

  /** @param {Model} model @param {HTMLElement} el */
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
    /** @type {Map<number, {resolve: (value: any) => void, reject: (error: any) => void}>} */
    this.waiting = new Map();
    /** @type {Map<string, any>} */
    this.read = new Map();
    this.asked = this.identity = this.version = this.chosen = this.frame = this.saving = this.saying = this.tabulating = this.telling = 0;
    this.tabulated = -Infinity;
    /** @type {Space | null} */
    this.space = null;
    this.spaceKey = "";
    this.spaceRuns = -1;
    /** @type {any} */
    this.spaceTheme = null;
    /** @type {number | null} */
    this.peeked = null;
    this.dirty = { runs: true, picture: true };
    this.typing = false;
    this.dark = window.matchMedia("(prefers-color-scheme: dark)");
    for (const each of this.document.optimizers) this.read.set(keyOf(each.text, schedules(each), each.count), each);
  }

  get theme() { return this.dark.matches ? this.themes.dark : this.themes.light; }
  get flags() { return { hide: [], lock: [], ...(this.state.flags ?? {}) }; }

  /** Whether a teacher's link locks a control. @param {string} name */
  locked(name) {
    return this.flags.lock.includes(name) || this.flags.lock.includes("all");
  }

  // Building -----------------------------------------------------------------------------------------------------------

  build() {
    const hidden = (/** @type {string} */ name) => this.flags.hide.includes(name);
    this.card = new ObjectiveCard({ onText: (text) => this.typeObjective(text), onPick: (name) => this.pick(name) });
    this.plane = new Plane({ onStart: (start, done) => this.moveStart(start, done), onPeek: (walk, step) => this.peek(walk, step), onZoom: (box) => this.change({ zoom: box }, {}) });
    this.chart = new Chart({ onTime: (step) => this.timeline.go(step) });
    this.timeline = new Timeline({ onTime: (time, playing) => this.onTime(time, playing) });
    this.space?.destroy();
    this.space = null;
    this.surface = h("div", { class: "steepest-plane", hidden: true });
    this.lesson = new Lesson();
    this.steps = new Steps((step) => this.timeline.go(step));
    this.limits = new LimitsCard((change) => this.change(change, { runs: true }), (name) => this.locked(name));
    this.live = h("p", { class: "steepest-unseen", role: "status", "aria-live": "polite" });
    this.note = h("p", { class: "steepest-note", role: "status", hidden: true });
    this.list = h("div", { class: "steepest-list" });
    this.add = h("button", { type: "button", class: "steepest-button steepest-wide", onclick: () => this.addMethod() }, icon("plus"), "Add an optimizer");
    this.legend = h("div", { class: "steepest-legend" });
    this.scale = h("button", { type: "button", class: "steepest-button steepest-toggle", onclick: () => this.change({ scale: this.state.scale === "log" ? "linear" : "log" }, {}) }, "log");
    this.startFields = h("div", { class: "steepest-start" });
    this.views = h("div", { class: "steepest-shows", role: "group", "aria-label": "view" }, ...["plane", "surface"].map((view) =>
      h("button", { type: "button", class: "steepest-button steepest-toggle", "data-view": view, "aria-pressed": "false", onclick: () => this.change({ view }, {}) }, view)));
    this.shows = h("div", { class: "steepest-shows", role: "group", "aria-label": "show at each step" }, ...["gradient", "momentum", "moments"].map((name) =>
      h("button", { type: "button", class: "steepest-button steepest-toggle", "data-show": name, "aria-pressed": "false", onclick: () => this.toggleShow(name) }, name)));
    this.root = h("div", { class: "steepest-lab", onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event) },
      h("header", { class: "steepest-head" }, h("h1", { class: "steepest-brand" }, "steepest"), this.sharing(hidden("share"))),
      h("main", { class: "steepest-main" },
        h("div", { class: "steepest-side" },
          this.card.element,
          h("section", { class: "steepest-optimizers", "aria-label": "optimizers" }, this.list, this.locked("optimizers") ? null : this.add, this.limits.element)),
        h("div", { class: "steepest-views" },
          h("section", { class: "steepest-card steepest-picture", "aria-label": "picture" },
            h("div", { class: "steepest-bar" }, this.startFields, this.views, this.shows), this.plane.element, this.surface, this.legend),
          this.timeline.element,
          h("section", { class: "steepest-card steepest-curves", "aria-label": "values" }, h("div", { class: "steepest-bar" }, h("h2", { class: "steepest-title" }, "Value at each step"), this.scale), this.chart.element)),
        h("div", { class: "steepest-numbers-side" }, this.lesson.element,
          h("section", { class: "steepest-card", "aria-label": "steps" }, h("h2", { class: "steepest-title" }, "Steps"), this.steps.element))),
      this.note, this.live);
    if (hidden("objective")) this.card.element.hidden = true;
    if (hidden("optimizers")) this.list.parentElement.hidden = true;
    if (hidden("lesson")) this.lesson.element.hidden = true;
    if (hidden("table")) this.steps.element.parentElement.hidden = true;
    if (hidden("chart")) this.chart.element.parentElement.hidden = true;
    this.card.field.disabled = this.card.open.disabled = this.locked("objective");
    this.card.open.addEventListener("click", () => this.card.fill(this.document.gallery, (canvas, objective) => thumbnail(canvas, objective, this.theme)));
    this.el.replaceChildren(this.root);
  }

  /** The menu of what can be taken away. @param {boolean} hidden */
  sharing(hidden) {
    const item = (/** @type {string} */ text, /** @type {() => void} */ action) => h("button", { type: "button", class: "steepest-button steepest-menu-item", onclick: () => { this.menu.hidePopover(); action(); } }, text);
    this.menu = h("div", { class: "steepest-menu", popover: "auto", id: "steepest-share" },
      item("Copy link", () => this.copy(location.href.split("#")[0] + toFragment(this.state), "the link")),
      item("Copy as Python", () => this.copy(asPython(this.state, this.methods.map((each) => each.values())), "the Python code")),
      item("Copy as command", () => this.copy(this.command(), "the command")),
      h("hr", null),
      ...["PNG", "SVG", "CSV", "JSON", "HTML"].map((kind) => item(`Save as ${kind}`, () => this.save(kind.toLowerCase()))),
      ...(this.host === "file" ? [] : ["GIF", "MP4"].map((kind) => item(`Save as ${kind}`, () => this.save(kind.toLowerCase())))));
    return h("div", { class: "steepest-share", hidden }, h("button", { type: "button", class: "steepest-button steepest-primary", popovertarget: "steepest-share" }, "Share", icon("down")), this.menu);
  }

  async start() {
    this.build();
    this.listen();
    const linked = this.host === "widget" ? null : fromFragment(location.hash);
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
  }

  /** Read the state's texts and make the runs ready; what cannot be read is told and left out. */
  async restore() {
    try {
      if (this.state.objective !== this.objective.text) this.objective = await this.readObjective(this.state.objective);
    } catch (error) {
      this.card.refuse(refusal(error));
    }
    const { objective } = this;
    if (this.state.start.length !== objective.names.length) this.state.start = [...objective.start];
    this.state.objective = objective.text;
    this.grid = objective.names.length <= 2 ? new Grid(objective.tape) : null;
    this.card.show(objective, this.typing);
    const made = [];
    for (const { text, settings } of this.state.optimizers) {
      try {
        made.push(new Method(await this.readMethod(text, settings ?? {}), { ...settings }, this, this.identity++));
      } catch (error) {
        this.tell(`${text}: ${/** @type {any} */ (error).message}`);
      }
    }
    this.methods = made.length ? made : [new Method(await this.readMethod("gd", {}), {}, this, this.identity++)];
    this.rebuildCards();
    this.run();
  }

  listen() {
    this.answer = (/** @type {any} */ message) => {
      const wait = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.ok) wait?.resolve(message.result);
      else wait?.reject(message.error);
    };
    this.adopt = () => {
      const state = this.model.get("state");
      if (!state || JSON.stringify(state) === JSON.stringify(this.state)) return;
      this.state = { ...this.state, ...state };
      void this.restore().then(() => this.draw());
    };
    this.recolor = () => { this.rebuildCards(); this.mark({ picture: true }); };
    this.model.on("msg:custom", this.answer);
    this.model.on("change:state", this.adopt);
    this.dark.addEventListener("change", this.recolor);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.plane.element);
    this.observer.observe(this.chart.element);
    this.follow = () => {
      const state = fromFragment(location.hash);
      if (!state || this.host === "widget" || toFragment(this.state) === location.hash) return;
      this.state = { ...this.state, ...state };
      void this.restore().then(() => { this.plane.zoomTo(state.zoom ?? null); this.timeline.jump(state.step ?? 0); });
    };
    window.addEventListener("hashchange", this.follow);
  }

  close() {
    this.timeline?.pause();
    this.space?.destroy();
    this.observer?.disconnect();
    cancelAnimationFrame(this.frame);
    window.clearTimeout(this.saving);
    for (const timer of [this.saying, this.tabulating, this.telling]) window.clearTimeout(timer);
    if (this.answer) this.model.off("msg:custom", this.answer);
    if (this.adopt) this.model.off("change:state", this.adopt);
    if (this.recolor) this.dark.removeEventListener("change", this.recolor);
    if (this.follow) window.removeEventListener("hashchange", this.follow);
    this.el.replaceChildren();
  }

  // Asking Python ------------------------------------------------------------------------------------------------------

  /** @param {any} message @returns {Promise<any>} */
  ask(message) {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.model.send({ id, ...message });
    });
  }

  /** @param {string} text */
  async readObjective(text) {
    const typed = text.trim(), same = typed.replaceAll(" ", "");
    const known = this.document.gallery.find((/** @type {any} */ each) => each.gallery === typed)
      ?? (this.host === "file" ? [this.document.objective, ...this.document.gallery].find((/** @type {any} */ each) => each.plain.replaceAll(" ", "") === same || each.text === typed) : undefined);
    return known ?? (await this.ask({ kind: "objective", text }));
  }

  /** @param {string} text @param {Record<string, number | string>} settings */
  async readMethod(text, settings) {
    const count = this.objective.names.length, formulas = Object.fromEntries(Object.entries(settings).filter(([, value]) => typeof value === "string"));
    const key = keyOf(text, formulas, count), found = this.read.get(key);
    if (found) return found;
    const entry = this.document.zoo.find((/** @type {any} */ each) => each.name === text);
    if (entry && !Object.keys(formulas).length && entry.tapes[count]) return { ...entry, tape: entry.tapes[count], count };
    const given = entry ? formulas : settings;
    const read = await this.ask({ kind: "optimizer", text, count, settings: given });
    this.read.set(key, read);
    return read;
  }

  // Changing -----------------------------------------------------------------------------------------------------------

  /** @param {Record<string, any>} change @param {{runs?: boolean}} what */
  change(change, what) {
    this.state = { ...this.state, ...change };
    this.mark({ picture: true, ...what });
    this.remember();
  }

  /** Draw with the next frame. @param {{runs?: boolean, picture?: boolean}} what */
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
      this.state = { ...this.state, step: Math.floor(this.timeline.time), optimizers: this.methods.map(({ data, settings }) => ({ text: data.text, settings: { ...settings } })) };
      if (this.host !== "widget") history.replaceState(null, "", toFragment(this.state));
      this.model.set("state", this.state);
      this.model.set("runs", this.methods.map((method) => this.summary(method)));
      this.model.save_changes();
    }, QUIET);
  }

  /** @param {Method} method */
  summary(method) {
    const run = this.runOf(method), end = run.steps + 1;
    return { label: method.label, ending: run.ending.kind, message: run.ending.message, steps: run.steps,
      positions: Array.from({ length: end }, (_, k) => Array.from(run.positions.subarray(k * run.count, (k + 1) * run.count))), values: Array.from(run.values.subarray(0, end), (value) => (Number.isFinite(value) ? value : null)) };
  }

  /** @param {string} text */
  async typeObjective(text) {
    this.typing = true;
    const ticket = ++this.ticket;
    try {
      const read = await this.readObjective(text);
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
    for (const method of this.methods) if (method.data.hyperparameters.some((/** @type {any} */ part) => part.name === "lr" && part.default === null)) delete method.settings.lr;
    await this.useObjective(found, true);
    this.timeline.jump(this.most());
  }

  /** @param {any} objective @param {boolean} fresh whether to begin at its own start */
  async useObjective(objective, fresh) {
    const same = objective.names.length === this.objective.names.length;
    this.objective = objective;
    this.state = { ...this.state, objective: objective.text, zoom: null, start: fresh || !same ? [...objective.start] : this.state.start };
    if (!same) this.state.view = "plane";
    this.grid = objective.names.length <= 2 ? new Grid(objective.tape) : null;
    this.card.show(objective, this.typing);
    const kept = [];
    for (const method of this.methods) {
      try {
        if (!same) method.data = await this.readMethod(method.data.text, method.settings);
        method.link();
        kept.push(method);
      } catch (error) {
        this.tell(`${method.data.name} was left out: ${/** @type {any} */ (error).message}`);
      }
    }
    this.methods = kept.length ? kept : [new Method(await this.readMethod("gd", {}), {}, this, this.identity++)];
    this.rebuildCards();
    this.run();
    this.change({}, { runs: true });
  }

  async addMethod() {
    if (this.methods.length >= MOST_OPTIMIZERS) return;
    const taken = new Set(this.methods.map(({ data }) => data.name)), name = ["momentum", "adam", "rmsprop", "nesterov", "adagrad", "lion"].find((each) => !taken.has(each)) ?? "gd";
    this.methods.push(new Method(await this.readMethod(name, {}), {}, this, this.identity++));
    this.chosen = this.methods.length - 1;
    this.rebuildCards();
    this.change({}, { runs: true });
    this.cards[this.chosen].menu.focus();
  }

  /** @param {number} index */
  copyMethod(index) {
    if (this.methods.length >= MOST_OPTIMIZERS) return;
    const { data, settings } = this.methods[index];
    this.methods.splice(index + 1, 0, new Method(data, { ...settings }, this, this.identity++));
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

  /** A zoo name or equations for an optimizer. @param {number} index @param {string} text @param {boolean} named */
  async useText(index, text, named) {
    const method = this.methods[index], card = this.cards[index], ticket = ++card.ticket;
    try {
      const settings = named ? {} : method.values(), data = await this.readMethod(named ? text : text.split("\n").filter((line) => line.trim()).join("; "), settings);
      if (ticket !== card.ticket) return;
      const known = new Set(data.hyperparameters.map((/** @type {any} */ part) => part.name));
      const next = new Method(data, Object.fromEntries(Object.entries(settings).filter(([name]) => known.has(name))), this, this.identity++);
      this.methods[index] = next;
      if (named) this.rebuildCards();
      else this.rebuildCard(index, text);
      this.change({}, { runs: true });
    } catch (error) {
      if (ticket === card.ticket) card.refuse(refusal(error));
    }
  }

  /** @param {number} index @param {string} name @param {number | string} value */
  async setSetting(index, name, value) {
    const method = this.methods[index], before = method.value(name);
    if (typeof value === "number" && typeof before === "number") {
      method.settings[name] = value;
      const control = this.cards[index].controls.get(name);
      if (control && document.activeElement !== control.slider) {
        control.slider.value = 1000 * control.scale.from(value);
        this.cards[index].paint(control.slider);
      }
      return this.change({}, { runs: true });
    }
    try {
      const settings = { ...method.settings, [name]: value };
      method.data = await this.readMethod(method.data.text, settings);
      method.settings = settings;
      method.link();
      this.rebuildCard(index, null);
      this.change({}, { runs: true });
    } catch (error) {
      this.cards[index].refuse(refusal(error));
    }
    return undefined;
  }

  /** @param {number[]} start @param {boolean} done */
  moveStart(start, done) {
    if (this.locked("start")) return;
    this.change({ start }, { runs: true });
    if (done) this.say();
  }

  /** @param {string} name */
  toggleShow(name) {
    const show = this.state.show ?? [];
    this.change({ show: show.includes(name) ? show.filter((/** @type {string} */ each) => each !== name) : [...show, name] }, {});
  }

  // Cards --------------------------------------------------------------------------------------------------------------

  rebuildCards() {
    this.cards = this.methods.map((_, index) => this.makeCard(index));
    this.list.replaceChildren(...this.cards.map(({ element }) => element));
    this.add.disabled = this.methods.length >= MOST_OPTIMIZERS;
    this.startFields.replaceChildren(h("span", { class: "steepest-quiet" }, "start"), ...this.objective.names.map((/** @type {string} */ name, /** @type {number} */ axis) => {
      const input = h("input", { type: "text", class: "steepest-field steepest-number", inputmode: "decimal", "aria-label": `start: ${name}`, disabled: this.locked("start"), onchange: () => {
        const value = Number(input.value);
        if (input.value.trim() && Number.isFinite(value)) this.moveStart(this.state.start.map((/** @type {number} */ each, /** @type {number} */ index) => (index === axis ? value : each)), true);
      } });
      return h("label", { class: "steepest-coordinate" }, h("i", null, pointText([name], [0]).split(" ")[0]), input);
    }));
  }

  /** @param {number} index */
  makeCard(index) {
    const method = this.methods[index], at = () => this.methods.indexOf(method);
    return new OptimizerCard(method, this.document.zoo, brush(this.theme, index), {
      onSetting: (name, value) => void this.setSetting(this.methods.findIndex((each) => each.identity === method.identity), name, value),
      onText: (text) => void this.useText(index, text, this.document.zoo.some((/** @type {any} */ each) => each.name === text)),
      onRemove: () => this.removeMethod(at()), onCopy: () => this.copyMethod(at()),
      onChoose: () => { if (this.chosen !== index) { this.chosen = index; this.mark({}); } },
    }, { locked: (name) => this.locked(name), identity: method.identity });
  }

  /** A new card in the place of one, with the editor as it was. @param {number} index @param {string | null} typed */
  rebuildCard(index, typed) {
    const old = this.cards[index], active = document.activeElement === old.editor, place = old.editor.selectionStart;
    const card = (this.cards[index] = this.makeCard(index));
    old.element.replaceWith(card.element);
    if (typed === null) return;
    card.toggleEditor();
    card.editor.value = typed;
    card.grow();
    if (!active) return;
    card.editor.focus();
    card.editor.setSelectionRange(place, place);
  }

  // Drawing ------------------------------------------------------------------------------------------------------------

  /** @param {Method} method @returns {import("./tape.js").Run} */
  runOf(method) {
    return /** @type {import("./tape.js").Run} */ (method.program.latest);
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
    const { state, theme } = this, time = this.peeked ?? this.timeline.time;
    const walks = this.methods.map((method, index) => ({ run: this.runOf(method), look: brush(theme, index), label: method.label, squares: method.squares, arrows: method.arrows }));
    this.walks = walks;
    this.chosen = Math.min(this.chosen, this.methods.length - 1);
    const spatial = this.spatial;
    this.surface.hidden = !spatial;
    this.plane.element.hidden = spatial;
    this.views.hidden = this.objective.names.length !== 2;
    this.shows.hidden = spatial || this.objective.names.length > 2;
    for (const button of this.views.children) button.setAttribute("aria-pressed", String((button.dataset.view === "surface") === spatial));
    this.plane.show({ objective: this.objective, grid: this.grid, walks, chosen: this.chosen, time, start: state.start, theme, show: state.show ?? [], locked: this.locked("start") });
    const least = Math.min(...this.objective.minima.map((/** @type {any} */ point) => point.value));
    this.chart.show({ walks, time, most: this.timeline.most, scale: state.scale, least: Number.isFinite(least) ? least : null, theme });
    if (spatial) this.drawSurface(walks, time);
    this.drawWords(time);
  }

  get spatial() { return this.state.view === "surface" && this.objective.names.length === 2; }

  /** The same part of the function in space. @param {import("./plane.js").Walk[]} walks @param {number} time */
  drawSurface(walks, time) {
    const { theme, objective } = this, { box } = this.plane;
    if (!this.space) {
      const canvas = h("canvas", { class: "steepest-canvas steepest-space", tabindex: "0" });
      this.surface.append(canvas);
      this.space = new Space(canvas, theme);
      this.spaceKey = "";
    }
    const key = [objective.text, box].join();
    if (this.spaceTheme !== theme) {
      this.space.theme((this.spaceTheme = theme));
      this.spaceRuns = -1;
    }
    if (key !== this.spaceKey) {
      const [x, y] = box.map(([low, high]) => Float64Array.from({ length: SIDE }, (_, k) => low + ((high - low) * k) / (SIDE - 1)));
      const values = /** @type {Grid} */ (this.grid).evaluate(x, y), [[left, right], [low, high]] = box;
      const inside = (/** @type {any} */ { position: [a, b] }) => a >= left && a <= right && b >= low && b <= high;
      const limits = levels(values, Math.min(Infinity, ...objective.minima.filter(inside).map((/** @type {any} */ point) => point.value)));
      const marks = ["minima", "saddles"].flatMap((kind) => objective[kind].filter(inside).map((/** @type {any} */ { position }) => ({ kind: kind === "minima" ? "minimum" : "saddle", position })));
      this.space.surface({ x, y, values, levels: limits.levels, view: /** @type {any} */ (box.map((interval) => [...interval])), names: objective.names, marks });
      this.spaceKey = key;
      this.spaceRuns = -1;
    }
    if (this.spaceRuns !== this.version) {
      this.space.paths(walks.map(({ run, look }) => ({ points: run.positions.slice(0, 2 * (run.steps + 1)), values: run.values.slice(0, run.steps + 1), ...look })));
      this.spaceRuns = this.version;
    }
    this.space.at(time);
  }

  /** @param {number} time */
  drawWords(time) {
    const method = this.methods[this.chosen], run = this.runOf(method), names = this.objective.names;
    this.cards.forEach((card, index) => {
      card.tell(this.runOf(this.methods[index]).ending);
      card.element.classList.toggle("steepest-chosen", index === this.chosen && this.methods.length > 1);
    });
    this.markLimits(Math.floor(time));
    const hyperparameters = /** @type {Record<string, number>} */ (Object.fromEntries(Object.entries(method.values()).filter(([, value]) => typeof value === "number")));
    if (!this.lesson.element.hidden) this.lesson.show({ label: method.label, optimizer: method.data, run, hyperparameters, objective: this.objective, hessian: (position) => hessianAt(method.program.objective, position) }, Math.floor(time));
    this.tabulate(run, names, time);
    this.limits.show(this.state);
    this.scale.setAttribute("aria-pressed", String(this.state.scale === "log"));
    for (const button of this.shows.children) button.setAttribute("aria-pressed", String((this.state.show ?? []).includes(button.dataset.show)));
    [...this.startFields.querySelectorAll("input")].forEach((input, axis) => { if (document.activeElement !== input) input.value = String(this.state.start[axis]); });
    this.drawLegend(time);
  }

  /** The table, at most a few times a second: nobody reads faster. @param {import("./tape.js").Run} run @param {string[]} names @param {number} time */
  tabulate(run, names, time) {
    const now = performance.now();
    window.clearTimeout(this.tabulating);
    if (now - this.tabulated >= READING) {
      this.tabulated = now;
      this.steps.show(run, names, time, this.version * 100 + this.chosen);
    } else {
      this.tabulating = window.setTimeout(() => this.tabulate(run, names, time), READING);
    }
  }

  /** @param {number} time */
  drawLegend(time) {
    const texts = this.methods.map((method) => {
      const run = this.runOf(method), k = Math.min(Math.floor(time), run.steps);
      return [method.label, `f = ${short(run.values[k], 4)}`];
    });
    const items = [...this.legend.children];
    if (items.length !== texts.length || this.legendTheme !== this.theme) {
      this.legendTheme = this.theme;
      this.legend.replaceChildren(...texts.map((_, index) => {
        const item = h("span", { class: "steepest-legend-item" }, h("span", null), h("b", null));
        item.style.setProperty("--color", brush(this.theme, index).color);
        return item;
      }));
    }
    texts.forEach(([label, value], index) => {
      const [name, number] = this.legend.children[index].children;
      if (name.textContent !== label) name.textContent = label;
      if (number.textContent !== value) number.textContent = value;
    });
  }

  /** @param {number} step */
  markLimits(step) {
    this.methods.forEach((method, index) => {
      const run = this.runOf(method), k = Math.min(step, run.steps);
      const matrix = hessianAt(method.program.objective, run.positions.subarray(k * run.count, (k + 1) * run.count));
      const curvature = matrix && matrix.every(Number.isFinite) ? /** @type {number} */ (eigenvalues(matrix).at(-1)) : NaN;
      this.cards[index].markLimit(method.limit(curvature));
    });
  }

  resize() {
    this.plane.resize();
    this.chart.resize();
    if (this.spatial) this.space?.resize();
  }

  /** @param {number} time @param {boolean} playing */
  onTime(time, playing) {
    this.peeked = null;
    this.mark({});
    if (playing) return;
    this.remember();
    this.say();
  }

  /** @param {number} walk @param {number | null} step */
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
      const run = this.runOf(this.methods[this.chosen]), k = Math.min(Math.floor(this.timeline.time), run.steps);
      this.live.textContent = `step ${k}: ${pointText(this.objective.names, run.positions.subarray(k * run.count, (k + 1) * run.count))}, f = ${short(run.values[k])}`;
    }, QUIET);
  }

  /** A sentence at the foot of the page, for a while. @param {string} text */
  tell(text) {
    this.note.textContent = text;
    this.note.hidden = false;
    window.clearTimeout(this.telling);
    this.telling = window.setTimeout(() => { this.note.hidden = true; }, 5000);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target), field = /^(input|textarea|select)$/i.test(target.tagName), press = target.tagName === "BUTTON" && event.key === " ";
    if (event.defaultPrevented || field || press || this.card.dialog.open) return;
    if (this.timeline.key(event)) event.preventDefault();
  }

  // Taking away --------------------------------------------------------------------------------------------------------

  command() {
    return asCommand({ ...this.state, optimizers: this.methods.map(({ data, settings }) => ({ text: data.text, settings })) }, this.methods.map((each) => each.values()));
  }

  /** @param {string} text @param {string} what */
  async copy(text, what) {
    try {
      await navigator.clipboard.writeText(text);
      this.tell(`copied ${what}`);
    } catch {
      this.tell(`this browser does not let a page copy: ${text}`);
    }
  }

  /** @param {string} kind */
  async save(kind) {
    const name = `descent.${kind}`, made = this.command(), { walks } = this;
    const state = { ...this.state, step: Math.floor(this.timeline.time), optimizers: this.methods.map(({ data, settings }) => ({ text: data.text, settings: { ...settings } })) };
    if (kind === "png" && this.spatial) {
      download(await /** @type {Space} */ (this.space).image(), name);
    } else if (kind === "png") {
      this.plane.canvas.toBlob((/** @type {Blob} */ blob) => download(blob, name));
    } else if (kind === "svg") {
      const pen = new SvgPen(this.plane.width, this.plane.height, this.theme.paper);
      this.plane.paintOn(pen, window.devicePixelRatio || 1);
      download(new Blob([pen.text(this.objective.plain, made)], { type: "image/svg+xml" }), name);
    } else if (kind === "csv") {
      download(new Blob([asCsv(walks, this.objective.names, made)], { type: "text/csv" }), name);
    } else if (kind === "json") {
      download(new Blob([asJson(state, this.objective, walks, made, this.document.version)], { type: "application/json" }), name);
    } else if (kind === "html" && this.host === "file") {
      const text = JSON.stringify({ ...this.document, objective: this.objective, optimizers: this.methods.map(({ data }) => data), state }).replaceAll("<", "\\u003c");
      download(new Blob([this.model.get("source").replace(DATA, (/** @type {string} */ _, /** @type {string} */ head, /** @type {string} */ tail) => head + text + tail)], { type: "text/html" }), name);
    } else {
      this.tell(`making ${name}`);
      try {
        const made = await this.ask({ kind: "export", state, suffix: kind });
        if (made.url) { const link = h("a", { href: made.url, download: name }); link.click(); }
        else download(new Blob([Uint8Array.from(atob(made.data), (character) => character.charCodeAt(0))]), name);
      } catch (error) {
        this.tell(/** @type {any} */ (error).message);
      }
    }
  }
}

const DATA = /(<script type="application\/json" id="steepest-document">).*?(<\/script>)/s;

/** @param {any} error */
function refusal(error) {
  return error && typeof error.message === "string" ? error : { message: String(error) };
}

/** @param {string} text @param {Record<string, any>} formulas @param {number} count */
function keyOf(text, formulas, count) {
  return JSON.stringify([text, Object.entries(formulas).sort(), count]);
}

/** @param {any} data */
function schedules(data) {
  return Object.fromEntries(data.hyperparameters.filter((/** @type {any} */ part) => part.schedule !== null).map((/** @type {any} */ part) => [part.name, part.schedule]));
}

/** A small picture of a function of the gallery. @param {HTMLCanvasElement} canvas @param {any} objective @param {import("./brush.js").Theme} theme */
function thumbnail(canvas, objective, theme) {
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")), { width, height } = canvas;
  if (objective.names.length > 2) return;
  const grid = new Grid(objective.tape), [[left, right]] = objective.view;
  const line = (/** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ count) => Float64Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
  if (objective.names.length === 2) {
    const columns = 57, rows = 36, values = grid.evaluate(line(left, right, columns), line(objective.view[1][0], objective.view[1][1], rows));
    const image = pen.createImageData(width, height);
    paint(image, values, columns, rows, levels(values, Math.min(Infinity, ...objective.minima.map((/** @type {any} */ point) => point.value))).levels, theme, 1.4);
    pen.putImageData(image, 0, 0);
    return;
  }
  const values = grid.evaluate(line(left, right, width), null), sorted = values.filter(Number.isFinite).sort();
  const low = sorted[0], high = sorted[Math.floor(0.95 * (sorted.length - 1))], y = (/** @type {number} */ value) => height - 16 - ((value - low) / (high - low || 1)) * (height - 32);
  pen.strokeStyle = theme.curve;
  pen.lineWidth = 4;
  pen.beginPath();
  values.forEach((value, x) => (x ? pen.lineTo(x, y(value)) : pen.moveTo(x, y(value))));
  pen.stroke();
}

/** anywidget's contract: draw the model into an element; what is returned takes it away again. @param {{model: Model, el: HTMLElement}} given */
function render({ model, el }) {
  const lab = new Lab(model, el);
  void lab.start();
  return () => lab.close();
}

export default { render };
