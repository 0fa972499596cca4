// @ts-check
/**
 * The outcomes over a learning rate and another hyperparameter as a small map, with the present run as a dot to drag and
 * the line up to where steps are stable.
 */
import { exact, pretty, short } from "../../model/format.js";
import { heights, kinds } from "../../model/sweep/outcomes.js";
import { largestCurvature, minimumOf, settingMap, stableBounds } from "../../model/sweep/setting_map.js";
import { h } from "../dom.js";
import { svg } from "./outcome_strip.js";
import { tooLong } from "./too_long.js";

/** @typedef {import("../../model/diagnosis/observation.js").Subject} Subject */
/** @typedef {import("../../model/sweep/setting_map.js").Cell} Cell */
/** @typedef {import("./outcome_strip.js").Scale} Scale */
/** @typedef {Record<string, number>} Settings */

const [COLUMNS, ROWS] = [48, 32];
const MOST_STEPS = 4000; // of a run of which there are many
// Steps of all runs together, one for each that WebAssembly takes meanwhile: some ten seconds.
const MOST_WORK = 1_000_000_000;
const KINDS = ["slow", "fast", "oscillates", "unstable"];
const DEPTHS = 4; // shades of each kind, by how low runs end
const TICK = 0.02; // of a side that an arrow key moves; with Shift five times that
const MOVES = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
});

export class OutcomeMap {
  /**
   * @param {Record<string, Scale>} scales of the hyperparameters by name, lr first
   * @param {string} other the hyperparameter beside lr
   * @param {{onPick: (settings: Settings) => void, onOther: (name: string) => void, locked: boolean}} listeners
   */
  constructor(scales, other, { onPick, onOther, locked }) {
    this.scales = scales;
    this.other = other;
    this.onPick = onPick;
    /** What the runs and the line were made with. */
    this.key = this.lineKey = "";
    /** What the runs are on. @type {Subject["objective"] | null} */
    this.objective = null;
    /** Where the present run is: shares of the width and the height. */
    this.at = [0, 0];
    this.settings = this.axes();
    this.shapes = new Map(
      KINDS.flatMap((kind) =>
        Array.from({ length: DEPTHS }, (_, depth) => {
          const path = svg("path", {
            class: `steepest-map-${kind}`,
            "fill-opacity": String(0.25 + (0.75 * depth) / (DEPTHS - 1)),
          });
          return /** @type {[string, any]} */ ([`${kind} ${depth}`, path]);
        }),
      ),
    );
    this.marks = ["oscillates", "unstable"].map((kind) =>
      svg("path", { class: `steepest-map-mark steepest-map-${kind}` }),
    );
    this.halo = svg("path", { class: "steepest-map-halo" });
    this.line = svg("path", { class: "steepest-map-line" });
    const drawing = svg("svg", {
      viewBox: `0 0 ${COLUMNS} ${ROWS}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    });
    drawing.append(...this.shapes.values(), ...this.marks, this.halo, this.line);
    this.dot = h("button", { type: "button", class: "steepest-map-dot", role: "slider", disabled: locked });
    this.dot.setAttribute("aria-label", `lr and ${other}: drag it, or press the arrow keys`);
    this.plot = h("div", { class: "steepest-map-plot" }, drawing, this.dot);
    if (!locked) this.listen();
    const others = Object.keys(scales).slice(1);
    const title =
      others.length > 1
        ? h(
            "select",
            {
              class: "steepest-select steepest-map-other",
              "aria-label": "the hyperparameter beside lr",
              onchange: (/** @type {Event} */ event) => onOther(/** @type {HTMLSelectElement} */ (event.target).value),
            },
            ...others.map((name) =>
              h("option", name === other ? { value: name, selected: true } : { value: name }, pretty(name)),
            ),
          )
        : h("span", { class: "steepest-map-name" }, pretty(other));
    const ends = (/** @type {ArrayLike<number>} */ values) =>
      [values[0], values[values.length - 1]].map((value) => short(value, value > 0.9 && value < 1 ? 4 : 2));
    const [low, high] = ends(this.settings[other]);
    const [left, right] = ends(this.settings.lr);
    this.note = h("p", { class: "steepest-map-note", role: "status" });
    this.element = h(
      "div",
      { class: "steepest-map" },
      h("div", { class: "steepest-map-side" }, h("span", null, high), title, h("span", null, low)),
      this.plot,
      h("div", { class: "steepest-map-foot" }, h("span", null, left), h("i", null, "lr"), h("span", null, right)),
      h(
        "div",
        { class: "steepest-map-key" },
        ...KINDS.map((kind) => h("span", { class: `steepest-map-${kind}` }, kind)),
      ),
      this.note,
    );
  }

  /** The values along both sides. @returns {Record<string, number[]>} */
  axes() {
    const values = (/** @type {string} */ name, /** @type {number} */ count) =>
      Array.from({ length: count }, (_, k) => Number(this.scales[name].to((k + 0.5) / count).toPrecision(4)));
    return { lr: values("lr", COLUMNS), [this.other]: values(this.other, ROWS) };
  }

  listen() {
    const { plot, dot } = this;
    const pick = (/** @type {PointerEvent} */ event) => {
      const { left, top, width, height } = plot.getBoundingClientRect();
      this.pick((event.clientX - left) / width, 1 - (event.clientY - top) / height);
    };
    plot.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      plot.setPointerCapture(event.pointerId);
      pick(event);
    });
    plot.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      if (plot.hasPointerCapture(event.pointerId)) pick(event);
    });
    dot.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const move = MOVES[event.key];
      if (!move) return;
      event.preventDefault();
      event.stopPropagation(); // the arrows are the timeline's elsewhere
      const step = TICK * (event.shiftKey ? 5 : 1);
      this.pick(this.at[0] + step * move[0], this.at[1] + step * move[1]);
    });
  }

  /**
   * Set both hyperparameters to what is at shares of the sides.
   * @param {number} across
   * @param {number} up
   */
  pick(across, up) {
    const within = (/** @type {number} */ share) => Math.max(0, Math.min(1, share));
    this.place(within(across), within(up));
    const value = (/** @type {string} */ name, /** @type {number} */ share) =>
      Number(this.scales[name].to(share).toPrecision(3));
    this.onPick({ lr: value("lr", this.at[0]), [this.other]: value(this.other, this.at[1]) });
  }

  /**
   * @param {number} across
   * @param {number} up
   */
  place(across, up) {
    this.at = [across, up];
    this.dot.style.setProperty("--across", String(across));
    this.dot.style.setProperty("--up", String(up));
  }

  /**
   * Show where the run is; make the runs anew if anything but these two hyperparameters has changed.
   * @param {Subject} subject
   * @param {number | null} known the least value known
   * @param {import("../idle_queue.js").IdleQueue} queue
   */
  refresh(subject, known, queue) {
    const { optimizer, objective, start, limits } = subject;
    const { other } = this;
    const values = optimizer.values();
    this.place(...this.shares(values));
    const text = `lr ${exact(Number(values.lr))}, ${other} ${exact(Number(values[other]))}`;
    if (this.dot.getAttribute("aria-valuetext") !== text) {
      this.dot.setAttribute("aria-valuetext", text);
      this.dot.setAttribute("aria-valuenow", String(values.lr));
    }
    const given = [objective.text, objective.constants, optimizer.data.equations, { ...values, lr: 0, [other]: 0 }];
    if (objective !== this.objective) this.key = this.lineKey = "";
    this.objective = objective;
    const reason = tooLong(COLUMNS * ROWS, limits.steps, optimizer, MOST_WORK, MOST_STEPS);
    if (!reason) this.refreshLine(optimizer, values, given, queue);
    const key = JSON.stringify([...given, start, limits]);
    if (key === this.key) return;
    this.key = key;
    const job = `map ${optimizer.identity}`;
    this.element.toggleAttribute("data-stale", true);
    if (reason) {
      for (const each of [job, lineJob(optimizer)]) queue.drop(each);
      this.leaveOut(reason);
      return;
    }
    queue.add(job, this.work(subject, values, known));
  }

  /**
   * @param {Settings | Record<string, any>} values
   * @returns {[number, number]}
   */
  shares(values) {
    return [this.scales.lr.from(Number(values.lr)), this.scales[this.other].from(Number(values[this.other]))];
  }

  /**
   * @param {Subject} subject
   * @param {Record<string, any>} values
   * @param {number | null} known
   */
  *work({ optimizer, start, limits }, values, known) {
    /** @type {(Cell | undefined)[]} */
    const found = new Array(COLUMNS * ROWS);
    const [first] = optimizer.latest.values;
    for (const stride of settingMap(optimizer, values, this.settings, start, limits, found)) {
      if (stride) this.draw(found, stride, first, known);
      yield;
    }
  }

  /**
   * Follow the line up to where steps are stable at the minimum.
   * @param {import("../../model/optimizer.js").Optimizer} optimizer
   * @param {Record<string, any>} values
   * @param {any[]} given
   * @param {import("../idle_queue.js").IdleQueue} queue
   */
  refreshLine(optimizer, values, given, queue) {
    const minimum = minimumOf(optimizer);
    const place = minimum?.map((part) => short(part, 4)).join(", ") ?? "";
    const key = JSON.stringify([...given, place]);
    if (key === this.lineKey) return;
    this.lineKey = key;
    queue.add(lineJob(optimizer), this.workLine(optimizer, values, minimum, place));
  }

  /**
   * @param {import("../../model/optimizer.js").Optimizer} optimizer
   * @param {Record<string, any>} values
   * @param {number[] | null} minimum
   * @param {string} place
   */
  *workLine(optimizer, values, minimum, place) {
    const curvature = minimum ? largestCurvature(optimizer, minimum) : NaN;
    const shares = Array.from({ length: ROWS + 1 }, (_, k) => k / ROWS);
    const others = shares.map((share) => this.scales[this.other].to(share));
    const working = stableBounds(optimizer, values, this.other, others, curvature);
    let next = working.next();
    for (; !next.done; next = working.next()) yield;
    const { lr } = this.scales;
    const points = next.value.flatMap((bound, k) =>
      bound === null ? [] : [`${(COLUMNS * lr.from(bound)).toFixed(2)} ${(ROWS * (1 - shares[k])).toFixed(2)}`],
    );
    const path = points.length > 1 ? `M${points.join("L")}` : "";
    for (const each of [this.halo, this.line]) each.setAttribute("d", path);
    this.tell(
      path
        ? `line: stable on its left, at the minimum (${place}), where the curvature is at most ${short(curvature, 4)}`
        : "",
    );
  }

  /**
   * @param {(Cell | undefined)[]} cells of which every so many-th is known
   * @param {number} stride
   * @param {number} first the value at the start
   * @param {number | null} least
   */
  draw(cells, stride, first, least) {
    const whole = Array.from({ length: cells.length }, (_, at) => {
      const [i, j] = [Math.floor(at / ROWS), at % ROWS];
      return /** @type {Cell} */ (cells[at] ?? cells[(i - (i % stride)) * ROWS + (j - (j % stride))]);
    });
    const high = heights(whole, first, least);
    const names = kinds(whole, first, least);
    /** @type {Map<string, string[]>} */
    const parts = new Map([...this.shapes.keys()].map((name) => [name, []]));
    const marks = KINDS.map(() => /** @type {string[]} */ ([]));
    for (let j = 0; j < ROWS; j++) {
      const y = ROWS - 1 - j;
      for (let i = 0; i < COLUMNS; ) {
        const name = shapeOf(names[i * ROWS + j], high[i * ROWS + j]);
        let end = i + 1;
        while (end < COLUMNS && shapeOf(names[end * ROWS + j], high[end * ROWS + j]) === name) end++;
        parts.get(name)?.push(`M${i} ${y}h${end - i}v1h${i - end}z`);
        for (let k = i; k < end; k++) {
          if (name.startsWith("unstable") && (k + j) % 4 === 0) marks[1].push(`M${k} ${y}l1 1`);
          if (name.startsWith("oscillates") && k % 2 === 0 && j % 2 === 0) marks[0].push(`M${k + 0.5} ${y + 0.2}v0.6`);
        }
        i = end;
      }
    }
    for (const [name, path] of this.shapes) path.setAttribute("d", (parts.get(name) ?? []).join(""));
    this.marks.forEach((path, k) => {
      path.setAttribute("d", marks[k].join(""));
    });
    this.element.removeAttribute("data-stale");
  }

  /**
   * Show no outcomes, and say why.
   * @param {string} reason
   */
  leaveOut(reason) {
    for (const path of [...this.shapes.values(), ...this.marks, this.halo, this.line]) path.setAttribute("d", "");
    this.lineKey = "";
    this.element.removeAttribute("data-stale");
    this.tell(reason);
  }

  /** @param {string} text */
  tell(text) {
    if (this.note.textContent !== text) this.note.textContent = text;
  }
}

/**
 * @param {string} kind
 * @param {number} high
 */
function shapeOf(kind, high) {
  const depth = kind === "unstable" ? 0 : Math.min(DEPTHS - 1, Math.floor(DEPTHS * (1 - high)));
  return `${kind} ${depth}`;
}

/** @param {import("../../model/optimizer.js").Optimizer} optimizer */
function lineJob({ identity }) {
  return `line ${identity}`;
}
