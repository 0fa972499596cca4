// @ts-check
/**
 * The outcomes along a slider: the value that each of many runs reaches, lower being better, and whether it is slow, fast,
 * oscillating, unstable or out of the function's domain (undefined), by shape and word as well as by color.
 */
import { exact, short } from "../../model/format.js";
import { heights, KINDS, kinds, outcomes, RUNS, regions } from "../../model/sweep/outcomes.js";
import { h } from "../dom.js";
import { tooLong } from "./too_long.js";

/** @typedef {import("../../model/optimizer.js").Optimizer} Optimizer */
/** @typedef {import("../../model/diagnosis/observation.js").Subject} Subject */
/** @typedef {import("../../model/sweep/outcomes.js").Outcome} Outcome */
/** @typedef {{to: (part: number) => number, from: (value: number) => number}} Scale */

const HEIGHT = 24; // of the drawing; its width is a unit for each run
const TOOTH = 4;
const LEAST = 2; // that is seen of a run that reaches the lowest value
const LETTER = 5.2; // pixels of a letter of a region's name
const MOST_STEPS = 20_000; // of a run of which there are many
const MOST_WORK = 320_000_000; // steps of all runs together over a table, one for each that WebAssembly takes meanwhile

export class OutcomeStrip {
  /**
   * @param {string} name of the hyperparameter
   * @param {Scale} scale
   * @param {string} id of its description
   * @param {(share: number) => void} onPick
   */
  constructor(name, scale, id, onPick) {
    this.name = name;
    this.scale = scale;
    this.settings = Array.from({ length: RUNS }, (_, k) => Number(scale.to((k + 0.5) / RUNS).toPrecision(4)));
    /** What the runs were made with. */
    this.key = "";
    /** @type {Subject["objective"] | null} */
    this.objective = null;
    this.paths = KINDS.map((kind) => svg("path", { class: `steepest-outcome-${kind}` }));
    this.drawing = svg("svg", { viewBox: `0 0 ${RUNS} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    this.drawing.append(...this.paths);
    this.here = h("span", { class: "steepest-here" });
    this.names = h("div", { class: "steepest-outcome-names", "aria-hidden": "true" });
    this.description = h("span", { class: "steepest-unseen", id });
    const pick = (/** @type {PointerEvent} */ event) => {
      const { left, width } = this.drawing.getBoundingClientRect();
      onPick(Math.max(0, Math.min(1, (event.clientX - left) / width)));
    };
    this.element = h(
      "div",
      { class: "steepest-outcomes" },
      h(
        "div",
        {
          class: "steepest-outcome-drawing",
          onpointerdown: (/** @type {PointerEvent} */ event) => {
            /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
            pick(event);
          },
          onpointermove: (/** @type {PointerEvent} */ event) => {
            if (event.buttons) pick(event);
          },
        },
        this.drawing,
        this.here,
      ),
      this.names,
      this.description,
    );
  }

  /**
   * Make the runs anew if anything but the slider's own value has changed.
   * @param {Subject} subject
   * @param {number | null} known the least value known
   * @param {import("../idle_queue.js").IdleQueue} queue
   */
  refresh(subject, known, queue) {
    const { optimizer, objective, start, limits } = subject;
    const { name } = this;
    const values = optimizer.values();
    this.here.style.setProperty("--at", String(this.scale.from(Number(values[name]))));
    const { constants, text } = objective;
    const key = JSON.stringify([text, constants, optimizer.data.equations, { ...values, [name]: 0 }, start, limits]);
    if (key === this.key && objective === this.objective) return;
    this.key = key;
    this.objective = objective;
    const job = `outcomes ${optimizer.identity} ${name}`;
    this.element.toggleAttribute("data-stale", true);
    const reason = tooLong(RUNS, limits.steps, optimizer, MOST_WORK, MOST_STEPS);
    if (reason) {
      queue.drop(job);
      this.leaveOut("runs would take too long", reason);
      return;
    }
    queue.add(job, this.work(optimizer, values, start, limits, known));
  }

  /**
   * @param {Optimizer} optimizer
   * @param {Record<string, any>} values
   * @param {number[]} start
   * @param {import("../../model/runs/program.js").Limits} limits
   * @param {number | null} known
   */
  *work(optimizer, values, start, limits, known) {
    const { settings, name } = this;
    /** @type {(Outcome | undefined)[]} */
    const found = new Array(settings.length);
    let first = NaN;
    const run = (/** @type {number} */ value) => {
      const made = optimizer.spare.run(start, { ...values, [name]: value }, limits);
      [first] = made.values;
      return made;
    };
    for (const stride of outcomes(settings, run, found)) {
      if (stride) this.draw(found, first, known, limits.steps);
      yield;
    }
  }

  /**
   * @param {(Outcome | undefined)[]} known some of the runs, the first among them
   * @param {number} first the value at the start
   * @param {number | null} least
   * @param {number} steps
   */
  draw(known, first, least, steps) {
    let last = /** @type {Outcome} */ (known[0]);
    const found = this.settings.map((_, k) => {
      last = known[k] ?? last;
      return last;
    });
    if (found.every(({ value }) => value === first)) {
      this.leaveOut(
        "f stays what it is",
        `after ${steps} steps f is what it was at the start, whatever ${this.name} is`,
      );
      return;
    }
    const high = heights(found, first, least);
    const names = kinds(found, first, least);
    this.element.removeAttribute("data-stale");
    KINDS.forEach((kind, k) => {
      this.paths[k].setAttribute(
        "d",
        names.map((each, at) => (each === kind ? column(kind, at, high[at]) : "")).join(""),
      );
    });
    const parts = regions(names);
    const wide = this.drawing.clientWidth || RUNS;
    this.names.replaceChildren(
      ...parts
        .filter(({ kind, from, to }) => ((to - from) * wide) / RUNS > LETTER * kind.length)
        .map(({ kind, from, to }) => {
          const element = h("span", { class: `steepest-outcome-name steepest-outcome-${kind}` }, kind);
          element.style.setProperty("--at", String((from + to) / 2 / RUNS));
          return element;
        }),
    );
    const told = parts.map(({ kind, to }) =>
      to < RUNS ? `${kind} up to ${exact(Number(this.settings[to - 1].toPrecision(2)))}` : `${kind} above`,
    );
    this.tell(
      `after ${steps} steps, by ${this.name}: ${told.length > 1 ? told.join(", ") : `${parts[0].kind} everywhere`}`,
    );
  }

  /**
   * Show no outcomes, and say why.
   * @param {string} label
   * @param {string} reason
   */
  leaveOut(label, reason) {
    for (const path of this.paths) path.setAttribute("d", "");
    const name = h("span", { class: "steepest-outcome-name" }, label);
    name.style.setProperty("--at", "0.5");
    this.names.replaceChildren(name);
    this.element.removeAttribute("data-stale");
    this.tell(reason);
  }

  /** @param {string} text */
  tell(text) {
    if (this.description.textContent !== text) this.description.textContent = text;
  }
}

/**
 * A run as a column: a tooth if it oscillates, a line of a hatching if it is unstable or undefined, else a bar.
 * @param {string} kind
 * @param {number} at
 * @param {number} high
 */
function column(kind, at, high) {
  if (kind === "unstable") return at % 4 ? "" : `M${at - 3} ${HEIGHT}L${at + 5} 0`;
  if (kind === "undefined") return at % 4 ? "" : `M${at} ${HEIGHT}V0`;
  const top = (HEIGHT - LEAST) * (1 - high) + (kind === "oscillates" && at % 4 > 1 ? TOOTH : 0);
  return `M${at} ${HEIGHT}V${Math.min(HEIGHT - 1, top).toFixed(2)}h1.05V${HEIGHT}z`;
}

/**
 * The label of a learning rate's bound, which may lie beside the slider.
 * @param {number} limit
 * @param {number} place from 0 to 1 along the slider, or beyond
 */
export function boundText(limit, place) {
  const text = `stable below ${short(Number(limit.toPrecision(3)), 3)}`;
  return place >= 1 ? `${text} →` : place <= 0 ? `← ${text}` : text;
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @returns {any}
 */
export function svg(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
