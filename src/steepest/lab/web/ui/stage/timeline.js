// @ts-check
/** One timeline for all views: play, pause, step, scrub, speed, loop, and the keys for them. */
import { h, icon, iconButton } from "../dom.js";

const SPEEDS = /** @type {[string, string][]} */ ([
  ["0", "auto"],
  ["1", "1 / s"],
  ["4", "4 / s"],
  ["15", "15 / s"],
  ["60", "60 / s"],
  ["250", "250 / s"],
]);
const SECONDS = 6;
const SMOOTH = 20;

export class Timeline {
  /** @param {{onTime: (playing: boolean) => void}} listeners */
  constructor(listeners) {
    this.listeners = listeners;
    this.time = 0;
    this.most = 1;
    this.playing = false;
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.button = h("button", {
      type: "button",
      class: "steepest-button steepest-play",
      onclick: () => this.toggle(),
    });
    this.range = h("input", {
      type: "range",
      class: "steepest-range",
      min: 0,
      max: 1,
      step: 1,
      value: 0,
      "aria-label": "step",
      oninput: () => this.go(Number(this.range.value)),
    });
    this.number = h("output", { class: "steepest-step" });
    this.speed = h(
      "select",
      { class: "steepest-select", "aria-label": "speed in steps a second", title: "speed in steps a second" },
      ...SPEEDS.map(([value, text]) => h("option", { value }, text)),
    );
    this.loop = iconButton("loop", "play again and again", () => {
      this.loop.setAttribute("aria-pressed", String(!this.loops));
    });
    this.loop.setAttribute("aria-pressed", "false");
    this.element = h(
      "div",
      { class: "steepest-timeline", role: "group", "aria-label": "timeline" },
      h(
        "div",
        { class: "steepest-buttons" },
        iconButton("first", "to the start (Home)", () => this.go(0), "steepest-first"),
        iconButton("back", "one step back (left arrow)", () => this.go(Math.ceil(this.time) - 1)),
        this.button,
        iconButton("next", "one step on (right arrow)", () => this.go(Math.floor(this.time) + 1)),
        iconButton("last", "to the end (End)", () => this.go(this.most), "steepest-last"),
      ),
      this.range,
      this.number,
      h("div", { class: "steepest-pace" }, this.speed, this.loop),
    );
    this.tell();
  }

  get loops() {
    return this.loop.getAttribute("aria-pressed") === "true";
  }

  /** @param {number} most the steps of the longest run */
  length(most) {
    if (this.most === most) return;
    this.most = most;
    this.range.max = String(Math.max(1, most));
    if (this.time > most) this.time = most;
    this.tell();
  }

  /** @param {number} time */
  go(time) {
    this.pause();
    this.jump(time);
  }

  /** @param {number} time */
  jump(time) {
    this.time = Math.max(0, Math.min(this.most, time));
    this.tell();
    this.listeners.onTime(this.playing);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.playing || !this.most) return;
    if (this.time >= this.most) this.time = 0;
    this.playing = true;
    let last = performance.now();
    let exact = this.time;
    const frame = (/** @type {number} */ now) => {
      if (!this.playing) return;
      const rate = Number(this.speed.value) || Math.max(1.5, this.most / SECONDS);
      exact += (Math.min(100, Math.max(0, now - last)) / 1000) * rate;
      last = now;
      if (exact >= this.most && this.loops) exact = 0;
      this.jump(rate <= SMOOTH && !this.calm.matches ? exact : Math.floor(exact));
      if (this.time >= this.most) this.pause();
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    this.tell();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    if (this.time % 1) this.time = Math.floor(this.time);
    this.tell();
    this.listeners.onTime(false);
  }

  tell() {
    const label = this.playing ? "pause (space)" : "play (space)";
    if (this.button.title !== label) {
      this.button.title = label;
      this.button.setAttribute("aria-label", label);
      this.button.replaceChildren(icon(this.playing ? "pause" : "play"), this.playing ? "Pause" : "Play");
    }
    const step = Math.floor(this.time);
    const text = `${step} / ${this.most}`;
    if (this.number.textContent === text) return;
    this.range.value = String(step);
    this.range.style.setProperty("--share", `${(100 * step) / Math.max(1, this.most)}%`);
    this.number.textContent = text;
  }

  /**
   * A key that was pressed anywhere but in a field.
   * @param {KeyboardEvent} event whether it was one of ours
   */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const far = event.shiftKey ? 10 : 1;
    if (event.key === " ") this.toggle();
    else if (event.key === "ArrowLeft") this.go(Math.ceil(this.time) - far);
    else if (event.key === "ArrowRight") this.go(Math.floor(this.time) + far);
    else if (event.key === "Home") this.go(0);
    else if (event.key === "End") this.go(this.most);
    else if (event.key === "r" || event.key === "R") {
      this.go(0);
      this.play();
    } else return false;
    return true;
  }
}
